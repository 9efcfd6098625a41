// TCF: `for` lists the purposes that the publisher must have consent for, by default to store and to measure. The module
// is the site's own and no vendor of the list, so that the publisher's consents count.
import { reporter, wanted, whenThere } from "./report.js";

const purposes = wanted(import.meta.url, "1,8").split(",");
const report = reporter("tcf");
const SAID = ["tcloaded", "useractioncomplete"];

function say(data, found) {
  if (found && SAID.includes(data?.eventStatus)) report(purposes.every((purpose) => data.publisher?.consents?.[purpose] === true));
}

whenThere(() => typeof globalThis.__tcfapi === "function" && globalThis.__tcfapi, (api) => api("addEventListener", 2, say));
