// What counts as consent, from whom, and from when on: the page's own word, two published consent managers, and stand-ins.
import assert from "node:assert/strict";
import { test } from "node:test";
import { adapter, klaro, module, standIns, tarteaucitron } from "../browser/managers.mjs";
import { SPIES, script } from "./watch.mjs";
import { page, rest, said, visit } from "./visit.mjs";

const pact = {
  pact: 1,
  id: "consent",
  fields: [{ id: "email", label: "E-mail", kind: "email", ask: "always" }],
  signals: [{ id: "views", measure: "page_views" }, { id: "prices", measure: "page_views", path: "/pricing" }, { id: "calls", measure: "events", name: "call" }],
  qualification: { threshold: 50 },
};
const form = `<form data-leadpact="/pact.json" action="/leads" method="post"><label>E-mail <input name="email"></label><button>Send</button></form>`;
const pages = (head) => ({ "/test.html": page(form, { head, module: "" }), "/pact.json": pact });

// Consent managers bring styles and scripts of their own, which the policy of the other tests forbids.
const opened = (head) => visit(pages(head), { headers: {} });
const says = async (tab, expected) => {
  await tab.until((count) => window.seen.events.filter(({ type }) => type === "consent").length >= count, expected.length);
  assert.deepEqual(await tab.states(), expected);
};

test("CONS-01, CONS-03: by the page's own word, consent is unknown, granted, withdrawn; what was before the grant is not counted", async () => {
  const { tab } = await visit(pages(module + SPIES));
  await tab.bound();
  assert.equal(await tab.run(() => window.lead.behaviour), false);
  await tab.run(() => (history.pushState({}, "", "/pricing"), history.pushState({}, "", "/test.html"), window.LeadPact.event("call")));
  assert.deepEqual((await tab.record()).consent, { behaviour: false });
  await tab.consent(true, { by: "own", text_version: "3" });
  await tab.run(() => window.LeadPact.event("call"));
  const granted = await tab.record();
  assert.deepEqual([granted.consent, said(granted).views, said(granted).prices, said(granted).calls], [{ behaviour: true, by: "own", text_version: "3" }, 1, 0, 1]);
  await tab.consent(false, { by: "own" });
  const withdrawn = await tab.record();
  assert.deepEqual([withdrawn.consent, "views" in withdrawn.facts], [{ behaviour: false, by: "own" }, false]);
  assert.deepEqual(await tab.states(), ["own: granted", "own: withdrawn"]);
  await rest(1300);
  assert.deepEqual((await tab.dump()).local, {});
});

test("CONS-01: a page may grant as soon as the script is there, before a form is; the next page knows nothing until it is told", async () => {
  const early = `<script type="module">import { consent } from "/leadpact/leadpact.js"; if (!sessionStorage.told) consent({ behaviour: true, by: "early" }); sessionStorage.told = "1";</script>`;
  const { tab } = await visit(pages(early));
  await tab.bound();
  assert.equal(said(await tab.record()).views, 1);
  await tab.reload();
  await tab.bound();
  await rest(300);
  assert.deepEqual([await tab.states(), await tab.run(() => window.lead.behaviour), "views" in (await tab.record()).facts], [[], false, false]);
  await tab.consent(true);
  assert.equal(said(await tab.record()).views, 2, "with consent it goes on from what is kept");
});

for (const agrees of [true, false]) {
  test(`CONS-03: where the page lets measures wait in memory, ${agrees ? "a grant counts them" : "a refusal drops them"}, and no storage is touched before`, async () => {
    const waits = page(form.replace("<form", `<form data-leadpact-before-consent="memory"`), { head: SPIES });
    const { tab } = await visit({ "/test.html": waits, "/pact.json": pact });
    await tab.bound();
    await tab.run(() => (history.pushState({}, "", "/pricing"), window.LeadPact.page(), window.LeadPact.event("call")));
    assert.equal("views" in (await tab.record()).facts, false);
    await rest(1300);
    assert.deepEqual(await tab.run(() => window.spied.calls), []);
    if (!agrees) await tab.consent(false);
    await tab.consent(true);
    const { views, prices, calls } = said(await tab.record());
    assert.deepEqual([views, prices, calls], agrees ? [2, 1, 1] : [1, 1, 0]);
  });
}

