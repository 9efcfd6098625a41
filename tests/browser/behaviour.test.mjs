// What the module measures of a visit, and when it may.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bound, open, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const measures = { views: "page_views", visits: "visits", engaged: "engaged_seconds", depth: "scroll_percent" };
const pact = {
  pact: 1,
  id: "behaviour",
  fields: [{ id: "email", label: "E-mail", kind: "email", ask: "always" }],
  signals: [
    ...Object.entries(measures).map(([id, measure]) => ({ id, measure })),
    { id: "prices", measure: "page_views", path: "/pricing" },
    { id: "attention", measure: "engaged_seconds", path: "/pricing" },
  ],
  qualification: { threshold: 50 },
};
const html = `<!doctype html><html lang="en"><title>Test</title><body><main>
<form data-leadpact="/test.json" action="/leads" method="post"><label>E-mail <input name="email" type="email"></label>
<p><button>Send</button></p></form><p id="place">Place</p></main>
<script type="module" src="/leadpact/leadpact.js"></script>`;

async function opened({ clock = false, agrees = true, before = () => {} } = {}) {
  const visitor = await visit(site, { html, pact });
  const { page } = visitor;
  if (clock) await page.clock.install({ time: new Date("2026-11-25T10:00:00Z") });
  await page.addInitScript(before);
  await visitor.go();
  await bound(page);
  if (agrees) await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  return visitor;
}
const record = (page) => page.evaluate(() => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")));
async function signals(page) {
  const { facts } = await record(page);
  return Object.fromEntries(pact.signals.map(({ id }) => [id, facts[id]?.value ?? facts[id]]));
}
const holds = async (page, expected) => {
  const seen = await signals(page);
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((id) => [id, seen[id]])), expected);
};

test("attention counts while the page is visible and the visitor did something within thirty seconds", async () => {
  const { page } = await opened({ clock: true, before: () => Object.defineProperty(navigator, "userActivation", { get: () => ({ isActive: false }) }) });
  await page.clock.runFor(5_000);
  await holds(page, { engaged: 0 });
  await page.mouse.move(10, 10);
  await page.clock.runFor(10_000);
  await holds(page, { engaged: 10 });
  await page.clock.runFor(60_000);
  const { engaged } = await signals(page);
  assert.ok(engaged === 29 || engaged === 30, `${engaged}`);
});

test("attention stands still while the page is hidden", async () => {
  const { page } = await opened({ clock: true });
  await page.evaluate(() => Object.defineProperty(document, "visibilityState", { get: () => window.state ?? "visible" }));
  await page.mouse.move(10, 10);
  await page.clock.runFor(3_000);
  await page.evaluate(() => (window.state = "hidden"));
  await page.clock.runFor(9_000);
  await page.evaluate(() => (window.state = "visible"));
  await page.clock.runFor(2_000);
  await holds(page, { engaged: 5 });
});

test("a visit begins after thirty minutes without activity, not before", async () => {
  const { page } = await opened({ clock: true });
  await page.mouse.move(10, 10);
  await page.clock.fastForward("29:00");
  await page.mouse.move(20, 20);
  await holds(page, { visits: 1, views: 1 });
  await page.clock.fastForward("30:01");
  await page.mouse.move(30, 30);
  await holds(page, { visits: 2, views: 2 });
});

test("an address that changes without loading is another page; another query or place is not", async () => {
  const { page } = await opened();
  await page.evaluate(() => history.pushState({}, "", "/pricing"));
  await holds(page, { views: 2, prices: 1 });
  await page.evaluate(() => history.replaceState({}, "", "/pricing?page=2"));
  await page.evaluate(() => (location.hash = "place"));
  await holds(page, { views: 2, prices: 1 });
  await page.evaluate(() => new Promise((then) => (addEventListener("popstate", then, { once: true }), history.go(-2))));
  await holds(page, { views: 3, prices: 1 });
});

test("a route in the fragment is a path", async () => {
  const { page } = await opened({ clock: true });
  await page.evaluate(() => new Promise((then) => (addEventListener("hashchange", then, { once: true }), (location.hash = "#/pricing?from=menu"))));
  await page.mouse.move(10, 10);
  await page.clock.runFor(2_000);
  await holds(page, { views: 2, prices: 1, attention: 2 });
});

test("page counts what it names, and not again what was counted", async () => {
  const { page } = await opened();
  await page.evaluate(() => (history.pushState({}, "", "/pricing"), window.LeadPact.page(), window.LeadPact.page()));
  await holds(page, { views: 2, prices: 1 });
  await page.evaluate(() => (window.LeadPact.page("/step/2"), window.LeadPact.page("/pricing")));
  await holds(page, { views: 4, prices: 2 });
});

test("where the browser has no Navigation API, page and the way back tell of new addresses", async () => {
  const { page } = await opened({ before: () => delete window.navigation });
  assert.equal(await page.evaluate(() => "navigation" in window), false);
  await page.evaluate(() => (history.pushState({}, "", "/pricing"), window.LeadPact.page()));
  await holds(page, { views: 2, prices: 1 });
  await page.evaluate(() => new Promise((then) => (addEventListener("popstate", then, { once: true }), history.back())));
  await holds(page, { views: 3 });
});

