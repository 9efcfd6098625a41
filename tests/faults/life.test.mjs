// F: whatever becomes of the page while its form is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { pageOf } from "./page.mjs";
import { row, told } from "./row.mjs";
import { ROWS } from "./rows.mjs";
import { Session, kill, launch, launchTabs, look, until } from "./session.mjs";

const HELD = { serve: { lead: { hold: true, stored: true } } };
// What was pressed a moment before may be the later one to the browser.
const elsewhere = ({ page, server }) => [0, 1].reduce((gone) => gone.catch(() => page.goto(`${server.address}/elsewhere`)), Promise.reject());
const ELSEWHERE = ({ server }) => server.files.set("/elsewhere", "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,><p>Elsewhere");

// What the browser has not sent yet when its page is left is not sent: that is so of every form.
row("F1", "whoever goes on to another page after sending has sent once", {
  before: ELSEWHERE,
  shown: false,
  ends: elsewhere,
  cases: {
    // Sooner, the tools that drive the browser sometimes lose the page that is shown.
    "50 ms later": { least: 0, faults: 1, ...HELD, ends: async (session) => (await later(50), elsewhere(session)) },
    "in the same task": { least: 0, faults: 1, ...HELD, send: ({ page }) => page.evaluate(() => (document.querySelector(".last button").click(), void (location.href = "/elsewhere"))), ends: ({ page }) => page.waitForURL("**/elsewhere") },
    "once it left": { ...HELD, ends: async (session) => (await session.stored(), elsewhere(session)) },
    "half a second later": { ...HELD, ends: async (session) => (await later(500), elsewhere(session)) },
  },
});

const closing = (when) => async (session) => {
  await when(session);
  await session.page.close();
  await later(300); // for what is under way to come or not
};
row("F2", "whoever closes the tab after sending has sent at most once", {
  shown: false,
  retry: "next",
  ...HELD,
  cases: {
    "at once": { least: 0, faults: 1, ends: closing(() => {}) },
    "50 ms later": { least: 0, ends: closing(() => later(50)) },
    "once it left": { ends: closing((session) => session.stored()) },
  },
});

row("F3", "a page that is killed has sent at most once", {
  alone: launch,
  shown: false,
  retry: "next",
  cases: {
    "before the request": { stored: 0, send: () => {}, ends: kill },
    "with the press": { least: 0, ends: kill },
    "during the request": { ...HELD, ends: async (session) => (await session.stored(), kill(session)) },
    "after the answer": { ends: async (session) => (await session.own.arrival(session.page), kill(session)) },
  },
});

const restored = async ({ page }) => {
  await page.goBack({ waitUntil: "commit" });
  await page.waitForSelector("form [name=own]");
};
row("F4", "a page that comes back from the browser's cache sends nothing by itself, and can be sent", {
  modes: ["A"],
  cases: {
    "after success": {
      faults: 1,
      async after(session) {
        await session.page.evaluate(() => 0);
        await restored(session);
        assert.equal(session.posts().length, 1, "nothing is sent by coming back");
        assert.ok(await session.page.isEnabled(".last button"));
        assert.deepEqual(await session.typed(), session.values);
        await session.press();
        await session.own.arrival(session.page);
        assert.equal((await session.leads()).length, session.ids().size, "a lead an id");
        assert.equal(session.ids().size, 1, "and one id");
      },
    },
    "after failure": { serve: { lead: [{ status: 503 }] }, stored: 0 },
    "in the middle": { ...HELD, before: ELSEWHERE, shown: false, ends: async (session) => (await session.stored(), elsewhere(session)) },
  },
});

