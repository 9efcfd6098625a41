// B: what the platform under the engine does wrong. Traps, malformed JSON, throwing listeners and full memories are in
// tests/browser.
import assert from "node:assert/strict";
import { setTimeout as later } from "node:timers/promises";
import { row } from "./row.mjs";

const value = (fact) => fact?.value ?? fact;
const agree = ({ page }) => page.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test", at: "2026-11-26T10:00:00Z" }));

row("B5", "without random numbers the form is sent, and the server gives the id", {
  record: null,
  cases: {
    throws: { hook: () => (Crypto.prototype.getRandomValues = () => { throw new DOMException("no entropy", "OperationError"); }) },
    missing: { hook: () => (Crypto.prototype.getRandomValues = undefined) },
    "no crypto": { hook: () => Object.defineProperty(window, "crypto", { value: undefined }) },
  },
  during: agree,
  after: (session, [{ id }]) => assert.deepEqual([[...session.ids()], id.length], [[undefined], 32]),
});

// The clock of the whole page, and how much it is off.
const clock = () => {
  const Own = Date;
  window.off = 0;
  window.Date = class Date extends Own {
    constructor(...given) {
      if (given.length > 0) super(...given);
      else super(Own.now() + window.off);
    }
    static now = () => Own.now() + window.off;
  };
};
const HOUR = 3_600_000;
row("B6", "a clock that jumps counts nothing backwards, and the server says that the times differ", {
  hook: clock,
  cases: Object.fromEntries(Object.entries({ "two hours on": 2 * HOUR, "a day back": -24 * HOUR, "after 2038": 24 * 365 * 14 * HOUR, "before 1970": -24 * 365 * 60 * HOUR, "thirty seconds back": -30_000 }).map(([name, off]) => [name, { before: (session) => void (session.off = off) }])),
  during: async (session) => {
    await agree(session);
    await session.page.evaluate((off) => {
      window.off = off;
      window.LeadPact.event("download");
    }, session.off);
  },
  after: (session, [{ facts, differences }]) => {
    const { views, downloads, engaged } = facts;
    assert.deepEqual([value(views), value(downloads)], [1, 1]);
    assert.ok(value(engaged) === undefined || (value(engaged) >= 0 && value(engaged) < 60), JSON.stringify(engaged));
    if (Math.abs(session.off) >= HOUR) assert.ok(differences.some(({ what }) => what === "at"), JSON.stringify(differences));
  },
});

row("B7", "a coarse clock measures engaged time all the same", {
  hook: () => {
    const own = performance.now.bind(performance);
    performance.now = () => Math.floor(own() / 100) * 100;
  },
  async during(session) {
    await agree(session);
    const began = performance.now();
    for (let n = 0; n < 20; n += 1) {
      await later(300);
      await session.page.mouse.move(10 + n, 10);
    }
    session.lasted = (performance.now() - began) / 1000;
  },
  // Whole seconds are counted.
  after: (session, [{ facts }]) => assert.ok(Math.abs(value(facts.engaged) - session.lasted) <= 2, `${value(facts.engaged)} of ${session.lasted}`),
});
