// Speed where it is felt: nothing moves by itself, nothing of ours keeps the page busy, nothing is fetched before it is due.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bound, open } from "./site.mjs";
import { at, criterion, made, yes } from "./small.mjs";
import { tasks, traced } from "./trace.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const need = { id: "need", label: "Need?", kind: "choice", ask: "always", options: [{ value: "a" }, { value: "b" }] };
const budget = { id: "budget", label: "Budget?", kind: "yes_no", remember: true };
const pact = made([need, budget], [criterion("funded", 60, yes("budget")), criterion("need", 5, { fact: "need", is: "b" })], { id: "shift" });

// The form is above the rest of the page, so that whatever grows in it moves that.
const formOf = ({ more = "", style = "", early = "" } = {}) => `<!doctype html><html lang="en"><title>Test</title><link rel="icon" href="data:,"><style>body{margin:0}p,select,button{margin:0 0 12px}.below{height:420px;background:#ccd}${style}</style>
<body><main><form data-leadpact="/test.json" action="/leads" method="post">
<p><label>E-mail <input name="email" type="email"></label></p><p><label>Need <select name="need"><option value=""></option><option>a</option><option>b</option></select></label></p>${more}
<p class="last"><button>Send</button></p></form><div class="below">Below</div></main><script>${early}</script><script type="module" src="/leadpact/leadpact.js"></script>`;

function hook() {
  window.moved = 0;
  window.all = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) {
      window.all += value;
      if (!hadRecentInput) window.moved += value;
    }
  }).observe({ type: "layout-shift", buffered: true });
}

// Longer than what a browser forgives after an input, and two frames.
const rest = (page) => page.evaluate(() => new Promise((then) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(then)), 700)));
async function form(options = {}) {
  const { page, go, seen } = await at(site, { html: formOf(options), pact, viewport: { width: 800, height: 600 }, hook, ...options });
  await go();
  if (options.wait !== false) await bound(page);
  await rest(page);
  return { page, seen };
}
const moved = async (page) => (await rest(page), page.evaluate(() => window.moved));
const drawn = (page) => page.locator(".leadpact-question:visible").count();

test("PERF-02: what moves by itself is seen", async () => {
  const { page } = await form();
  await page.selectOption("[name=need]", "b");
  await page.evaluate(() => setTimeout(() => document.querySelector(".last").before(Object.assign(document.createElement("p"), { style: "height:120px" })), 700));
  await rest(page);
  assert.ok((await moved(page)) > 0);
});

const scenarios = {
  "a choice brings a question": async (page) => {
    await page.focus("[name=need]");
    await page.keyboard.press("ArrowDown");
    assert.equal(await drawn(page), 1);
  },
  "Tab brings a question": async (page) => {
    await page.focus("[name=email]");
    await page.keyboard.type("a@b.example");
    await rest(page);
    await page.keyboard.press("Tab");
    assert.equal(await drawn(page), 1);
  },
  "a press elsewhere ends what was typed, and brings a question": async (page) => {
    await page.focus("[name=email]");
    await page.keyboard.type("a@b.example");
    await rest(page);
    await page.mouse.click(700, 500);
    assert.equal(await drawn(page), 1);
  },
  "typing and waiting brings none": async (page) => {
    await page.focus("[name=email]");
    await page.keyboard.type("a@b.example", { delay: 20 });
    await rest(page);
    await rest(page);
    assert.equal(await drawn(page), 0);
  },
  "an offer is earned": async (page) => {
    await page.focus("[name=need]");
    await page.keyboard.press("ArrowDown");
    await rest(page);
    await page.click("[name=budget][value=yes]");
    assert.equal(await page.locator("[part=offer-link]:visible").count(), 1);
  },
  "what is missing is summed up": async (page) => {
    await page.focus("[name=need]");
    await page.keyboard.press("ArrowDown");
    await rest(page);
    await page.click(".last button");
    await page.waitForSelector("[part=errors]:visible");
  },
};
for (const [what, plays] of Object.entries(scenarios)) {
  test(`PERF-02: nothing moves by itself where ${what}`, async () => {
    const offers = { ...pact, handoff: { routes: [{ to: "sales", offer: { label: "Book", url: "https://calendar.example/" } }] } };
    const asks = { ...pact, fields: pact.fields.map((field) => (field === budget ? { ...budget, required: true } : field)) };
    const { page } = await form({ pact: what.startsWith("an offer") ? offers : what.startsWith("what is missing") ? asks : pact });
    await plays(page);
    assert.equal(await moved(page), 0);
  });
}

