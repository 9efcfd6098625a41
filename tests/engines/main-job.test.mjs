// The main job, and a form's life in a browser: pages that change without loading, ways back, a module that fails.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve } from "../browser/server.mjs";
import { engine, open, page, said, visit } from "./visit.mjs";

const pact = {
  pact: 1,
  id: "main",
  fields: [
    { id: "email", label: "E-mail", kind: "email", ask: "always" },
    { id: "team", label: "Team?", kind: "choice", ask: "always", options: [{ value: "small" }, { value: "large" }] },
    { id: "budget", label: "Budget?", kind: "yes_no" },
  ],
  signals: [{ id: "views", measure: "page_views" }, { id: "prices", measure: "page_views", path: "/pricing" }],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria: [
    { id: "team", group: "fit", points: 13, when: { fact: "team", is: "large" } },
    { id: "funded", group: "fit", points: 42, when: { fact: "budget", is: true } },
  ],
  qualification: { threshold: 50 },
  asking: { mode: "certain" },
};
const form = `<form data-leadpact="/pact.json" action="/leads" method="post"><label>E-mail <input name="email" type="email"></label>
<label>Team? <select name="team"><option value=""></option><option value="small">small</option><option value="large">large</option></select></label><p><button>Send</button></p></form>`;
const pages = { "/test.html": page(form), "/other.html": page("Other", { module: "" }), "/pact.json": pact };

async function opened(more = {}) {
  const visitor = await visit({ ...pages, ...more });
  await visitor.tab.bound();
  return visitor;
}

test("a visitor types, is asked an extra question, and the form's own request carries a record with the right score", async () => {
  const { site, tab } = await opened();
  await tab.type("[name=email]", "ada@works.example");
  assert.equal(await tab.run(() => document.querySelectorAll(".leadpact-question").length), 0);
  await tab.choose("[name=team]", "large");
  await tab.click("[name=budget][value=yes]");
  assert.equal(await tab.run(() => window.lead.score), 55);
  await tab.submit();
  const [lead] = site.leads();
  assert.deepEqual([lead.email, lead.team, lead.budget, site.leads().length], ["ada@works.example", "large", "yes", 1]);
  const [record] = site.records();
  assert.deepEqual(said(record), { email: "ada@works.example", team: "large", budget: true });
  assert.deepEqual([record.assessment.score, record.assessment.decision, record.asked.map(({ field }) => field)], [55, "handoff", ["budget"]]);
  assert.deepEqual([record.pact.id, record.id, record.attempt], ["main", lead.leadpact_id, 1]);
});

test("an answer that does not score enough is sent all the same", async () => {
  const { site, tab } = await opened();
  await tab.choose("[name=team]", "large");
  await tab.click("[name=budget][value=no]");
  await tab.submit();
  const [{ assessment }] = site.records();
  assert.deepEqual([assessment.score, assessment.decision], [13, "nurture"]);
});

test("pages that change without loading are counted, by pushState, by the way back and by a route in the fragment", async () => {
  const { tab } = await opened();
  await tab.consent(true);
  const views = async () => [said(await tab.record()).views, said(await tab.record()).prices];
  // Without the Navigation API a page has to say so itself; saying so twice counts once.
  await tab.run(() => (history.pushState({}, "", "/pricing"), window.LeadPact.page(), window.LeadPact.page()));
  assert.deepEqual(await views(), [2, 1]);
  await tab.run(() => new Promise((then) => (addEventListener("popstate", () => setTimeout(then, 50), { once: true }), history.back())));
  assert.deepEqual(await views(), [3, 1]);
  await tab.run(() => new Promise((then) => (addEventListener("hashchange", () => setTimeout(then, 50), { once: true }), (location.hash = "#/pricing"))));
  assert.deepEqual(await views(), [4, 2]);
  await tab.run(() => history.replaceState({}, "", "?page=2#/pricing"));
  assert.deepEqual(await views(), [4, 2], "another query is no other page");
});

test("pushState alone is counted where the browser has the Navigation API", async () => {
  const { tab } = await opened();
  await tab.consent(true);
  const there = await tab.run(() => (history.pushState({}, "", "/pricing"), "navigation" in window));
  assert.equal(said(await tab.record()).prices, there ? 1 : 0);
});