row("F5", "loading again in the middle of sending, or what was sent, makes no second lead", {
  modes: ["A"],
  cases: {
    "what was sent": {
      serve: { lead: { stored: true, status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><title>Thanks</title><p>Thanks" } },
      shown: false,
      retry: "next",
      ends: async (session) => {
        await session.page.waitForURL(/\/leads$/);
        await session.page.reload();
        await session.posted(2);
        await session.stored(2);
      },
      after: (session) => assert.equal(session.ids().size, 1),
    },
    "in the middle": {
      ...HELD,
      shown: false,
      retry: "next",
      async ends({ page, server, stored }) {
        await stored();
        await page.reload().catch(() => {}); // of two navigations one is given up
        await until(() => server.seen.filter(({ url }) => url === "/form").length === 2);
        await page.waitForSelector("form");
      },
    },
  },
});

const state = async ({ context, page }, state) => (await context.newCDPSession(page)).send("Page.setWebLifecycleState", { state });
// Behind another tab, until `work` is done.
async function behind(session, work = () => {}) {
  const { context, page } = session;
  await page.evaluate(() => ["freeze", "resume", "visibilitychange"].forEach((type) => document.addEventListener(type, () => (window.was = { ...window.was, [type]: true }))));
  const other = await context.newPage();
  await other.bringToFront();
  await until(() => page.evaluate(() => document.hidden));
  await work();
  await page.bringToFront();
  await other.close();
  await until(() => page.evaluate(() => !document.hidden));
}
const frozen = async (session, work) => {
  await state(session, "frozen");
  await work();
  await later(1500); // longer than what waits to be written
  await state(session, "active");
};
row("F6", "a tab that was hidden or frozen is sent like any other", {
  faults: 1,
  alone: launchTabs,
  cases: {
    hidden: { during: (session) => behind(session) },
    frozen: {
      async during(session) {
        await behind(session, () => frozen(session, () => {}));
        assert.deepEqual(await session.page.evaluate(() => window.was), { visibilitychange: true, freeze: true, resume: true });
      },
    },
    "frozen while it is sent": {
      ...HELD,
      async ends(session) {
        await session.stored();
        const { page, context } = session;
        const other = await context.newPage();
        await other.bringToFront();
        await frozen(session, () => session.server.release());
        await page.bringToFront();
        await other.close();
        await session.own.arrival(page);
      },
    },
  },
});

const handler = (work) => ({ hook: (work) => addEventListener("DOMContentLoaded", () => document.addEventListener("submit", new Function("event", work))), given: work });
row("F10", "what the page itself does while its form is sent makes no second lead", {
  cases: {
    print: handler("print()"),
    "stop at once": handler("stop()"),
    "stop after": { ...handler("setTimeout(() => stop())"), least: 0, shown: false, ...HELD, ends: () => later(500), retry: "next" },
    "load again": { ...handler("if (!sessionStorage.getItem('again')) { sessionStorage.setItem('again', '1'); location.reload(); }"), least: 0, shown: false, ...HELD, ends: () => later(500), retry: "next" },
    "an error": { ...handler("throw new Error('of the page')"), errors: ["of the page"] },
  },
});

// Prerendering is off as soon as a program looks into the browser: here the page itself tells what it saw, and the visitor
// is a script of the page.
const AHEAD = `<!doctype html><title>Before</title><link rel="icon" href="data:,"><script type="speculationrules">{"prerender":[{"source":"list","urls":["/form"],"eagerness":"immediate"}]}</script>
<script>(async () => { while (!(await fetch("/go")).ok) await new Promise((then) => setTimeout(then, 100)); location.href = "/form"; })()</script>`;
const VISITOR = (values) => `<script>{
  const [{ activationStart }] = performance.getEntriesByType("navigation");
  const form = document.querySelector("form");
  const go = async () => {
    await new Promise((then) => addEventListener("leadpact:ready", then));
    LeadPact.consent({ behaviour: true });
    for (const [name, value] of Object.entries(${JSON.stringify(values)})) form.elements[name].value = value;
    await fetch("/said?" + performance.getEntriesByType("navigation")[0].activationStart + "&" + window.stored);
    form.querySelector("button").click();
  };
  if (document.prerendering) {
    setTimeout(() => { window.stored = localStorage.length; fetch("/ahead"); }, 700);
    document.addEventListener("prerenderingchange", go);
  }
}</script>`;
for (const mode of ROWS.get("F11").modes) {
  test(`F11: a page that the browser makes ahead counts nothing and sends nothing until it is seen (mode ${mode})`, { timeout: 60_000 }, () =>
    told({ row: "F11", case: "prerendered", mode }, async (line) => {
      const session = await Session.open(await launch(), { mode });
      const { server, values } = session;
      server.files.set("/before", AHEAD);
      server.files.set("/form", pageOf(mode, { after: VISITOR(values) }));
      const close = look(`${server.address}/before`);
      try {
        const asked = (path) => server.seen.some(({ url }) => url.startsWith(path));
        await until(() => asked("/ahead"));
        line.faults = 1;
        assert.deepEqual(server.seen.filter(({ role }) => ["pact", "wasm", "lead"].includes(role)), []);
        server.files.set("/go", "now");
        await until(() => asked("/said"));
        const [, after, kept] = server.seen.find(({ url }) => url.startsWith("/said")).url.match(/\?([\d.]+)&(\w+)/);
        assert.ok(Number(after) > 0, "it was made ahead, and shown");
        assert.equal(kept, "0", "nothing is stored ahead");
        await until(async () => (await session.leads()).length > 0);
        const leads = await session.leads();
        line.doubled = leads.length - 1;
        assert.equal(leads.length, 1);
        assert.equal(leads[0].facts.views?.value ?? leads[0].facts.views, 1, "it is viewed once");
      } finally {
        await close();
        await session.browser.close();
        await session.close();
      }
    }));
}
