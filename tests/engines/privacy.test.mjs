// What leaves the page, when, and what of it is left where others could read it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { canaries, shows } from "../browser/canaries.mjs";
import { READERS, SPIES, script } from "./watch.mjs";
import { page, rest, said, visit } from "./visit.mjs";

const pact = {
  pact: 1,
  id: "privacy",
  fields: [
    { id: "email", label: "E-mail", kind: "email", ask: "always" },
    { id: "company", label: "Company", kind: "text", ask: "always" },
    { id: "phone", label: "Phone", kind: "phone", ask: "always" },
    { id: "site", label: "Site", kind: "url", ask: "always" },
    { id: "staff", label: "Staff", kind: "number", ask: "always" },
    { id: "story", label: "Story", kind: "paragraph", ask: "always" },
    { id: "team", label: "Team", kind: "choice", ask: "always", options: [{ value: "canary-small" }, { value: "large" }] },
    { id: "needs", label: "Needs", kind: "choices", ask: "always", options: [{ value: "canary-stock" }, { value: "plans" }] },
    { id: "secret", label: "Secret", kind: "text", ask: "always" },
    { id: "card", label: "Card", kind: "text", ask: "always" },
    { id: "code", label: "Code", kind: "text", ask: "always" },
    { id: "hidden", label: "Hidden", kind: "text", ask: "always" },
    { id: "budget", label: "Budget?", kind: "yes_no" },
  ],
  signals: [{ id: "views", measure: "page_views" }, { id: "source", measure: "query", name: "utm_source" }],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria: [{ id: "funded", group: "fit", points: 60, when: { fact: "budget", is: true } }],
  qualification: { threshold: 50 },
  asking: { mode: "certain" },
};
const typed = { ...canaries, phone: "+33 6 98 76 54 32", site: "https://canary-site.example/", staff: "86753090" };
const all = { ...typed, team: "canary-small", needs: "canary-stock" };
const form = `<form data-leadpact="/pact.json" action="/leads" method="post"><label>E-mail <input name="email" type="email"></label>
<label>Company <input name="company"></label><label>Phone <input name="phone" type="tel"></label><label>Site <input name="site" type="url"></label>
<label>Staff <input name="staff" type="number"></label><label>Story <textarea name="story"></textarea></label>
<label>Team <select name="team"><option value=""></option><option value="canary-small">small</option><option value="large">large</option></select></label>
<label>Stock <input type="checkbox" name="needs" value="canary-stock"></label>
<label>Own <input name="own"></label><label>Secret <input type="password" name="secret"></label><p><button>Send</button></p></form>${"<br>".repeat(200)}`;
const pages = { "/test.html": page(form, { head: SPIES }), "/elsewhere": page("Elsewhere", { module: "" }), "/pact.json": pact };

async function opened(query = "") {
  const { site, tab } = await visit(pages, { path: `/test.html${query}` });
  await tab.bound();
  return { site, tab };
}

// Everything that people do on a page short of sending.
async function behave(tab) {
  for (const [name, value] of Object.entries(typed)) {
    await tab.type(`[name=${name}]`, value);
    await tab.press(`[name=${name}]`, "TAB");
  }
  await tab.choose("[name=team]", "canary-small");
  await tab.click("[name=needs]");
  await tab.click("[name=budget][value=yes]");
  await tab.run(() => (scrollTo(0, 2000), window.LeadPact.event("anything"), window.LeadPact.page("/step")));
  await tab.run(() => (window.dispatchEvent(new Event("blur")), document.activeElement.blur()));
  await rest(1500);
}

for (const agrees of [false, true]) {
  test(`PRIV-01, PRIV-02: nothing is requested between loading and submitting, then one request to the form's address (consent: ${agrees})`, async () => {
    const { site, tab } = await opened();
    if (agrees) await tab.consent(true);
    const loaded = site.requests.length;
    await behave(tab);
    assert.deepEqual(site.requests.slice(loaded).map(({ url }) => url), []);
    await tab.submit();
    await rest(500);
    const sent = site.requests.slice(loaded);
    assert.deepEqual(sent.map(({ method, url }) => `${method} ${url}`), ["POST /leads"]);
    assert.deepEqual(site.requests.filter(({ method, ...request }) => method === "GET" && shows(JSON.stringify(request), all).length > 0), []);
    assert.deepEqual(Object.keys(site.leads()[0]).filter((name) => !(name in all) && name !== "budget"), ["leadpact_id", "leadpact"]);
    assert.equal(said(site.records()[0]).company, canaries.company);
    assert.equal("own" in said(site.records()[0]), false, "the record holds nothing that the pact does not name");
    assert.equal("secret" in said(site.records()[0]), false, "nor a password");
    assert.deepEqual(site.violations(), []);
  });
}

test("PRIV-01: a page that is left without sending sends nothing", async () => {
  const { site, tab } = await opened();
  await tab.consent(true);
  await behave(tab);
  const before = site.requests.length;
  await tab.go("/elsewhere");
  await rest(500);
  assert.deepEqual(site.requests.slice(before).map(({ method, url }) => `${method} ${url}`), ["GET /elsewhere"]);
  assert.deepEqual(shows(JSON.stringify(site.requests), all), []);
});

