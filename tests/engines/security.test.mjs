// Security in the page, in each engine: strict policies, Trusted Types, a wasm that is not ours, missing parts of the platform.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTES } from "./watch.mjs";
import { engine, page, visit } from "./visit.mjs";

const pact = {
  pact: 1,
  id: "main",
  fields: [
    { id: "email", label: "E-mail", kind: "email", ask: "always" },
    { id: "budget", label: "Budget?", kind: "yes_no", help: "<img src=x onerror=\"document.title='ran'\">" },
    { id: "team", label: "Team?", kind: "choice", options: [..."abcdefghi"].map((value) => ({ value })) },
    { id: "seats", label: "Seats?", kind: "number", unit: "people" },
  ],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria: [{ id: "funded", group: "fit", points: 60, when: { fact: "budget", is: true } }],
  qualification: { threshold: 50, needs: ["budget", "team", "seats"] },
  asking: { mode: "queue", per_step: 9 },
  handoff: { routes: [{ to: "sales", offer: { label: "<b>Book</b>", url: "https://calendar.example/" } }] },
};
// The notes of this test are a script of the page's own, as strict policies want it.
const notes = `${NOTES.replace(/<\/?script>/g, "")}
window.seen.violations = [];
// Browsers ask for the icon of a site by themselves.
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => blockedURI.endsWith("/favicon.ico") || window.seen.violations.push([violatedDirective, blockedURI, sample].join(" ")));`;
const form = (more = "") => `<form data-leadpact="/pact.json" action="/leads" method="post" ${more}><label>E-mail <input name="email" type="email"></label><p><button>Send</button></p></form>`;
const strict = (script, { nonce = "", classic = false, more = "" } = {}) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title><link rel="stylesheet" href="/site.css">
<script ${nonce} src="/notes.js"></script></head><body><main>${form(more)}</main>
<script ${nonce} ${classic ? "" : 'type="module"'} src="/leadpact/${script}"></script></body></html>`;
const pages = (html) => ({ "/test.html": html, "/pact.json": pact, "/notes.js": notes, "/site.css": "form{color:#111}", "/favicon.ico": "" });

const SELF = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; form-action 'self'";
const NONCE = "default-src 'none'; script-src 'nonce-bGVhZHBhY3Q' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'";
const TYPES = `${SELF}; require-trusted-types-for 'script'; trusted-types 'none'`;
const policy = (value) => ({ headers: { "content-security-policy": value } });

// A visitor answers and is asked; returns what was noted before the form was sent, and what arrived.
async function main({ html, options }) {
  const { site, tab } = await visit(pages(html), options);
  await tab.bound();
  await tab.type("[name=email]", "ada@works.example");
  await tab.press("[name=email]", "TAB");
  await tab.click("[name=budget][value=yes]");
  await tab.choose("[name=team]", "b");
  await tab.type("[name=seats]", "12");
  await tab.press("[name=seats]", "TAB");
  const noted = await tab.run(() => ({ ...window.seen, offer: document.querySelector("[part=offer-link]")?.textContent, images: document.images.length, title: document.title }));
  await tab.submit();
  return { site, tab, noted };
}

const ways = [
  ["SEC-04", "a policy that allows nothing but its own", SELF, strict("leadpact.js")],
  ["SEC-04", "the same for the classic script", SELF, strict("leadpact.classic.js", { classic: true })],
  ["SEC-04", "a policy with a nonce", NONCE, strict("leadpact.js", { nonce: 'nonce="bGVhZHBhY3Q"' })],
  ["SEC-04", "a policy with a nonce, for the classic script", NONCE, strict("leadpact.classic.js", { nonce: 'nonce="bGVhZHBhY3Q"', classic: true })],
  ["SEC-01", "Trusted Types without any policy for them", TYPES, strict("leadpact.js")],
  ["SEC-01", "Trusted Types, for the module that explains itself", TYPES, strict("explain/leadpact.js", { more: "data-leadpact-honeypot" })],
];
for (const [id, what, value, html] of ways) {
  test(`${id}: under ${what}, questions and an offer are drawn, the form is sent with its record, and nothing is violated`, async () => {
    const { site, noted } = await main({ html, options: policy(value) });
    assert.deepEqual([noted.violations, noted.errors, noted.console, noted.images, noted.title], [[], [], [], 0, "Test"]);
    assert.equal(noted.offer, "<b>Book</b>");
    const [{ facts, assessment }] = site.records();
    assert.deepEqual([facts.budget, facts.team, facts.seats, assessment.score], [true, "b", 12, 60]);
  });
}

test("SEC-04, SEC-01: a page that breaks these policies is seen to", async () => {
  const { tab } = await visit(pages(strict("leadpact.js")), policy(TYPES));
  await tab.bound();
  const threw = await tab.run(() => {
    try {
      document.createElement("p").innerHTML = "<b>x</b>";
      return "nothing";
    } catch ({ name }) {
      return name;
    }
  });
  assert.equal(threw, "TypeError");
  await tab.run(() => document.body.append(Object.assign(document.createElement("img"), { src: "/x.png" })));
  await tab.until(() => window.seen.violations.length >= 2);
});

test("SEC-05: without wasm-unsafe-eval the form is sent as the plain form it is, with one line in the console", async () => {
  const { site, tab } = await visit(pages(strict("leadpact.js")), policy(SELF.replace(" 'wasm-unsafe-eval'", "")));
  await tab.until(() => window.seen.events.some(({ type }) => type === "error"));
  await tab.type("[name=email]", "ada@works.example");
  const { ours, drawn, errors } = await tab.run(() => ({ ours: window.seen.console, drawn: document.querySelectorAll(".leadpact-questions").length, errors: window.seen.errors }));
  assert.equal(ours.length, 1, ours.join("\n"));
  assert.match(ours[0], /^warn: LeadPact: /);
  assert.deepEqual([drawn, errors], [0, []]);
  await tab.submit();
  assert.deepEqual(site.leads(), [{ email: "ada@works.example" }]);
});

test("SEC-06: a wasm with one other byte is not run, and the plain form is sent", async () => {
  const html = page(form());
  const { site, tab } = await visit({ "/test.html": html, "/pact.json": pact }, { flip: "/leadpact/leadpact_bg.wasm" });
  await tab.until(() => window.seen.events.some(({ type }) => type === "error"));
  assert.equal(await tab.run(() => document.querySelectorAll(".leadpact-questions").length), 0);
  await tab.type("[name=email]", "ada@works.example");
  await tab.submit();
  assert.deepEqual(site.leads(), [{ email: "ada@works.example" }]);
});

const LACKS = {
  "adopted style sheets": "for (const one of [Document, ShadowRoot]) delete one.prototype.adoptedStyleSheets",
  "Web Locks, idle callbacks and the Navigation API": "for (const key of ['requestIdleCallback', 'navigation']) { delete window[key]; delete Window.prototype[key] } delete Navigator.prototype.locks",
  "crypto.subtle": "delete Crypto.prototype.subtle",
};
for (const [what, lacks] of Object.entries(LACKS)) {
  test(`a browser without ${what} asks and sends all the same`, async () => {
    const html = page(form(), { head: `<script>${lacks}</script>` });
    const { site, tab } = await visit({ "/test.html": html, "/pact.json": pact });
    await tab.bound();
    await tab.type("[name=email]", "ada@works.example");
    await tab.press("[name=email]", "TAB");
    await tab.click("[name=budget][value=yes]");
    assert.deepEqual(await tab.run(() => window.seen.errors), [], engine);
    await tab.submit();
    assert.equal(site.records()[0].assessment.score, 60);
  });
}