test("PERF-02: nothing moves by itself where consent brings back what was answered", async () => {
  const entry = { v: 1, since: Date.now() - 1000, active: Date.now() - 1000, salt: "s", signals: {}, answers: { budget: true } };
  const { page } = await form({ early: `localStorage.setItem("leadpact:shift", ${JSON.stringify(JSON.stringify(entry))})` });
  await page.focus("[name=email]");
  await page.keyboard.type("a");
  await rest(page);
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  assert.equal(await page.evaluate(() => window.lead.score), 60);
  assert.equal(await moved(page), 0);
  await page.focus("[name=need]");
  await page.keyboard.press("ArrowDown");
  assert.equal(await drawn(page), 1, "it is shown with the next step");
  assert.equal(await moved(page), 0);
});

test("PERF-02: nothing moves by itself where the page keeps the question ready", async () => {
  const { page } = await form({ more: '<fieldset data-leadpact-field="budget" disabled hidden><legend>Budget?</legend><label><input type="radio" name="budget" value="yes"> Yes</label></fieldset>' });
  await page.focus("[name=need]");
  await page.keyboard.press("ArrowDown");
  assert.ok(await page.locator("fieldset[data-leadpact-field]").isVisible());
  assert.equal(await moved(page), 0);
});

test("PERF-02: nothing moves where the form is found, in a grid or a row with gaps either", async () => {
  for (const style of ["", "form{display:grid;gap:24px}", "form{display:flex;flex-direction:column;gap:24px}", "form>*+*{margin-top:24px}"]) {
    const { page } = await form({ style, wait: false });
    const before = await page.evaluate(() => document.querySelector(".last").getBoundingClientRect().top);
    await bound(page);
    assert.equal(await moved(page), 0, style);
    assert.ok(before > 0);
    const there = await page.evaluate(() => {
      const top = () => document.querySelector(".last").getBoundingClientRect().top;
      const bound = top();
      window.LeadPact.detach("form");
      return [bound, top()];
    });
    if (!style.includes("+")) assert.equal(there[0], there[1], style);
  }
});

test("PERF-02: nothing moves by itself where a signal makes a question apply, or no longer", async () => {
  const signals = [{ id: "downloads", measure: "events", name: "download" }];
  const fields = pact.fields.map((field) => (field === budget ? { ...budget, when: { not: { fact: "downloads", at_least: 1 } } } : field));
  const { page } = await form({ pact: { ...pact, signals, fields } });
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  await page.focus("[name=need]");
  await page.keyboard.press("ArrowDown");
  assert.equal(await drawn(page), 1);
  await rest(page);
  await page.evaluate(() => window.LeadPact.event("download"));
  assert.equal(await moved(page), 0);
  await page.keyboard.press("ArrowDown");
  assert.equal(await drawn(page), 0, "it goes with the next input");
  assert.equal(await moved(page), 0);
});

