// What is kept on the device: when, for how long, and how it goes away, in every tab.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SPIES, script } from "./watch.mjs";
import { open, page, rest, said, visit } from "./visit.mjs";

const KEY = "leadpact:storage";
const pact = {
  pact: 1,
  id: "storage",
  fields: [
    { id: "email", label: "E-mail", kind: "email", ask: "always" },
    { id: "team", label: "Team?", kind: "choice", ask: "always", options: [{ value: "small" }, { value: "large" }] },
    { id: "budget", label: "Budget?", kind: "yes_no" },
  ],
  signals: [
    { id: "views", measure: "page_views" },
    { id: "visits", measure: "visits" },
    { id: "days", measure: "days_known" },
    { id: "downloads", measure: "events", name: "download" },
  ],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria: [{ id: "funded", group: "fit", points: 60, when: { fact: "budget", is: true } }],
  qualification: { threshold: 50 },
  asking: { mode: "certain" },
};
const form = `<form data-leadpact="/pact.json" action="/leads" method="post"><label>E-mail <input name="email" type="email"></label>
<label>Team? <select name="team"><option value=""></option><option value="small">small</option><option value="large">large</option></select></label><p><button>Send</button></p></form>`;
const pagesOf = (head = "", asked = {}) => ({
  "/test.html": page(form, { head: SPIES + head }),
  "/other.html": page("Other", { head: SPIES + head, module: "" }),
  "/pact.json": { ...pact, asking: { ...pact.asking, ...asked } },
});

async function opened({ head, asking } = {}) {
  const visitor = await visit(pagesOf(head, asking));
  await visitor.tab.bound();
  return visitor;
}
// Puts text into the entry before our script comes, once.
const preset = (text) => script(`() => { if (!window.name) { localStorage.setItem("${KEY}", ${JSON.stringify(text)}); window.name = "[]"; } }`);
const calls = (tab) => tab.run(() => window.spied.calls);
const written = (tab) => tab.until((key) => localStorage.getItem(key), KEY);
const nothing = { local: {}, session: {}, cookie: "", databases: [], caches: [] };

async function browse(tab) {
  await tab.type("[name=email]", "ada@works.example");
  await tab.press("[name=email]", "TAB");
  await tab.choose("[name=team]", "large");
  await tab.click("[name=budget][value=yes]");
  await tab.run(() => (window.LeadPact.event("download"), window.LeadPact.page("/step"), history.pushState({}, "", "#/next")));
  await rest(1500);
}

for (const holdout of [0, 0.5]) {
  test(`PRIV-03, PRIV-15: before an answer on consent no storage is touched, by reading either (holdout: ${holdout})`, async () => {
    // Both arms of an experiment are drawn in a few visits.
    for (let visits = 0; visits < (holdout ? 3 : 1); visits += 1) {
      const { site, tab } = await opened({ asking: { holdout } });
      await tab.type("[name=email]", "ada@works.example");
      await tab.press("[name=email]", "TAB");
      await tab.choose("[name=team]", "large");
      await tab.run(() => (window.LeadPact.event("download"), history.pushState({}, "", "#/next")));
      await rest(1300);
      assert.deepEqual(await calls(tab), []);
      await tab.go("/other.html");
      assert.deepEqual(await calls(tab), [], "nor while the page is left");
      await tab.go("/test.html");
      await tab.bound();
      await tab.submit();
      assert.equal(Boolean(site.records()[0].experiment), holdout > 0);
      await tab.go("/other.html");
      assert.deepEqual(await calls(tab), [], "nor by sending");
      assert.deepEqual(await tab.dump(), nothing);
    }
  });
}

test("PRIV-03: a refusal takes away at most what is ours, once, and reads nothing", async () => {
  const { tab } = await opened({ head: preset("whatever") });
  await tab.run(() => window.spied.calls.splice(0));
  await tab.consent(false);
  await browse(tab);
  assert.deepEqual((await calls(tab)).filter((call) => !/^(local|session)Storage$/.test(call)), [`removeItem ${KEY}`]);
  assert.deepEqual(await tab.dump(), nothing);
});

test("PRIV-03: after a grant the spies see the storage that is used, and nothing but that", async () => {
  const { tab } = await opened();
  await tab.consent(true);
  await browse(tab);
  const seen = new Set(await calls(tab));
  // Whether an earlier load of the page was sending is looked for as well.
  assert.deepEqual([...seen].sort(), [`getItem ${KEY}`, "getItem leadpact:sending:storage:0", "localStorage", "sessionStorage", `setItem ${KEY}`].sort());
});