test("a page that comes back from the browser's cache is viewed again", async () => {
  const { page } = await opened();
  await page.evaluate(() => addEventListener("pageshow", ({ persisted }) => (window.cached = persisted)));
  await page.goto(`${site.address}/en/privacy/`);
  await page.goBack({ waitUntil: "commit" });
  await page.waitForFunction(() => window.cached !== undefined);
  assert.equal(await page.evaluate(() => window.cached), true);
  await holds(page, { views: 2, visits: 1 });
});

test("a page made ahead is not looked at until it is shown", async () => {
  const { page } = await opened({
    agrees: false,
    before: () => {
      window.ahead = true;
      Object.defineProperty(document, "prerendering", { get: () => window.ahead });
      setTimeout(() => ((window.ahead = false), document.dispatchEvent(new Event("prerenderingchange"))), 400);
      document.addEventListener("leadpact:ready", () => (window.readyAhead = window.ahead));
    },
  });
  assert.equal(await page.evaluate(() => window.readyAhead), false);
});

test("the deepest place counts, and nothing scrolled while hidden does", async () => {
  const { page } = await opened();
  await page.evaluate(() => Object.defineProperty(document, "visibilityState", { get: () => window.state ?? "visible" }));
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("div"), { style: "height: 10000px" })));
  const before = (await signals(page)).depth;
  assert.equal(before, 100, "a page shorter than the window is seen to its end");
  const long = await opened({ before: () => addEventListener("DOMContentLoaded", () => document.body.append(Object.assign(document.createElement("div"), { style: "height: 10000px" }))) });
  const depth = async () => (await signals(long.page)).depth;
  const first = await depth();
  assert.ok(first > 0 && first < 15, `${first}`);
  await long.page.evaluate(() => scrollTo(0, 5000));
  await long.page.waitForFunction((first) => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")).facts.depth.value > first + 30, first);
  const deepest = await depth();
  await long.page.evaluate(() => scrollTo(0, 0));
  await long.page.waitForTimeout(200);
  assert.equal(await depth(), deepest);
});

test("consent is unknown, granted, withdrawn; or denied", async () => {
  const states = async (page, ...given) =>
    page.evaluate((given) => {
      const seen = [];
      document.addEventListener("leadpact:consent", ({ detail }) => seen.push(detail.state));
      for (const behaviour of given) window.LeadPact.consent({ behaviour });
      return seen;
    }, given);
  const { page } = await opened({ agrees: false });
  assert.deepEqual(await states(page, true, false, false, true), ["granted", "withdrawn", "withdrawn", "granted"]);
  const other = await opened({ agrees: false });
  assert.deepEqual(await states(other.page, false, true), ["denied", "granted"]);
});

test("PRIV-16: Global Privacy Control stands in the record, and a grant that comes after it counts", async () => {
  const { page } = await opened({ agrees: false, before: () => Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true }) });
  assert.deepEqual((await record(page)).consent, { behaviour: false, gpc: true });
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "switch" }));
  const granted = await record(page);
  assert.deepEqual(granted.consent, { behaviour: true, by: "switch", gpc: true });
  assert.equal(granted.facts.visits.value, 1);
});

test("CONS-03: what happened before the grant is not counted after", async () => {
  const { page } = await opened({ agrees: false });
  await page.evaluate(() => (history.pushState({}, "", "/pricing"), history.pushState({}, "", "/other"), window.LeadPact.event("x")));
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  await holds(page, { views: 1, prices: 0 });
});

test("detaching the last form leaves no listener behind, and history is as it was", async () => {
  const visitor = await visit(site, { html, pact });
  const { page, context } = visitor;
  await page.addInitScript(() => (window.own = [history.pushState, history.replaceState, fetch, XMLHttpRequest.prototype.open]));
  await visitor.go();
  const session = await context.newCDPSession(page);
  const listeners = async () => {
    const count = async (expression) => {
      const { result } = await session.send("Runtime.evaluate", { expression });
      return (await session.send("DOMDebugger.getEventListeners", { objectId: result.objectId })).listeners.map(({ type }) => type);
    };
    return [await count("window"), await count("document"), await count("document.querySelector('form')"), await count("navigation")];
  };
  const cycle = () => page.evaluate(async () => {
    await window.LeadPact.attach("form");
    window.LeadPact.consent({ behaviour: true });
    window.LeadPact.detach("form");
  });
  await page.waitForFunction(() => window.LeadPact);
  await cycle();
  const once = await listeners();
  for (let n = 0; n < 5; n += 1) await cycle();
  assert.deepEqual(await listeners(), once);
  // The driver listens on the window, too, but not for these.
  const ours = ["keydown", "pointermove", "wheel", "scroll", "resize", "popstate", "hashchange", "pageshow"];
  assert.deepEqual([once[0].filter((type) => ours.includes(type)), once[3]], [[], []]);
  const same = () => [history.pushState, history.replaceState, fetch, XMLHttpRequest.prototype.open].every((own, at) => own === window.own[at]);
  assert.ok(await page.evaluate(same));
});