test("REL-10: the module keeps no page out of the browser's cache, and a page that comes back is viewed again", async () => {
  const { tab } = await opened();
  await tab.consent(true);
  await tab.until(() => localStorage.getItem("leadpact:main"));
  await tab.run(() => void addEventListener("pageshow", ({ persisted }) => (window.cached = persisted)));
  await tab.go("/other.html");
  await tab.back();
  await tab.until(() => window.cached !== undefined);
  assert.equal(await tab.run(() => window.cached), true);
  assert.equal(said(await tab.record()).views, 2);
});

test("REL-09: a visitor who comes back finds the form as it was left, and can send it", async () => {
  const { site, tab } = await opened();
  await tab.choose("[name=team]", "large");
  await tab.click("[name=budget][value=yes]");
  await tab.go("/other.html");
  await tab.back();
  await tab.until(() => document.querySelector("form") && window.lead);
  // What the browser restores, from its cache or into a new page, is what the record says.
  const shown = await tab.run(() => document.querySelector("[name=team]").value);
  await tab.submit();
  const [lead] = site.leads();
  assert.equal(lead.team, shown);
  assert.equal(said(site.records()[0]).team ?? "", shown);
  assert.equal(site.leads().length, 1);
});

test("REL-09: after sending and coming back the form can be sent again, and a page from the browser's cache does so under the same id", async (test) => {
  const { site, tab } = await opened();
  await tab.type("[name=email]", "ada@works.example");
  await tab.submit();
  await tab.back();
  await tab.until(() => document.querySelector("form") && window.lead);
  // Firefox loads a page anew that sent a form, whether ours is there or not.
  const cached = await tab.run(() => window.seen.events.some(({ type }) => type === "handoff"));
  test.diagnostic(`${engine}: the page ${cached ? "came back from the browser's cache" : "was loaded anew"}`);
  await tab.type("[name=email]", "ada@works.example");
  await tab.choose("[name=team]", "large");
  await tab.submit();
  const [first, second] = site.records();
  assert.equal(site.records().length, 2);
  assert.equal(said(second).team, "large");
  assert.deepEqual([second.id === first.id, second.attempt], cached ? [true, 2] : [false, 1]);
});

const broken = {
  "the pact is missing": { "/pact.json": undefined },
  "the pact is not one": { "/pact.json": { pact: 1 } },
  "the module is something else": { "/leadpact/leadpact_bg.wasm": "<p>no" },
};
for (const [what, more] of Object.entries(broken)) {
  test(`REL-01: where ${what}, the form is a form`, async () => {
    const all = { ...pages, ...more };
    for (const path of Object.keys(more)) if (more[path] === undefined) delete all[path];
    const { site, tab } = await visit(all);
    await tab.until(() => window.seen.events.some(({ type }) => type === "error"));
    await tab.type("[name=email]", "ada@works.example");
    await tab.choose("[name=team]", "large");
    await tab.submit();
    assert.deepEqual(site.leads(), [{ email: "ada@works.example", team: "large" }]);
  });
}

test("REL-01: where a policy forbids wasm, the form is a form", async () => {
  const { site, tab } = await visit(pages, { headers: { "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline'; img-src data:" } });
  await tab.until(() => window.seen.events.some(({ type }) => type === "error"));
  await tab.type("[name=email]", "ada@works.example");
  await tab.submit();
  assert.deepEqual(site.leads(), [{ email: "ada@works.example", team: "" }]);
});

let server;
before(async () => (server = await serve()));
after(() => server.close());

test("on the demo page, what the visitor's browser scored is what the server scores, and sales has the lead once", async () => {
  const tab = await open(server);
  await tab.go("/en/");
  await tab.click(".consent__choice button:last-of-type");
  const email = "engine@tolerie.example";
  for (const [name, value] of Object.entries({ full_name: "Ada Lovelace", email, company: "Tôlerie Lovelace" })) await tab.type(`[name=${name}]`, value);
  await tab.choose("[name=main_need]", "stock");
  const asked = await tab.find(".leadpact-question input, .leadpact-question select");
  if ((await asked.getTagName()) === "select") await tab.click(".leadpact-question option:nth-child(2)");
  else await tab.click(".leadpact-question input");
  await tab.click("form[data-leadpact] button[type=submit]");
  await tab.until(() => /thanks/.test(location.pathname));
  const leads = (await server.leads()).filter((lead) => JSON.stringify(lead.answers).includes(email));
  assert.equal(leads.length, 1);
  assert.deepEqual(leads[0].differences, []);
  assert.notEqual(leads[0].assessment.score, 0);
  assert.equal(leads[0].behaviour, true);
});
