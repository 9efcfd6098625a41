// D and E, where forms are delivered by fetch: whatever the endpoint and the network answer.
import assert from "node:assert/strict";
import { formOf, pact, pageOf } from "./page.mjs";
import { row as declare } from "./row.mjs";
import { kill, launch, until } from "./session.mjs";
import { overSlowWire } from "./wire.mjs";

// Tries follow each other as soon as they may: chance is at its least.
const soon = () => (Math.random = () => 0);
const row = (id, says, spec) => declare(id, says, { modes: ["B"], script: soon, ...spec });

const once = (fault) => ({ serve: { lead: [fault] } });
const always = (fault) => ({ serve: { lead: fault } });
const each = (values, spec) => Object.fromEntries(values.map((value) => [String(value), spec(value)]));
const posts = (count) => (session) => assert.equal(session.posts().length, count, "requests");
const idOf = ({ body }) => body.match(/leadpact_id(?:=|"\r\n\r\n|":")([0-9a-f]{32})/)?.[1];
// What the server did not read has none.
const oneId = (session) => assert.equal(new Set(session.posts().map(idOf).filter(Boolean)).size, 1, "one id");
// The page says that it was not sent.
const failure = (session) => session.own.failure(session.page, session.address);
const words = (session) => session.page.textContent("[part=failed]");
// Time goes on for the page alone.
const clock = { before: ({ page }) => page.clock.install() };
const pass = ({ page }, milliseconds) => page.clock.fastForward(milliseconds);
const paged = (of) => ({ page: (session) => pageOf("B", of(session)) });

row("A7", "under a policy that forbids the endpoint the browser sends the form to the page's own place", {
  ...paged(({ server }) => ({ attributes: `data-leadpact-endpoint="${server.other}/leads"` })),
  serve: { page: { headers: { "content-security-policy": "connect-src 'self'; form-action 'self'" } } },
  after: (session) => (posts(1)(session), assert.equal(session.posts()[0].site, "own")),
});

row("D1", "200 with the id is success", { faults: 1, after: posts(1) });

row("D2", "200 without the id is not taken for success", {
  cases: {
    "nothing in it": { ...once({ stored: true, body: "" }), after: posts(2) },
    "JSON without an id": { ...once({ stored: true, body: "{}" }), after: posts(2) },
    "a page": { ...once({ stored: true, body: "<!doctype html><p>Welcome", headers: { "content-type": "text/html" } }), after: posts(2) },
    "another id": { ...once({ stored: true, body: `{"id":"${"0".repeat(32)}"}` }), after: oneId },
    "never with the id": { ...always({ stored: true, body: "{}" }), shown: false, retry: "same", after: posts(3) },
    "where any 2xx will do": { ...paged(() => ({ attributes: 'data-leadpact-acknowledge="status"' })), ...once({ stored: true, body: "" }), after: posts(1) },
  },
});

row("D3", "201 and 202 with the id are success, and 204", { cases: each([201, 202, 204], (status) => ({ ...once({ stored: true, status }), after: posts(1) })) });

const nothingElsewhere = ({ server }) => assert.ok(server.seen.every(({ site, body }) => site === "own" || body === ""), "what was typed went to another site");
row("D4", "redirects are not followed, and the browser sends the form", {
  cases: {
    ...each([301, 302, 303, 307, 308], (status) => once({ status, headers: { location: "/thanks" } })),
    "to another origin": { before: ({ server }) => server.fail("lead", [{ status: 307, headers: { location: `${server.other}/leads` } }]), after: nothingElsewhere },
    "in a circle": { ...always({ status: 307, headers: { location: "/leads" } }), stored: 0 },
  },
});

row("D5", "what the endpoint refuses is not sent again by itself, and its words are shown", {
  stored: 0,
  cases: {
    ...each([400, 401, 403, 404, 405, 410, 413, 415, 422], (status) => ({ ...always({ status, body: "<p>no" }), after: posts(1) })),
    "in its own words": {
      ...always({ status: 422, body: '{"message":"We need a company <b>name</b>."}', headers: { "content-type": "application/json" } }),
      after: async (session) => assert.match(await words(session), /not accepted.*We need a company <b>name<\/b>\./),
    },
    "by the browser, if the visitor so wants": {
      ...once({ status: 403, body: "no" }),
      stored: 1,
      ends: async ({ page, own }) => (await page.click("[part=way] >> nth=1"), await own.arrival(page)),
      after: posts(2),
    },
  },
});

row("D6", "what is being processed is asked for once more", {
  cases: {
    "then it is done": { ...once({ status: 409, stored: true, body: "wait" }), after: posts(2) },
    "for ever": { ...always({ status: 409, body: "wait" }), stored: 0, after: (session) => assert.equal(session.posts().filter(({ headers }) => headers.accept === "application/json").length, 2) },
  },
});

const busy = (after) => ({ status: 429, body: "busy", headers: { "retry-after": after } });
row("D7", "429 is waited for as long as the endpoint asks, up to half a minute", {
  cases: {
    "a second": { ...once(busy("1")), after: posts(2) },
    "a date": { before: ({ server }) => server.fail("lead", [busy(new Date(Date.now() + 2000).toUTCString())]), after: posts(2) },
    "a date that is over": { ...once(busy("Thu, 01 Jan 1970 00:00:00 GMT")), after: posts(2) },
    "nonsense": { ...once(busy("soon")), after: posts(2) },
    "an hour": { ...always(busy("3600")), stored: 0, after: posts(1) },
  },
});

row("D8", "after a 5xx it is tried again, at last by the browser", {
  cases: {
    ...each([500, 502, 503, 504], (status) => ({ ...once({ status, body: "no" }), after: posts(2) })),
    "twice": { serve: { lead: [{ status: 500 }, { status: 503 }] }, after: posts(3) },
    "three times": { serve: { lead: [{ status: 500 }, { status: 503 }, { status: 500 }] }, after: (session) => (posts(4)(session), oneId(session)) },
    "always": { ...always({ status: 500, body: "<!doctype html><p>The server has failed." }), stored: 0, after: posts(4) },
  },
});

row("D9", "an answer that is lost makes no second lead", {
  after: oneId,
  cases: {
    "stored, then 500": once({ stored: true, status: 500, body: "no" }),
    "stored, then a reset": once({ stored: true, reset: "answer" }),
    "stored, then a reset, always": { ...always({ stored: true, reset: "answer" }), shown: false, retry: "same" },
  },
});

const slow = async (session) => (await session.stored(), await pass(session, 10_000));
row("D10", "an answer that takes too long is asked for again, and the late one does no harm", {
  ...clock,
  after: oneId,
  cases: {
    "within ten seconds": { serve: { lead: [{ stored: true, hold: true }] }, ends: async (session) => (await session.stored(), await pass(session, 9000), session.server.release(), await session.own.arrival(session.page)), after: posts(1) },
    "later": { serve: { lead: [{ stored: true, hold: true }] }, ends: async (session) => (await slow(session), await pass(session, 500), await session.own.arrival(session.page), session.server.release()) },
    // Three tries end before, and then the browser's own request is answered.
    "a minute, each time": {
      serve: { lead: Array(3).fill({ stored: true, hold: true }) },
      async ends(session) {
        for (const made of [1, 2, 3]) await session.posted(made), await pass(session, 10_000), await pass(session, 500);
        await session.own.arrival(session.page);
        session.server.release();
      },
      after: (session) => (posts(4)(session), oneId(session)),
    },
  },
});

row("D11", "an answer that does not end well is asked for again", {
  ...clock,
  after: oneId,
  cases: {
    "it stalls": { ...once({ stored: true, stall: "body" }), ends: async (session) => (await slow(session), await pass(session, 500), await session.own.arrival(session.page)) },
    "it is cut short": { ...once({ stored: true, cut: 8 }), ends: async (session) => (await session.stored(), await pass(session, 500), await session.own.arrival(session.page)) },
    "it is reset": { ...once({ stored: true, reset: "body" }), ends: async (session) => (await session.stored(), await pass(session, 500), await session.own.arrival(session.page)) },
  },
});

row("D12", "a server that does not read is left and tried again", {
  ...clock,
  ...once({ deaf: true }),
  ends: async (session) => (await session.posted(), await pass(session, 10_000), await pass(session, 500), await session.own.arrival(session.page)),
  after: oneId,
});

row("D13", "two answers in the other order are one lead", {
  ...clock,
  serve: { lead: [{ stored: true, hold: true }, { stored: true, hold: true }] },
  ends: async (session) => (await slow(session), await pass(session, 500), await session.posted(2), session.server.release(), await session.own.arrival(session.page)),
  after: oneId,
});

row("D14", "a huge answer is read as far as it is of use", {
  after: posts(1),
  cases: {
    "50 MB": once({ stored: true, pad: 50_000_000 }),
    "a gzip bomb": once({ stored: true, bomb: 200_000_000, headers: { "content-type": "application/json" } }),
  },
});

row("D15", "an answer may set cookies and clear what is stored", {
  after: posts(1),
  cases: { "cookies": once({ stored: true, headers: { "set-cookie": "a=b" } }), "clearing": once({ stored: true, headers: { "clear-site-data": '"storage"' } }) },
});

const preflights = ({ server }) => server.seen.filter(({ role }) => role === "preflight").length;
const elsewhere = (attributes = "") => paged((session) => ({ attributes: `data-leadpact-endpoint="${session.server.other}/leads" ${attributes}` }));
const open = ({ server }) => ({ "access-control-allow-origin": server.address, "access-control-allow-headers": "content-type" });
row("D16", "an endpoint of another origin gets it without a preflight, and what cannot be read is not taken for success", {
  after: (session) => (oneId(session), assert.equal(preflights(session), 0, "REL-06: no preflight")),
  cases: {
    "readable": { faults: 1, ...elsewhere(), before: (session) => session.server.fail("lead", { stored: true, headers: open(session) }), after: (session) => (posts(1)(session), assert.equal(preflights(session), 0), assert.match(session.posts()[0].headers["content-type"], /^text\/plain/), assert.equal(session.posts()[0].headers["idempotency-key"], undefined)) },
    "no header": { ...elsewhere(), serve: { lead: Array(4).fill({ stored: true }) }, after: (session) => (posts(5)(session), oneId(session), assert.equal(session.posts()[4].site, "own")) },
    "any origin, with credentials": { ...elsewhere('data-leadpact-credentials="include"'), serve: { lead: Array(3).fill({ stored: true, headers: { "access-control-allow-origin": "*" } }) } },
    "a preflight refused": { ...elsewhere("data-leadpact-cors"), serve: { preflight: { status: 403 } }, after: (session) => assert.ok(preflights(session) >= 3) },
    "a preflight that is not known": { ...elsewhere("data-leadpact-cors"), serve: { preflight: { status: 405 } }, after: oneId },
    "a preflight that is slow": {
      ...clock,
      ...elsewhere("data-leadpact-cors"),
      serve: { preflight: { hold: true } },
      async ends(session) {
        for (const made of [1, 2, 3]) await until(() => preflights(session) >= made), await pass(session, 10_000), await pass(session, 500);
        await session.own.arrival(session.page);
      },
      after: (session) => (posts(1)(session), assert.equal(session.posts()[0].site, "own")),
    },
    "a preflight granted": { ...elsewhere("data-leadpact-cors"), before: (session) => (session.server.fail("preflight", { status: 204, headers: open(session) }), session.server.fail("lead", { stored: true, headers: open(session) })), after: (session) => (posts(1)(session), assert.match(session.posts()[0].headers["content-type"], /^application\/json/)) },
  },
});

row("D17", "an endpoint that is not safe is named in the console, and the browser sends the form", {
  faults: 1,
  after: (session) => (posts(1)(session), assert.ok(session.console.some(({ text }) => /LeadPact: /.test(text)), "a hint")),
  cases: {
    "javascript:": paged(() => ({ attributes: 'data-leadpact-endpoint="javascript:alert(1)"' })),
    "with a user's name": paged(() => ({ attributes: 'data-leadpact-endpoint="https://me:secret@example.com/leads"' })),
    "another protocol": paged(() => ({ attributes: 'data-leadpact-endpoint="ftp://example.com/leads"' })),
    "of another origin, by the pact alone": { pactText: JSON.stringify({ ...pact, handoff: { deliver: { endpoint: "https://example.com/leads" } } }) },
    "http: on a page of https:": { secure: true, ...paged(({ server }) => ({ attributes: `data-leadpact-endpoint="${server.other}/leads"` })) },
    "a format that there is not": paged(() => ({ attributes: 'data-leadpact-format="xml"' })),
  },
});

// Nobody answers: the page stays, says so, and goes on trying.
const stays = async (session) => {
  assert.equal(await session.page.evaluate(() => location.pathname), "/form");
  assert.match(await words(session), /could not confirm/);
  assert.deepEqual(await session.typed(), session.values);
};
row("E1", "a visitor who is offline reads so, and the form is sent once the connection is back", {
  faults: 1,
  before: (session) => session.ready(),
  during: ({ context }) => context.setOffline(true),
  ends: async (session) => (await failure(session), await stays(session), await session.context.setOffline(false), await session.own.arrival(session.page)),
  after: oneId,
});

row("E2", "a connection that is lost before the answer makes no second lead", {
  serve: { lead: [{ stored: true, hold: true }] },
  ends: async (session) => (await session.stored(), await session.server.gone(), await session.server.back(), await session.own.arrival(session.page)),
  after: oneId,
});

const online = (value) => Object.defineProperty(navigator, "onLine", { get: () => value });
row("E3", "what the browser says of the connection decides nothing by itself", {
  after: oneId,
  hook: online,
  cases: {
    "it says there is none": { given: false, after: posts(1) },
    "it says there is one": {
      ...clock,
      given: true,
      during: ({ server }) => server.gone(),
      ends: async (session) => {
        const said = failure(session);
        const ticks = setInterval(() => pass(session, 1000).catch(() => {}), 50);
        await said;
        clearInterval(ticks);
        await stays(session);
        await session.server.back();
        await pass(session, 45_000);
        await session.own.arrival(session.page);
      },
    },
  },
});

const unanswered = (fault, undo) => ({
  ...clock,
  during: fault,
  ends: async (session) => {
    const ticks = setInterval(() => pass(session, 5000).catch(() => {}), 100);
    await failure(session);
    clearInterval(ticks);
    await stays(session);
    await undo(session);
    await session.page.click("[part=way]");
    await session.own.arrival(session.page);
  },
});
row("E4", "where nobody answers the page stays, says so, and can send again", {
  faults: 1,
  after: oneId,
  cases: {
    "refused": unanswered(({ server }) => server.gone(), ({ server }) => server.back()),
    "reset at once": unanswered(async ({ server }) => { await server.gone(); await server.back(); server.resets = true; }, ({ server }) => server.heal()),
    "swallowed": unanswered(({ server }) => server.fail("lead", { deaf: true }), ({ server }) => server.heal()),
  },
});

// For a visitor who waits, ten seconds are too short for so slow a line; what is tried on behind them has the time.
row("E5", "over 2 kbit/s with five seconds of latency and what is lost sent anew, the lead arrives after all", {
  ...overSlowWire,
  timeout: 180_000,
  async ends(session) {
    await failure(session);
    await session.page.evaluate(() => dispatchEvent(new Event("online"))); // or it is tried within 45 seconds
    await session.own.arrival(session.page);
  },
  after: oneId,
});

const portal = { status: 200, body: "<!doctype html><title>Hotel</title><p>Log in", headers: { "content-type": "text/html" } };
row("E6", "a captive portal is not taken for the endpoint", {
  after: oneId,
  cases: {
    "a page for everything": { serve: { lead: Array(3).fill(portal) }, ...clock, ends: async (session) => { const ticks = setInterval(() => pass(session, 500).catch(() => {}), 50); await failure(session); clearInterval(ticks); await stays(session); await pass(session, 45_000); await session.own.arrival(session.page); } },
    "a redirect to its login": { ...always({ status: 302, headers: { location: "/login" } }), stored: 0 },
    "511": { serve: { lead: Array(3).fill({ status: 511, body: "log in" }) } },
  },
});

row("E7", "where others took the quota of requests that outlive the page, one that does not is made", {
  faults: 1,
  during: ({ page, server }) => (server.fail("page", { hold: true }), page.evaluate(() => void fetch("/beacon?held", { method: "PUT", keepalive: true, body: "x".repeat(65_000) }).catch(() => {}))),
  after: posts(1),
});

const LONG = "é€".repeat(7000); // 35,000 bytes
row("E8", "a lead that is larger than requests that outlive the page arrives whole", {
  faults: 1,
  async during(session) {
    Object.assign(session.values, { own: `${session.values.own}${LONG}`, story: `${session.values.story}${LONG.slice(0, 5000)}` });
    await session.page.fill("[name=own]", session.values.own);
    await session.page.fill("[name=story]", session.values.story);
  },
  after(session) {
    posts(1)(session);
    const sent = JSON.parse(session.posts()[0].body);
    assert.equal(sent.own, session.values.own);
    assert.equal(sent.leadpact.facts.story, session.values.story);
  },
});

const worker = (body) => ({
  page: (session) => {
    session.server.files.set("/sw.js", `addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
let first = true;
addEventListener("fetch", (event) => { if (event.request.method !== "POST" || !first) return; first = false; event.respondWith(${body}); });`);
    return pageOf("B");
  },
  faults: 1,
  async before({ page }) {
    await page.evaluate(async () => {
      await navigator.serviceWorker.register("/sw.js");
      if (!navigator.serviceWorker.controller) await new Promise((then) => navigator.serviceWorker.addEventListener("controllerchange", then));
    });
  },
});
row("E9", "a service worker of the site that fails, or answers by itself, is no success", {
  after: posts(1),
  cases: {
    "an answer of its own": worker('new Response("cached", { status: 200 })'),
    "an error": worker("Response.error()"),
    "it throws": worker('Promise.reject(new Error("broken"))'),
  },
});

const patched = (how) => {
  const own = window.fetch;
  const ways = { hangs: () => new Promise(() => {}), throws: () => { throw new Error("patched"); }, nothing: () => undefined, odd: async () => "an answer" };
  window.fetch = (address, ...more) => (String(address).endsWith("/leads") ? ways[how]() : own(address, ...more));
};
row("E10", "where the page has replaced fetch by something that does not work, the browser sends the form", {
  hook: patched,
  after: (session) => (posts(1)(session), assert.equal(session.posts()[0].headers["sec-fetch-mode"], "navigate")),
  cases: {
    "it throws": { given: "throws" },
    "it returns nothing": { given: "nothing" },
    "it returns something else": { given: "odd" },
    "it hangs": { given: "hangs", ...clock, during: (session) => void (session.ticks = setInterval(() => pass(session, 5000).catch(() => {}), 100)), ends: async (session) => (await session.own.arrival(session.page), clearInterval(session.ticks)) },
  },
});

row("E11", "where a blocker stops the endpoint's address, the browser sends the form to its own", {
  ...paged(() => ({ attributes: 'data-leadpact-endpoint="/collect"' })),
  blocks: "**/collect",
  after: (session) => assert.equal(session.posts().length, 1),
});

row("F7", "whoever leaves while a try is waited for has it made then", {
  serve: { lead: [{ status: 500, body: "no" }] },
  page: (session) => (session.server.files.set("/elsewhere", "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,><p>Elsewhere"), pageOf("B")),
  script: () => (Math.random = () => 0.99),
  ends: async (session) => (await session.faulted(), await session.page.waitForTimeout(100), await session.page.goto(`${session.server.address}/elsewhere`), await session.stored()),
  shown: false,
  retry: "next",
  after: oneId,
});

const ELSEWHERE = "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,><p>Elsewhere";
const away = async ({ page, server }) => {
  server.files.set("/elsewhere", ELSEWHERE);
  await page.goto(`${server.address}/elsewhere`);
};
const back = async ({ page }) => {
  await page.goBack({ waitUntil: "commit" });
  await page.waitForSelector("form [name=own]");
};
row("F4", "a page that comes back from the browser's cache sends nothing by itself that has arrived, and can be sent", {
  faults: 1,
  after: oneId,
  cases: {
    "after success": {
      async after(session) {
        await away(session);
        await back(session);
        posts(1)(session);
        assert.ok(await session.page.isEnabled(".last button"));
        assert.deepEqual(await session.typed(), session.values);
        await session.press();
        await session.posted(2);
        oneId(session);
      },
    },
    "after failure": { ...once({ status: 422, body: "no" }), ends: async (session) => (await failure(session), await away(session), await back(session), posts(1)(session), await session.press(), await session.own.arrival(session.page)) },
    "in the middle": { serve: { lead: [{ stored: true, hold: true }] }, ends: async (session) => (await session.stored(), await away(session), session.server.release(), await back(session), await session.press(), await session.own.arrival(session.page)) },
  },
});

row("F5", "loading the page again in the middle of sending makes no second lead", {
  shown: false,
  retry: "next",
  serve: { lead: [{ stored: true, hold: true }] },
  ends: async (session) => (await session.stored(), await session.page.reload(), await session.page.waitForSelector("form"), session.server.release()),
  after: oneId,
});

// The outbox: what could not be sent outlives its page.
const OUTBOX = paged(() => ({ attributes: "data-leadpact-outbox" }));
const waiting = (tab) => tab.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("leadpact:outbox:")).length);
const emptied = (tab) => tab.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("leadpact:outbox:")));
// Leaves a lead on the device: the visitor sent it while nobody listened, and went away.
const left = {
  ...OUTBOX,
  faults: 1,
  shown: false,
  retry: "next",
  during: ({ context }) => context.setOffline(true),
  after: (session) => (oneId(session), session.heal()),
};
async function leaves(session) {
  await failure(session);
  assert.equal(await waiting(session.page), 1);
  await session.page.close();
  await session.context.setOffline(false);
}
const comes = async (session, script) => {
  const tab = await session.tab({ script });
  await session.go(tab);
  await session.ready(tab);
  return tab;
};

