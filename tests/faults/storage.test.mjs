// C: whatever becomes of the browser's storage, the form is sent, and what others keep there stays.
import assert from "node:assert/strict";
import { setTimeout as later } from "node:timers/promises";
import { row } from "./row.mjs";
import { until } from "./until.mjs";

const KEY = "leadpact:faults";
const agree = (page) => page.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test", at: "2026-11-26T10:00:00Z" }));
const kept = (page) => page.evaluate((key) => localStorage.getItem(key), KEY);
const download = (page) => page.evaluate(() => window.LeadPact.event("download"));
const value = (fact) => fact?.value ?? fact;
const counted = (views, downloads) => (_, [{ facts }]) => assert.deepEqual([value(facts.views), value(facts.downloads)], [views, downloads]);
// A visitor who agreed and did something worth counting.
const counts = async ({ page }) => (await agree(page), download(page));

row("C1", "where reading the storage's property throws all goes on in memory", {
  hook: () => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
      Object.defineProperty(window, name, { get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });
    }
    Object.defineProperty(document, "cookie", { get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });
  },
  during: counts,
  after: counted(1, 1),
});

row("C2", "where the storage is full of others' things all goes on in memory, and they stay whole", {
  faults: 1,
  async before({ page }) {
    await page.evaluate(() => {
      let size = 1 << 20;
      for (let n = 0; size >= 1; n += 1) {
        try {
          localStorage.setItem(`site-${n}`, "x".repeat(size));
        } catch {
          size >>= 1;
        }
      }
    });
  },
  during: counts,
  async after(session, leads) {
    counted(1, 1)(session, leads);
    const all = await session.page.evaluate(() => Object.entries(localStorage).map(([key, text]) => [key, text.length]));
    assert.ok(all.every(([key]) => key.startsWith("site-")), String(all.map(([key]) => key)));
    assert.ok(all.reduce((sum, [, length]) => sum + length, 0) > 4 << 20);
    await session.page.evaluate(() => localStorage.clear());
  },
});

row("C3", "where the n-th write fails what is kept is the last good state, whole", {
  cases: Object.fromEntries([1, 2, 3, 4].map((n) => [`write ${n}`, { given: n }])),
  hook: (n) => {
    const own = Storage.prototype.setItem;
    let writes = 0;
    Storage.prototype.setItem = function (key, text) {
      if ((writes += 1) === n) throw new DOMException("full", "QuotaExceededError");
      return own.call(this, key, text);
    };
  },
  async during(session) {
    await counts(session);
    for (let n = 0; n < 2; n += 1) {
      await later(1100); // one write a second
      await download(session.page);
    }
  },
  async after(session, leads) {
    counted(1, 3)(session, leads);
    const text = await kept(session.page);
    const { v, signals } = JSON.parse(text);
    assert.equal(v, 1);
    assert.ok(signals.views.value === 1 && (signals.downloads?.value ?? 0) <= 3, text);
  },
});

const units = (text) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
const preset = (text, after) => ({ given: [KEY, units(text)], ...(after && { after }) });
const whole = JSON.stringify({ v: 1, since: 1, active: 1, salt: "1", signals: {}, answers: {} });
row("C4", "what is stored and is not whole is dropped, and what is newer is left alone", {
  hook: ([key, units]) => location.pathname === "/form" && !sessionStorage.getItem("once") && (sessionStorage.setItem("once", "1"), localStorage.setItem(key, units.map((unit) => String.fromCharCode(unit)).join(""))),
  during: counts,
  async after(session, leads) {
    counted(1, 1)(session, leads);
    await until(async () => /"downloads":\{"value":1\b/.test(await kept(session.page))); // one write a second
  },
  cases: Object.fromEntries(Object.entries({
    "cut short": whole.slice(0, -9),
    "other JSON": '{"a":[1,2]}',
    "no JSON": "undefined",
    empty: "",
    huge: `{"v":1,"x":"${"x".repeat(60_000)}"}`,
    "wrong types": whole.replace('"since":1', '"since":"x"'),
    "a list": "[1]",
    NUL: "\0\0\0",
    "a lone surrogate": '{"v":1,"\ud800":1}',
    older: whole.replace('"v":1', '"v":0'),
  }).map(([name, text]) => [name, preset(text)]).concat([
    ["newer", preset('{"v":2,"new":true}', async (session, leads) => {
      counted(1, 1)(session, leads);
      assert.equal(await kept(session.page), '{"v":2,"new":true}');
      await session.page.evaluate(() => localStorage.clear());
    })],
  ])),
});

row("C5", "where the storage is emptied during the visit all goes on from memory, and what was erased stays away", {
  faults: 1,
  cases: {
    "by the page": { during: async (session) => (await counts(session), session.page.evaluate(() => localStorage.clear()), download(session.page)), after: counted(1, 2) },
    "by the browser": {
      async during(session) {
        await counts(session);
        const client = await session.context.newCDPSession(session.page);
        await client.send("Storage.clearDataForOrigin", { origin: session.server.address, storageTypes: "all" });
        await download(session.page);
      },
      // What is counted goes on; what was cleared does not come back on the device.
      async after(session, leads) {
        counted(1, 2)(session, leads);
        await later(1200);
        assert.equal(await kept(session.page), null);
      },
    },
    erased: {
      async during(session) {
        await counts(session);
        await session.page.evaluate(() => window.LeadPact.erase());
        await download(session.page);
        await later(1200);
      },
      async after(session, leads) {
        counted(undefined, undefined)(session, leads);
        assert.equal(await kept(session.page), null);
      },
    },
  },
});

row("C6", "where the storage is null or another all goes on in memory", {
  during: counts,
  after: counted(1, 1),
  cases: {
    null: { hook: () => ["localStorage", "sessionStorage"].forEach((name) => Object.defineProperty(window, name, { value: null })) },
    "methods that do nothing": { hook: () => ["getItem", "setItem", "removeItem"].forEach((name) => (Storage.prototype[name] = () => undefined)) },
    "methods that say nonsense": { hook: () => ((Storage.prototype.getItem = () => ({ length: -1 })), (Storage.prototype.setItem = () => 7)) },
    "methods that throw": { hook: () => ["getItem", "setItem", "removeItem", "key"].forEach((name) => (Storage.prototype[name] = () => { throw new Error("of the page"); })) },
  },
});

row("C7", "where IndexedDB is blocked or hangs nobody waits for it", {
  during: counts,
  after: counted(1, 1),
  cases: {
    missing: { hook: () => Object.defineProperty(window, "indexedDB", { value: undefined }) },
    hangs: { hook: () => (IDBFactory.prototype.open = () => new EventTarget()) },
    throws: { hook: () => (IDBFactory.prototype.open = () => { throw new DOMException("denied", "SecurityError"); }) },
  },
});

row("C8", "where the browser took the storage away visits begin again", {
  faults: 1,
  async during(session) {
    await counts(session);
    session.server.files.set("/elsewhere", "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,><p>Elsewhere");
    await session.page.goto(`${session.server.address}/elsewhere`);
    assert.ok(await kept(session.page));
    await session.page.evaluate(() => localStorage.clear());
    await session.go();
    await session.fill();
    await session.ready();
    await agree(session.page);
    await session.answer();
  },
  after: counted(1, 0),
});
