// What fifty mounts and unmounts leave behind: nothing. Chromium counts nodes and listeners; ours counts those of the objects
// that outlive every form, by name, so that a failure says which.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, ready, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const WARM = 15; // caches of frameworks, such as Turbo's ten pages, are full by then
const ROUNDS = 50;

// Runs in the page before anything else. What comes once goes by itself; what has a signal goes with it.
function countListeners() {
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const lasting = new Map([[window, "window"], [document, "document"], [document.documentElement, "html"], [globalThis.navigation, "navigation"]]);
  const held = new Set();
  const find = (target, type, listener, capture) =>
    [...held].find((one) => one.target === target && one.type === type && one.listener === listener && one.capture === capture);
  const captures = (options) => Boolean(typeof options === "object" ? options?.capture : options);
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? window;
    const entry = { target, type, listener, capture: captures(options) };
    if (lasting.has(target) && listener && !options?.signal?.aborted && !find(target, type, listener, entry.capture)) {
      held.add(entry);
      const drop = () => held.delete(entry);
      if (options?.once) add.call(target, type, drop, { once: true, capture: true, signal: options.signal });
      if (options?.signal) add.call(options.signal, "abort", drop, { once: true });
    }
    return add.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    held.delete(find(this ?? window, type, listener, captures(options)));
    return remove.call(this ?? window, type, listener, options);
  };
  window.listeners = () => [...held].map(({ target, type }) => `${lasting.get(target)} ${type}`).sort();
}

// Takes the form away and brings another, this often; asks a question in each, and ends without a form.
async function rounds({ hide, show, loads, count }) {
  const until = async (holds) => {
    while (!holds()) await new Promise((then) => setTimeout(then));
  };
  const press = async (name) => {
    const loaded = loads && new Promise((then) => document.addEventListener(loads, then, { once: true }));
    [...document.querySelectorAll("a,button")].find((one) => one.textContent.trim() === name).click();
    await loaded;
    await document.activeViewTransition?.finished;
  };
  const form = () => document.querySelector("form");
  for (let i = 0; i < count; i += 1) {
    if (!form()) {
      const before = window.ready;
      await press(show);
      await until(() => window.ready > before);
    }
    const team = document.querySelector("[name=team]");
    team.value = "11+";
    team.dispatchEvent(new Event("change", { bubbles: true }));
    await until(() => document.querySelector("[name=soon]"));
    await press(hide);
    await until(() => !form());
  }
}

// Garbage is collected until there is no more of it. What a framework or the browser still holds of the last form for a
// moment is let go of first.
async function settled(devtools) {
  for (let last = ""; ; ) {
    await new Promise((then) => setTimeout(then, 400));
    for (let i = 0; i < 2; i += 1) await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const counts = metrics.filter(({ name }) => ["Nodes", "JSEventListeners", "Documents"].includes(name));
    const said = JSON.stringify(Object.fromEntries(counts.map(({ name, value }) => [name, value])));
    if (said === last) return JSON.parse(said);
    last = said;
  }
}

// The plain page has nobody to bring a form: this does, as any script of a page might.
async function buttons() {
  const page = new DOMParser().parseFromString(await (await fetch("/plain/")).text(), "text/html");
  const fresh = page.querySelector("form");
  const button = (name, pressed) => {
    const made = Object.assign(document.createElement("button"), { textContent: name });
    made.addEventListener("click", pressed);
    document.body.prepend(made);
  };
  button("Hide", () => document.querySelector("form").remove());
  button("Show", () => document.body.append(document.importNode(fresh, true)));
}

const toggle = { hide: "Toggle", show: "Toggle" };
const swap = { hide: "Hide", show: "Show" };
const fixtures = {
  plain: { ...swap, prepare: (page) => page.evaluate(buttons) },
  react: toggle,
  vue: toggle,
  svelte: toggle,
  htmx: { ...swap, prepare: (page) => page.click("text=Show") },
  htmx2: { ...swap, prepare: (page) => page.click("text=Show") },
  turbo: swap,
  astro: { ...swap, loads: "astro:page-load" },
};

for (const [name, { prepare, ...names }] of Object.entries(fixtures)) {
  test(`EMB-03: ${ROUNDS} mounts and unmounts in ${name} leave nodes and listeners as they were`, async () => {
    const { page, context, wrong } = await visit(site, `/${name}/`, { before: countListeners, reducedMotion: "reduce" });
    const devtools = await context.newCDPSession(page);
    await devtools.send("Performance.enable");
    await prepare?.(page);
    await ready(page);
    const measured = async (count) => {
      await page.evaluate(rounds, { ...names, count });
      return { ...(await settled(devtools)), lasting: await page.evaluate(() => window.listeners()) };
    };
    const before = await measured(WARM);
    const after = await measured(ROUNDS);
    assert.deepEqual(after.lasting, before.lasting);
    // Whatever each round left behind would be there fifty times; a node or two that the browser keeps of its own is not.
    for (const what of ["Documents", "JSEventListeners", "Nodes"]) {
      assert.ok(after[what] - before[what] < ROUNDS, `${what}: ${before[what]}, then ${after[what]}`);
    }
    assert.equal(await page.evaluate(() => window.ready), WARM + ROUNDS, "each form was bound, in one page");
    assert.deepEqual(wrong, []);
    await context.close();
  });
}