row("F2", "what a closed tab could not send, the next page sends", { ...left, ends: async (session) => (await leaves(session), await emptied(await comes(session))) });

// By then nobody has the lead to itself any more.
const aMinuteLater = () => {
  const own = Date.now;
  Date.now = () => own() + 60_000;
};
row("F3", "what a page was sending when it was killed, the next page sends", {
  ...left,
  alone: launch,
  serve: { lead: [{ hold: true }] },
  during: undefined,
  ends: async (session) => (await session.posted(), await kill(session), session.server.heal(), await emptied(await comes(session, aMinuteLater))),
});

row("G3", "two tabs that empty one outbox make one lead", {
  ...left,
  ends: async (session) => {
    await leaves(session);
    const tabs = await Promise.all([comes(session), comes(session)]);
    await emptied(tabs[0]);
    posts(1)(session);
  },
});

const lifecycle = async ({ context }, page, state) => (await context.newCDPSession(page)).send("Page.setWebLifecycleState", { state });
row("G4", "where the tab that has a lead in hand is there no more, another one sends it", {
  ...left,
  alone: launch,
  cases: {
    "it dies": { stops: (_, tab) => tab.close() },
    // Once it goes on, it has the answer to a lead that another one has sent.
    "it is frozen": {
      stops: (session, tab) => lifecycle(session, tab, "frozen"),
      goesOn: async (session, tab) => (session.server.heal(), await lifecycle(session, tab, "active"), await emptied(tab)),
    },
  },
  async ends(session, { stops, goesOn }) {
    await leaves(session);
    session.server.fail("lead", [{ deaf: true }]);
    const holds = await comes(session);
    await session.posted();
    assert.ok(await holds.evaluate(() => Object.values(localStorage).some((text) => JSON.parse(text).lease > Date.now())));
    await stops(session, holds);
    const other = await session.tab();
    await other.clock.install({ time: Date.now() + 31_000 });
    await session.go(other);
    await emptied(other);
    await goesOn?.(session, holds);
  },
});

const noLocks = () => Object.defineProperty(navigator, "locks", { value: undefined });
row("G5", "without Web Locks an outbox is emptied as well", {
  ...left,
  hook: noLocks,
  ends: async (session) => {
    await leaves(session);
    const other = await session.tab({ script: noLocks });
    // The page that is left may have taken it in hand at its last moment.
    await other.clock.install({ time: Date.now() + 31_000 });
    await session.go(other);
    await emptied(other);
  },
});

row("C9", "where the outbox cannot be written, the page says so", {
  ...OUTBOX,
  faults: 1,
  hook: () => (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }),
  during: ({ context }) => context.setOffline(true),
  ends: async (session) => {
    await failure(session);
    assert.match(await words(session), /could not be kept on this device/);
    assert.deepEqual(await session.typed(), session.values);
    await session.context.setOffline(false);
    await session.own.arrival(session.page);
  },
  after: oneId,
});
