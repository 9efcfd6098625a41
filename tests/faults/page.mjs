// The page of a session, its pact, and what tells the two ways of delivery apart.
import { until } from "./until.mjs";
import { criterion, flag, made, yes } from "../browser/small.mjs";

export const pact = made(
  [
    { id: "company", label: "Company", kind: "text", ask: "never" },
    { id: "story", label: "Story", kind: "paragraph", ask: "never" },
    flag,
  ],
  [criterion("funded", 60, yes("budget")), { id: "looked", group: "visit", points: 1, each: "views", up_to: 5 }],
  {
    id: "faults",
    groups: [{ id: "fit", dimension: "fit" }, { id: "visit", dimension: "interest" }],
    signals: [{ id: "views", measure: "page_views" }, { id: "downloads", measure: "events", name: "download" }, { id: "engaged", measure: "engaged_seconds" }],
  },
);

const back = (page) => (page.url().endsWith("/form") ? undefined : page.goBack({ waitUntil: "commit" }));

// Whether the page says that it arrived: in words, whatever an extension makes of the nodes that hold them.
const says = () => location.pathname === "/thanks" || [...document.querySelectorAll("form p")].some((node) => node.textContent.includes("Your request has arrived") && node.checkVisibility());

// How a form delivers, and how the page says that the lead arrived, or did not.
export const MODES = {
  // By the browser's own request; the answer is the next page.
  A: {
    attributes: "",
    shown: (page) => page.url().includes("/thanks"),
    arrival: (page) => until(() => page.url().includes("/thanks")),
    // Whatever page the answer is, the browser's own error page among them; one that just comes is not there yet.
    failure: (page, from) => until(() => page.url() !== from && page.evaluate(() => true).catch(() => false)),
    back,
  },
  // By fetch; the page stays, unless the form's own request takes over.
  B: {
    attributes: 'data-leadpact-delivery="fetch"',
    shown: (page) => page.evaluate(says),
    arrival: (page) => page.waitForFunction(says),
    failure: (page, from) => page.waitForFunction((from) => location.href !== from || window.told.some(({ type, message }) => type === "leadpact:error" && message.startsWith("not sent")), from),
    back,
  },
};

export const SCRIPT = '<script type="module" src="/leadpact/leadpact.js"></script>';
export const CLASSIC = '<script src="/leadpact/leadpact.classic.js" defer></script>';

// A form with fields of the pact and one of the page's own.
export const formOf = (mode, { attributes = "", inputs = "", action = "/leads", pact = "/pact.json", button = "<button>Send</button>" } = {}) => `<form data-leadpact="${pact}" action="${action}" method="post" ${MODES[mode].attributes} ${attributes}>
<input type="hidden" name="leadpact_pact" value="faults">
<p><label>E-mail <input name="email" type="email" required></label>
<p><label>Company <input name="company"></label>
<p><label>Story <textarea name="story"></textarea></label>
<p><label>Reference <input name="own"></label>${inputs}
<p class="last">${button}</form>`;

export const pageOf = (mode, { script = SCRIPT, before = "", after = "", head = "", form = formOf(mode), ...of } = {}) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Faults</title><link rel="icon" href="data:,">${head}</head><body>${before}<main>${Object.keys(of).length ? formOf(mode, of) : form}</main>${after}${script}`;

// In the page, before any script: what the module says. The order in which it is told is kept.
export function listen() {
  window.told = [];
  for (const type of ["ready", "error", "asked", "handoff", "sent"]) {
    document.addEventListener(`leadpact:${type}`, ({ detail }) => window.told.push({ type: `leadpact:${type}`, message: detail?.message, field: detail?.field }));
  }
}
