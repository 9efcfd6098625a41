// Small pages with small pacts, for tests that need no more.
import { bound, visit } from "./site.mjs";

export const yes = (fact) => ({ fact, is: true });
export const criterion = (id, points, when) => ({ id, group: "fit", points, when });
export const made = (fields, criteria, more = {}) => ({
  pact: 1,
  id: "test",
  fields: [{ id: "email", label: "E-mail", kind: "email", ask: "always" }, ...fields],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria,
  qualification: { threshold: 50 },
  asking: { mode: "certain" },
  ...more,
});
export const flag = { id: "budget", label: "Budget?", kind: "yes_no" };
export const small = made([flag], [criterion("funded", 60, yes("budget"))]);

export const MODULE = '<script type="module" src="/leadpact/leadpact.js"></script>';
export const formOf = (inputs = "", { attributes = "", module = MODULE, before = "" } = {}) => `<!doctype html><html lang="en"><title>Test</title>
<link rel="icon" href="data:,"><body>${before}<main>
<form data-leadpact="/test.json" action="/leads" method="post" ${attributes}>
<label>E-mail <input name="email" type="email"></label>${inputs}
<p class="last"><button>Send</button></p></form></main>${module}`;

// A visitor at such a page; `hook` runs in the page before any script of it.
export async function at(site, { html = formOf(), pact = small, hook, given, ...options } = {}) {
  const visitor = await visit(site, { html, pact, ...options });
  if (hook) await visitor.page.addInitScript(hook, given);
  return visitor;
}

export async function opened(site, options) {
  const visitor = await at(site, options);
  await visitor.go();
  await bound(visitor.page);
  return visitor;
}

export const askFirst = async (page) => {
  await page.fill("[name=email]", "a@b.example");
  await page.press("[name=email]", "Tab");
  await page.waitForSelector(".leadpact-question");
};
// Past whatever an input may have hidden of the form's own.
export const entries = (page) => page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("form"))));
export const record = async (page) => JSON.parse((await entries(page)).leadpact);
export const send = async (page) => {
  await page.evaluate(() => document.querySelector("form .last button").click());
  await page.waitForURL(/thanks|merci/);
};
// What the server has of who gave this address.
export const stored = async (site, email) => (await site.leads()).filter((lead) => JSON.stringify(lead.answers).includes(email));