const www = process.env.LEADPACT_WWW ?? fileURLToPath(new URL("../../www", import.meta.url));
const demo = (name) => JSON.parse(readFileSync(join(www, "pacts", name, "pact.json"), "utf8"));
// Forty fields with five options each, in six bounded groups.
const large = () => {
  const options = [..."abcde"].map((value) => ({ value }));
  const fields = Array.from({ length: 40 }, (_, n) => ({ id: `f${n}`, label: `Field ${n}?`, kind: "choice", options, ...(n < 4 && { ask: "always" }) }));
  const groups = Array.from({ length: 6 }, (_, n) => ({ id: `g${n}`, dimension: n % 2 ? "fit" : "interest", min: 0, max: 30 }));
  const criteria = fields.flatMap(({ id }, n) => [..."bcde"].map((is, place) => ({ id: `${id}_${is}`, group: `g${n % 6}`, points: (n * 3 + place * 2) % 11, when: { fact: id, is } })));
  return { pact: 1, id: "large", fields, groups, criteria, qualification: { threshold: 60 }, asking: { mode: "certain", per_step: 2 } };
};
const sized = { saas: () => demo("saas"), machines: () => demo("machines"), "of forty fields": large };
for (const [name, of] of Object.entries(sized)) {
  test(`PERF-03: with four times the time for everything, no task of ours is a long one (pact ${name})`, async () => {
    const pact = of();
    const asked = pact.fields.filter(({ ask }) => ask === "always");
    const inputs = asked.map(({ id, options }) => (options ? `<select name="${id}"><option></option>${options.map(({ value }) => `<option>${value}</option>`).join("")}</select>` : `<input name="${id}">`));
    const html = `<!doctype html><html lang="en"><title>Test</title><link rel="icon" href="data:,"><form data-leadpact="/test.json" method="post">${inputs.join("")}<p><button>Send</button></p></form><script type="module" src="/leadpact/leadpact.js"></script>`;
    // Of three visits the quickest: whatever the machine does besides only slows them down.
    const visits = [];
    for (let visit = 0; visit < 3; visit += 1) visits.push(await longestTask({ html, pact }));
    const longest = Math.min(...visits.map(({ ms }) => ms));
    const held = middle(visits.flatMap(({ yardsticks }) => yardsticks));
    assert.ok(longest <= held, `${longest} ms, the yardstick ${held} ms: ${JSON.stringify(visits)}`);
  });
}

// What takes about 50 ms of the processor, the least that counts as a long task, with four times the time for everything on the
// machine that the bar was set on. Ours are held against it in the same pages, as machines differ.
function yardstick() {
  const from = performance.now();
  const all = Array.from({ length: 14_000 }, (_, n) => ({ name: `${(n * 7_919) % 10_007}`, n }));
  all.sort((one, other) => (one.name < other.name ? -1 : 1));
  JSON.parse(JSON.stringify(all));
  return performance.now() - from;
}
const middle = (all) => [...all].sort((one, other) => one - other)[all.length >> 1];

// The longest task of ours while a visitor opens a page, and goes through the form by keys.
async function longestTask(options) {
  const { page, context, go } = await at(site, options);
  await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const events = await traced(page, async () => {
    await go();
    await page.waitForSelector(".leadpact-questions", { state: "attached" });
    for (let press = 0; press < 30; press += 1) {
      await page.keyboard.press("Tab");
      const kind = await page.evaluate(() => document.activeElement.type);
      if (kind === "submit") break;
      await page.keyboard.press(kind === "radio" || kind === "checkbox" ? "Space" : kind.startsWith("select") ? "ArrowDown" : "5");
    }
  });
  const yardsticks = [];
  while (yardsticks.length < 5) yardsticks.push(await page.evaluate(yardstick));
  await context.close();
  const ours = tasks(events, "/leadpact/");
  assert.ok(ours.length > 20, `${ours.length} tasks`);
  return { ...ours.reduce((most, one) => (one.ms > most.ms ? one : most)), yardsticks };
}