test("PRIV-06, PRIV-14: nothing typed stands in storage, in the console, in messages, in attributes or in the address", async () => {
  const { tab } = await opened("?email=a-visitor%40kiwi.example");
  await tab.consent(true);
  await behave(tab);
  await tab.run(() => {
    for (const [id, value] of [["staff", "canary-own"], ["budget", "canary-own"], ["team", "canary-own"]]) {
      try {
        window.lead.answer(id, value);
      } catch (error) {
        window.seen.errors.push(error.message);
      }
    }
  });
  const there = await tab.run(() => ({
    attributes: [...document.querySelectorAll("body *")].flatMap((element) => [...element.attributes].filter(({ name }) => name !== "value").map(({ name, value }) => `${name}=${value}`)).join("\n"),
    address: location.pathname + location.hash + JSON.stringify(history.state) + document.title,
    errors: JSON.stringify([window.seen.errors, window.seen.events.filter(({ type }) => type === "error")]),
    console: JSON.stringify(window.seen.console),
    
  }));
  for (const [where, text] of Object.entries(there)) assert.deepEqual(shows(text, typed), [], where);
  const kept = JSON.stringify(await tab.dump());
  // Numbers, addresses of sites and choices are remembered unless the pact says no; without them this test would see nothing.
  const { site: _, staff: __, ...personal } = { ...typed, visitor: "a-visitor@kiwi.example" };
  assert.deepEqual(shows(kept, personal), [], "storage");
  assert.match(kept, /canary-small/);
});

test("PRIV-06: what is kept is a count and a time of each signal of the pact, and nothing of the page or the browser", async () => {
  const { tab } = await opened("?utm_source=letter&email=a-visitor%40kiwi.example#place");
  await tab.consent(true);
  await tab.until(() => localStorage.getItem("leadpact:privacy"));
  const { signals, answers, ...more } = await tab.entry("privacy");
  assert.deepEqual(Object.keys(signals).sort(), ["source", "views"]);
  assert.deepEqual([signals.source, signals.views.value, Object.keys(signals.views).sort(), answers], ["letter", 1, ["last", "value"], {}]);
  assert.deepEqual(Object.keys(more).sort(), ["active", "salt", "since", "v"]);
});

test("PRIV-07: a parameter that holds an e-mail address or a phone number is not kept", async () => {
  for (const value of ["canary-mail%40kiwi.example", "%2B33698765432"]) {
    const { tab } = await opened(`?utm_source=${value}`);
    await tab.consent(true);
    await tab.until(() => localStorage.getItem("leadpact:privacy"));
    assert.deepEqual(Object.keys((await tab.entry("privacy")).signals), ["views"]);
    assert.equal("source" in (await tab.record()).facts, false);
  }
});

const unread = {
  secret: `<input type="password" name="secret">`,
  card: `<input name="card" autocomplete="cc-number">`,
  code: `<input name="code" autocomplete="one-time-code">`,
  hidden: `<input type="hidden" name="hidden" value="canary-hidden">`,
  own: `<input name="own">`,
  choice: `<select name="choice"><option value="a">a</option><option value="b">b</option></select>`,
  area: `<textarea name="area"></textarea>`,
  ticked: `<input type="checkbox" name="ticked">`,
};
const discreet = `<form data-leadpact="/pact.json" action="/leads" method="post"><input name="company">${Object.values(unread).join("")}<p><button>Send</button></p></form>`;

test("PRIV-18: passwords, cards, codes and hidden inputs are not read even where the pact names them, nor what it does not name", async () => {
  const { tab } = await visit({ "/test.html": page(discreet, { head: READERS }), "/pact.json": pact });
  await tab.bound();
  await tab.consent(true);
  for (const name of ["own", "secret", "card", "code", "area", "company"]) {
    await tab.type(`[name=${name}]`, "canary");
    await tab.press(`[name=${name}]`, "TAB");
  }
  await tab.choose("[name=choice]", "b");
  await tab.click("[name=ticked]");
  await tab.run(() => window.dispatchEvent(new PageTransitionEvent("pageshow")));
  await rest(1300);
  const read = new Set(await tab.run(() => window.read));
  assert.ok(read.has("company"));
  assert.deepEqual([...Object.keys(unread), "FormData"].filter((name) => read.has(name)), []);
});

test("PRIV-16: Global Privacy Control means no behaviour until a grant that comes after it, and stands in the record", async () => {
  const gpc = script(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { configurable: true, get: () => true }));
  const { site, tab } = await visit({ "/test.html": page(form, { head: gpc + SPIES }), "/pact.json": pact });
  await tab.bound();
  assert.deepEqual((await tab.record()).consent, { behaviour: false, gpc: true });
  assert.equal("views" in (await tab.record()).facts, false);
  await rest(1300);
  assert.deepEqual(await tab.run(() => window.spied.calls), []);
  await tab.consent(true, { by: "switch" });
  await tab.submit();
  const [record] = site.records();
  assert.deepEqual([record.consent, record.facts.views.value], [{ behaviour: true, by: "switch", gpc: true }, 1]);
});
