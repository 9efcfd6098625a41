// I: whatever becomes of consent, the lead arrives, and signals are in it only where the visitor agreed at the end.
import assert from "node:assert/strict";
import { SCRIPT } from "./page.mjs";
import { row } from "./row.mjs";

const value = (fact) => fact?.value ?? fact;
const say = (behaviour) => ({ page }) => page.evaluate((behaviour) => window.LeadPact.consent({ behaviour, by: "manager", at: "2026-11-26T10:00:00Z" }), behaviour);
const holds = (granted, views) => (session, [{ behaviour, facts }]) => {
  assert.deepEqual([session.record().consent?.behaviour ?? false, behaviour, value(facts.views)], [granted, granted, views]);
};

row("I1", "a consent manager that never comes, comes late or changes its mind leaves what it said last", {
  faults: 1,
  cases: {
    never: { after: holds(false, undefined) },
    "after it was sent": {
      send: async (session) => (await session.page.evaluate(() => addEventListener("submit", () => setTimeout(() => window.LeadPact.consent({ behaviour: true })))), session.press()),
      after: holds(false, undefined),
    },
    "ten times, refused at last": { during: async (session) => { for (let n = 0; n < 10; n += 1) await say(n % 2 === 0)(session); }, after: holds(false, undefined) },
    "ten times, granted at last": { during: async (session) => { for (let n = 0; n < 10; n += 1) await say(n % 2 === 1)(session); }, after: (session, [{ behaviour }]) => assert.equal(behaviour, true) },
  },
});

row("I2", "consent that is withdrawn between typing and sending takes every signal out of the lead", {
  faults: 1,
  during: async (session) => (await say(true)(session), session.page.evaluate(() => window.LeadPact.event("download")), say(false)(session)),
  async after(session, leads) {
    holds(false, undefined)(session, leads);
    assert.equal(value(leads[0].facts.downloads), undefined);
    assert.deepEqual(await session.page.evaluate(() => Object.keys(localStorage)), []);
  },
});

const GPC = () => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });
row("I3", "under Global Privacy Control only a grant that comes after it counts, and the record has both", {
  hook: GPC,
  cases: {
    "no grant": { after: (session, leads) => (holds(false, undefined)(session, leads), assert.equal(session.record().consent.gpc, true)) },
    "a grant": { during: say(true), after: (session, leads) => (holds(true, 1)(session, leads), assert.equal(session.record().consent.gpc, true)) },
  },
});

const tcf = { page: { script: `<script type="module" src="/leadpact/consent/tcf.js"></script>${SCRIPT}` } };
row("I4", "a consent manager that throws or says nonsense leaves consent unknown", {
  ...tcf,
  after: holds(false, undefined),
  errors: ["of the manager"],
  cases: {
    throws: { hook: () => (window.__tcfapi = () => { throw new Error("of the manager"); }) },
    "a stub": { hook: () => (window.__tcfapi = (...given) => (window.__tcfapi.a ??= []).push(given)) },
    "says nothing": { hook: () => (window.__tcfapi = (command, version, then) => then(undefined, true)) },
    "says nonsense": { hook: () => (window.__tcfapi = (command, version, then) => [null, 7, "x", {}, { eventStatus: "tcloaded" }, { eventStatus: "tcloaded", publisher: { consents: "1" } }].slice(0, 4).forEach((data) => then(data, false))) },
    "is no function": { hook: () => (window.__tcfapi = { a: 1 }) },
  },
});