test("PRIV-04: withdrawn in one tab, what is kept is gone in all tabs and stays away; what the other tab sends has no signals", async () => {
  const { site, tab: a } = await opened();
  await a.consent(true);
  await browse(a);
  await written(a);
  const b = await open(site);
  await b.go("/test.html");
  await b.bound();
  await b.consent(true);
  await written(b);
  assert.equal(said(await b.record()).downloads, 1, "the second tab goes on from the first");
  await b.consent(false);
  await rest(1000);
  for (const tab of [b, a]) assert.deepEqual(await tab.dump(), nothing);
  await a.run(() => (window.LeadPact.event("download"), window.LeadPact.page("/more")));
  await rest(1500);
  for (const tab of [a, b]) assert.deepEqual(await tab.dump(), nothing);
  await a.submit();
  const [{ behaviour, facts }] = site.records();
  assert.deepEqual([behaviour, pact.signals.filter(({ id }) => id in facts)], [false, []]);
  assert.deepEqual([facts.team, facts.budget], ["large", true], "answers are the visitor's own words");
});

const DAY = 86_400_000;
const entryOf = (days, now = Date.now()) => ({
  v: 1, since: now - days * DAY, active: now - days * DAY, salt: "1", answers: { team: "large" },
  signals: { views: { value: 5, last: now - days * DAY }, visits: { value: 2, last: now - days * DAY } },
});

test("PRIV-08: after 89 days what was kept is still there, and being used keeps it no longer", async () => {
  const entry = entryOf(89);
  const { tab } = await opened({ head: preset(JSON.stringify(entry)) });
  await tab.consent(true);
  const { views, visits, days, team } = said(await tab.record());
  assert.deepEqual([views, visits, days, team], [6, 3, 89, "large"]);
  await tab.until((key) => JSON.parse(localStorage.getItem(key)).signals.views.value === 6, KEY);
  assert.equal((await tab.entry("storage")).since, entry.since);
});

test("PRIV-08: after 91 days what was kept is gone", async () => {
  const { tab } = await opened({ head: preset(JSON.stringify(entryOf(91))) });
  await tab.consent(true);
  const { views, visits, team } = said(await tab.record());
  assert.deepEqual([views, visits, team], [1, 1, undefined]);
  await tab.until((key) => JSON.parse(localStorage.getItem(key))?.signals.views.value === 1, KEY);
  assert.deepEqual((await tab.entry("storage")).answers, {});
});

test("PRIV-09: export gives all of ours that is on the device, as it stands there; erase leaves nothing of it, and nothing comes back", async () => {
  const { site, tab } = await opened();
  await tab.run(() => (localStorage.setItem("leadpact:earlier", "{}"), localStorage.setItem("the-site's-own", "1")));
  await tab.consent(true);
  await browse(tab);
  const other = await open(site);
  await other.go("/test.html");
  await other.bound();
  await other.consent(true);
  await rest(1500);
  // In one go, so that nothing is counted in between.
  const [exported, { local, ...elsewhere }] = await tab.run(async () => [window.LeadPact.export(), await window.dump()]);
  const { "the-site's-own": _, ...ours } = local;
  assert.deepEqual(Object.keys(ours).sort(), ["leadpact:earlier", KEY]);
  assert.deepEqual(exported, ours);
  assert.deepEqual(elsewhere, { session: {}, cookie: "", databases: [], caches: [] });
  await tab.run(() => window.LeadPact.erase());
  await rest(1500);
  for (const page of [other, tab]) {
    assert.deepEqual((await page.dump()).local, { "the-site's-own": "1" });
    assert.deepEqual(await page.run(() => [window.LeadPact.export(), window.lead.behaviour]), [{}, false]);
  }
});

test("what was answered and counted with consent is there on the next page and after loading again", async () => {
  const { tab } = await opened();
  await tab.consent(true);
  await browse(tab);
  await written(tab);
  const views = said(await tab.record()).views;
  for (const again of [() => tab.reload(), () => tab.go("/test.html")]) {
    await again();
    await tab.bound();
    await tab.consent(true);
    assert.equal(await tab.run(() => document.querySelector("[name=team]").value), "large");
    assert.equal(said(await tab.record()).budget, undefined, "nobody has seen it on this page yet");
    await tab.run(() => document.querySelector("[name=team]").dispatchEvent(new Event("change", { bubbles: true })));
    assert.equal(said(await tab.record()).budget, true);
  }
  assert.deepEqual([said(await tab.record()).views, said(await tab.record()).visits], [views + 2, 1]);
});

test("without consent nothing is remembered of an earlier page", async () => {
  const { tab } = await opened();
  await browse(tab);
  await tab.go("/test.html");
  await tab.bound();
  const facts = said(await tab.record());
  assert.deepEqual([facts.team, facts.budget, facts.views], [undefined, undefined, undefined]);
});