test("PERF-04: what listens to scrolling, wheels and touches is passive, layout is not read in it, and storage is written once a second", async () => {
  const { page } = await at(site, { html: `${formOf()}<div style="height:5000px"></div>`, pact: { ...pact, signals: [{ id: "depth", measure: "scroll_percent" }, { id: "downloads", measure: "events", name: "download" }] }, hook: () => {
    window.listened = [];
    window.reads = [];
    window.writes = [];
    const ours = () => new Error().stack.includes("/leadpact/");
    const own = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      if (!ours()) return own.call(this, type, listener, options);
      window.listened.push([type, options?.passive === true]);
      return own.call(this, type, (event) => ((window.inside = type), listener.call(this, event), (window.inside = undefined)), options);
    };
    for (const [owner, keys] of [[Element, ["scrollTop", "scrollHeight", "clientHeight", "clientWidth", "scrollLeft"]], [HTMLElement, ["offsetTop", "offsetHeight", "offsetWidth"]]]) {
      for (const key of keys) {
        const { get, set } = Object.getOwnPropertyDescriptor(owner.prototype, key);
        Object.defineProperty(owner.prototype, key, { configurable: true, set, get() { return ours() && window.reads.push([key, window.inside]), get.call(this); } });
      }
    }
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (...given) { return window.writes.push(performance.now()), set.apply(this, given); };
  } }).then(async (visitor) => (await visitor.go(), await bound(visitor.page), visitor));
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  for (let step = 0; step < 40; step += 1) {
    await page.mouse.wheel(0, 60);
    await page.evaluate(() => window.LeadPact.event("download"));
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(1200);
  const { listened, reads, writes } = await page.evaluate(() => ({ listened: window.listened, reads: window.reads, writes: window.writes }));
  const felt = listened.filter(([type]) => /scroll|wheel|touch|pointermove/.test(type));
  assert.ok(felt.length >= 4);
  assert.deepEqual(felt.filter(([, passive]) => !passive), []);
  assert.ok(reads.some(([key]) => key === "scrollTop"), "the spy sees layout that is read");
  assert.deepEqual(reads.filter(([, inside]) => inside), []);
  assert.ok(writes.length >= 2, `${writes.length} writes`);
  for (const [place, time] of writes.entries()) if (place > 0) assert.ok(time - writes[place - 1] >= 990, `${time - writes[place - 1]} ms between two writes`);
});

test("PERF-03: the pact and the wasm are fetched when the page is at rest, or at the first touch of the form", async () => {
  const never = () => ((window.requestIdleCallback = (then) => ((window.idle = then), 1)));
  for (const touch of ["idle", "focus", "press"]) {
    const { page, seen, go } = await at(site, { html: formOf(), pact, hook: never });
    const fetched = () => seen.requests.filter((request) => /wasm|json/.test(request)).sort();
    await go();
    await page.waitForFunction(() => window.idle);
    await page.waitForTimeout(200);
    assert.deepEqual(fetched(), [], touch);
    if (touch === "idle") await page.evaluate(() => window.idle());
    else if (touch === "focus") await page.focus("[name=email]");
    else await page.locator("[name=need]").dispatchEvent("pointerdown");
    await page.waitForSelector(".leadpact-questions", { state: "attached" });
    assert.deepEqual(fetched(), ["GET /leadpact/leadpact_bg.wasm", "GET /test.json"]);
  }
});

const painted = () => {
  new PerformanceObserver((list) => {
    for (const { element, startTime } of list.getEntries()) window.largest = [element?.localName, element?.className || element?.textContent.slice(0, 40), startTime];
  }).observe({ type: "largest-contentful-paint", buffered: true });
};
for (const path of ["/", "/en/", "/machines/"]) {
  test(`PERF-05: the largest thing that is painted on ${path} is the same without the module`, async () => {
    const largest = [];
    for (const without of [false, true]) {
      const { page, go } = await at(site, { path, html: undefined, hook: painted });
      if (without) await page.route(/leadpact\.js|\/demo\.js/, (route) => route.abort());
      await go();
      await page.waitForFunction(() => window.largest);
      await page.waitForTimeout(1000);
      largest.push((await page.evaluate(() => window.largest)).slice(0, 2));
    }
    assert.deepEqual(largest[0], largest[1]);
  });
}