const orders = [
  ["before the module", (manager, own) => `${manager}${own}${module}`],
  ["after the module", (manager, own) => `${module}${own}${manager}`],
];
const published = {
  klaro: {
    head: klaro(),
    shown: () => Boolean(window.LeadPact && window.klaro),
    toggle: () => klaro.getManager().updateConsent("leads", true),
    answer: (all) => (klaro.getManager().changeAll(all), klaro.getManager().saveAndApplyConsents()),
  },
  tarteaucitron: {
    head: tarteaucitron,
    shown: () => Boolean(window.LeadPact && document.querySelector("#tarteaucitronPersonalize2")),
    answer: (all) => tarteaucitron.userInterface.respondAll(all),
  },
};
for (const [name, { head, shown, toggle, answer }] of Object.entries(published)) {
  for (const [order, inOrder] of orders) {
    test(`CONS-01, CONS-02: the published ${name}, loaded ${order}: unknown, granted, withdrawn, and granted again on the next page`, async () => {
      const { tab } = await opened(inOrder(head, adapter(name, "leads")));
      await tab.until(shown);
      await rest(400);
      assert.deepEqual(await tab.states(), [], "a banner that is merely shown is no consent");
      if (toggle) await tab.run(toggle);
      await rest(300);
      assert.deepEqual(await tab.states(), [], "a toggle that is not saved is no consent");
      await tab.run(answer, true);
      await says(tab, [`${name}: granted`]);
      await tab.run(answer, false);
      await says(tab, [`${name}: granted`, `${name}: withdrawn`]);
      await tab.run(answer, true);
      await says(tab, [`${name}: granted`, `${name}: withdrawn`, `${name}: granted`]);
      await tab.reload();
      await says(tab, [`${name}: granted`]);
    });
  }
}

for (const [name, stand] of Object.entries(standIns)) {
  for (const late of [false, true]) {
    test(`CONS-01, CONS-02: a stand-in for ${name}, there ${late ? "after" : "before"} the adapter: unknown, granted, withdrawn`, async () => {
      const { tab } = await opened(`<script>{${stand}}${late ? "" : ";window.ready()"}</script>${module}${adapter(name)}`);
      await tab.until(() => Boolean(window.LeadPact));
      await rest(300);
      if (late) await tab.run(() => window.ready());
      await rest(500);
      assert.deepEqual(await tab.states(), [], "a default, a banner, a manager that waits are no consent");
      await tab.run(() => window.answer(true));
      await says(tab, [`${name}: granted`]);
      await tab.run(() => window.answer(false));
      await says(tab, [`${name}: granted`, `${name}: withdrawn`]);
    });
  }
}

test("CONS-02: a manager that never answers leaves consent unknown, and nobody waits for it longer than thirty seconds", async () => {
  const clock = script(() => {
    const now = Date.now;
    window.ahead = 0;
    Date.now = () => now() + window.ahead;
    window.looked = 0;
    Object.defineProperty(window, "klaro", { get: () => ((window.looked += 1), undefined) });
  });
  const { tab } = await opened(`${clock}${module}${adapter("klaro", "leads")}`);
  await tab.until(() => window.looked > 2);
  await tab.run(() => (window.ahead = 31_000));
  await rest(800);
  const looked = await tab.run(() => window.looked);
  await rest(1000);
  assert.deepEqual([await tab.run(() => window.looked), await tab.states()], [looked, []]);
});

test("CONS-04: of sources that disagree, the more private one holds", async () => {
  const { tab } = await visit(pages(module));
  await tab.bound();
  await tab.run(() => {
    const say = (by, behaviour) => window.LeadPact.consent({ behaviour, by }, by);
    for (const [by, behaviour] of [["a", true], ["b", false], ["a", true], ["b", true], ["a", false], ["a", true]]) say(by, behaviour);
  });
  assert.deepEqual(await tab.states(), ["a: granted", "b: withdrawn", "b: withdrawn", "b: granted", "a: withdrawn", "a: granted"]);
  assert.equal(await tab.run(() => window.lead.behaviour), true);
});
