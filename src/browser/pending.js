// The id of a form's submission of which nobody knows yet whether it arrived, through a reload of the page: in the tab's own
// storage, where the visitor agreed to storage. A copy of a tab is no reload: what is sent from there is another lead.
import { PREFIX, within } from "./memory.js";

const LASTS = 10 * 60_000; // milliseconds
const reloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload";

export function pending(form, pact, allowed) {
  const place = [...document.forms].indexOf(form); // none in a shadow root
  const key = `${PREFIX}sending:${pact}:${place}`;
  const stored = (work) => (allowed() && place >= 0 ? within("sessionStorage", work) : undefined);
  const read = () => String(stored((all) => all.getItem(key)) ?? "").split(" ");
  const remove = () => stored((all) => all.removeItem(key));
  return {
    // Only what an earlier load of this page wrote, and not long ago: another lead may be filled in by now.
    read() {
      const [id, attempt, at] = reloaded() ? read() : [];
      const age = Date.now() - at;
      return /^[0-9a-f]{32}$/.test(id) && attempt < 1e6 && at <= performance.timeOrigin && age >= 0 && age < LASTS ? { id, attempt: Number(attempt) } : undefined;
    },
    // What a copy of a tab begins with is not its own, also once it is loaded again.
    begin: () => reloaded() || (read()[2] < performance.timeOrigin && remove()),
    write: ({ id, attempt }) => stored((all) => all.setItem(key, `${id} ${attempt} ${Date.now()}`)),
    // Of that attempt, and of those before it: an id of another submission stays.
    clear: (sent) => {
      const [id, attempt] = read();
      if (id === sent?.id && attempt <= sent.attempt) remove();
    },
  };
}
