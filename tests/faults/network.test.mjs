// E: whatever becomes of the network, nothing is called sent that did not arrive, and what was typed can be sent again.
import assert from "node:assert/strict";
import { setTimeout as later } from "node:timers/promises";
import { row as declare } from "./row.mjs";

const row = (id, says, spec) => declare(id, says, { modes: ["A"], ...spec });
import { blackHole, overSlowWire } from "./wire.mjs";

const offline = (session, off) => session.context.setOffline(off);

row("E1", "what is sent without a network is still there, and is sent once there is one", {
  faults: 1,
  stored: 0,
  during: (session) => offline(session, true),
  after: (session) => offline(session, false),
});

row("E2", "what was stored while the network went away is one lead when it is sent again", {
  shown: false,
  cases: {
    "stored, no answer": {
      serve: { lead: { stored: true, hold: true } },
      async ends(session) {
        await session.stored();
        await session.server.gone();
        await session.own.failure(session.page, session.address);
        await session.server.back();
      },
    },
    "cut at once": {
      serve: { lead: { stored: true, reset: "answer" } },
    },
  },
});

row("E3", "what navigator.onLine says decides nothing", {
  cases: {
    "false, and there is a network": { hook: () => Object.defineProperty(Navigator.prototype, "onLine", { get: () => false }) },
    "true, and there is none": {
      hook: () => Object.defineProperty(Navigator.prototype, "onLine", { get: () => true }),
      stored: 0,
      during: (session) => offline(session, true),
      after: (session) => offline(session, false),
    },
  },
});

// Its address is another while it lasts, as a name may lead elsewhere.
const sendTo = (address) => ({ page }) => page.evaluate((address) => document.querySelector("form").setAttribute("action", `${address}/leads`), address);
row("E4", "a connection that is refused, reset or swallowed loses nothing", {
  stored: 0,
  cases: {
    refused: { faults: 1, during: ({ server }) => server.gone(), after: ({ server }) => server.back() },
    "reset once it is there": {
      async during({ server }) {
        await server.gone();
        server.resets = true;
        await server.back();
      },
      after: ({ server }) => (server.resets = false),
    },
    "reset before the answer": { serve: { lead: { reset: "request" } } },
    swallowed: {
      faults: 1,
      async during(session) {
        session.hole = await blackHole();
        session.ends.push(() => session.hole.close());
        await sendTo(session.hole.address)(session);
      },
      // Browsers wait for minutes; the visitor presses the browser's button before.
      async ends({ page, halt }) {
        await later(3000);
        assert.ok(page.url().endsWith("/form"), "nothing is said of an arrival");
        await halt();
      },
      async after({ page }) {
        await page.evaluate(() => document.querySelector("form").setAttribute("action", "/leads"));
      },
    },
  },
});

row("E5", "over 2 kbit/s with five seconds of latency and what is lost sent anew, the lead arrives", {
  ...overSlowWire,
  timeout: 120_000,
  after({ wire }) {
    assert.ok(wire.carried > 1000, `${wire.carried} bytes`);
  },
  // The thanks page need not load over it.
  async ends(session) {
    await session.stored(1, 90_000);
    assert.ok(session.page.url().endsWith("/form"));
    session.wire.slow = undefined;
    await session.own.arrival(session.page);
  },
});
