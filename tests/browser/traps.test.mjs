// An engine that stops in the middle of its work: a new instance goes on, at most twice; then the form is a plain form.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { open } from "./site.mjs";
import { at, criterion, entries, made, opened, record, send, stored, yes } from "./small.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const pact = made(
  [
    { id: "team", label: "Team?", kind: "choice", options: [{ value: "small" }, { value: "large" }], remember: true },
    { id: "notes", label: "Notes?", kind: "text", ask: "never" },
    { id: "budget", label: "Budget?", kind: "yes_no" },
    { id: "seats", label: "Seats?", kind: "number", when: yes("budget") },
  ],
  [
    criterion("team", 20, { fact: "team", is: "large" }),
    criterion("funded", 40, yes("budget")),
    criterion("seats", 20, { fact: "seats", at_least: 10 }),
    criterion("urgent", 5, { fact: "notes", contains: "urgent" }),
    { id: "looked", group: "visit", points: 2, each: "views", up_to: 8 },
  ],
  {
    id: "trap",
    asking: { mode: "certain", per_step: 9 },
    qualification: { threshold: 80 },
    groups: [{ id: "fit", dimension: "fit" }, { id: "visit", dimension: "interest" }],
    signals: [{ id: "views", measure: "page_views" }, { id: "downloads", measure: "events", name: "download" }, { id: "depth", measure: "scroll_percent" }],
  },
);

// In the page, before any script: every function that an instance exports is counted, and stops where it is told to, as an
// instance that stops does.
function hook() {
  const Own = WebAssembly.Instance;
  window.wasm = { calls: 0, stops: [], made: 0, again: [], stopped: [] };
  WebAssembly.Instance = function (module, imports) {
    const { exports } = new Own(module, imports);
    const { wasm } = window;
    const { run } = wasm;
    wasm.made += 1;
    let stopped = false;
    const wrapped = {};
    for (const [name, value] of Object.entries(exports)) {
      wrapped[name] = typeof value !== "function" ? value : (...given) => {
        if (wasm.run !== run) return value(...given); // a lead of an earlier visitor that nobody holds any more is freed
        // The bindings give back what they had for a text when there is no room for the next; nobody looks at it again.
        if (stopped && name === "__wbindgen_free") return undefined;
        if (stopped) wasm.again.push(name);
        wasm.calls += 1;
        if (wasm.stops.includes(wasm.calls)) {
          stopped = true;
          wasm.stopped.push(name);
          throw new WebAssembly.RuntimeError("unreachable");
        }
        return value(...given);
      };
    }
    return { exports: wrapped };
  };
  WebAssembly.Instance.prototype = Own.prototype;
}

// In the page: one visitor, from a module of its own to the record, with these calls stopped.
async function session({ pact, stops, run }) {
  const { wasm } = window;
  Object.assign(wasm, { run, calls: 0, stops, made: 0, again: [], stopped: [] });
  localStorage.clear();
  delete globalThis[Symbol.for("leadpact")];
  delete globalThis.LeadPact;
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/leads" });
  form.innerHTML = '<input name="email" type="email"><input name="notes"><button>Send</button>';
  document.querySelector("main").replaceChildren(form);
  const errors = [];
  const note = ({ message, reason }) => errors.push(String(message ?? reason));
  for (const type of ["error", "unhandledrejection"]) addEventListener(type, note);
  const there = await import(`/leadpact/leadpact.js?${run}`);
  const lead = await there.attach(form, { pact }).catch(() => undefined);
  const say = (css, value) => {
    const input = form.querySelector(css);
    if (!input) return;
    input.focus();
    if (input.type === "radio") input.checked = true;
    else input.value = value;
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
  };
  say("[name=email]", "ada@works.example");
  there.consent({ behaviour: true });
  there.event("download");
  say("[name=notes]", "urgent");
  say("[name=team][value=large]");
  there.page("/pricing");
  say("[name=budget][value=yes]");
  there.event("download");
  say("[name=seats]", "12");
  const sent = Object.fromEntries(new FormData(form));
  let score;
  try {
    score = lead?.score;
  } catch {
    score = "stopped";
  }
  const { calls } = wasm; // before any timer of ours is due, on however slow a machine
  await new Promise((then) => setTimeout(then));
  const { made, again, stopped } = wasm;
  wasm.stops = [];
  there.detach(form);
  const kept = localStorage.getItem("leadpact:trap");
  for (const type of ["error", "unhandledrejection"]) removeEventListener(type, note);
  const timeless = (text) => text?.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "T").replace(/(?<=:)\d{13}(?=[,}])/g, "T").replace(/"(id|salt|leadpact_id|person)":"\w+"/g, '"$1":"X"');
  return { score, sent: { ...sent, leadpact_id: undefined, leadpact: timeless(sent.leadpact) }, kept: timeless(kept), calls, made, again, stopped, errors };
}

const html = "<!doctype html><html lang=en><title>Test</title><link rel=icon href=data:,><main></main>";
// Browsers reserve much room for each instance, and give none of it back for sure before its process ends.
const MOST_RUNS = 20;

async function visitor() {
  let [page, context, runs] = [undefined, undefined, 0];
  const run = async (...stops) => {
    if (runs % MOST_RUNS === 0) {
      await context?.close();
      const visitor = await at(site, { html, hook });
      ({ page, context } = visitor);
      await visitor.go();
    }
    runs += 1;
    return page.evaluate(session, { pact, stops, run: runs });
  };
  // What nothing stops: the test finds nothing where this is not whole.
  const whole = await run();
  const { facts, assessment } = JSON.parse(whole.sent.leadpact);
  assert.deepEqual([whole.score, assessment.score, facts.team, facts.seats, facts.downloads.value, whole.made], [89, 89, "large", 12, 2, 1]);
  assert.ok(whole.kept.includes('"team":"large"') && whole.calls > 80, `${whole.calls} calls`);
  return { run, whole };
}

test("SEC-13, B1: whichever call of the engine stops it, a new instance goes on: the same score, record and memory", async () => {
  const { run, whole } = await visitor();
  const { calls } = whole;
  for (let n = 1; n <= calls; n += 1) {
    const stopped = await run(n);
    const where = `call ${n} of ${calls}, ${stopped.stopped}`;
    assert.deepEqual([stopped.stopped.length, stopped.again, stopped.errors], [1, [], []], where);
    // The page's own look at the score is the last call of all, and its own to mend.
    if (n < calls) assert.equal(stopped.score, whole.score, where);
    assert.deepEqual(stopped.sent, whole.sent, where);
    assert.equal(stopped.kept, whole.kept, where);
    assert.equal(stopped.made, n < calls ? 2 : 1, where);
  }
});

test("SEC-13, B1: two stops are survived, wherever they come", async () => {
  const { run, whole } = await visitor();
  for (let n = 3; n < whole.calls; n += 11) {
    for (const gap of [1, 2, 7, 40]) {
      const { stopped, again, errors, sent, kept, made } = await run(n, n + gap);
      const where = `calls ${n} and ${n + gap}: ${stopped}`;
      assert.deepEqual([again, errors, made], [[], [], stopped.length + 1], where);
      assert.deepEqual([sent, kept], [whole.sent, whole.kept], where);
    }
  }
});

test("SEC-13, B1: after three stops the module is out of the way, and its engine is not called again", async () => {
  const { run, whole: { calls } } = await visitor();
  for (let n = 2; n < calls - 40; n += 13) {
    const { stopped, again, errors, sent, made } = await run(n, n + 3, n + 9);
    assert.deepEqual([stopped.length, again, errors, made, sent.leadpact], [3, [], [], 3, undefined], `call ${n}: ${stopped}`);
    assert.equal(sent.email, "ada@works.example");
  }
});

test("SEC-13, B1: a form whose engine stopped for good is sent as the plain form it is", async () => {
  const { page, seen } = await opened(site, { hook });
  await page.fill("[name=email]", "trapped@plain.example");
  await page.evaluate(() => (window.wasm.stops = Array.from({ length: 999 }, (_, more) => window.wasm.calls + 1 + more)));
  await page.press("[name=email]", "Tab");
  assert.deepEqual(await entries(page), { email: "trapped@plain.example" });
  assert.deepEqual(await page.evaluate(() => [window.wasm.made, window.wasm.again]), [3, []]);
  await send(page);
  assert.equal((await stored(site, "trapped@plain.example")).length, 1);
  assert.deepEqual(seen.errors, []);
  assert.equal(seen.console.filter((line) => line.includes("LeadPact")).length, 1, seen.console.join("\n"));
});

test("SEC-13: an engine that a script of the page stopped is not called again by ours, and the record is whole", async () => {
  const { page } = await opened(site, { hook });
  await page.fill("[name=email]", "page@stops.example");
  const thrown = await page.evaluate(() => {
    window.wasm.stops = [window.wasm.calls + 1];
    try {
      window.lead.assess();
      return "nothing";
    } catch (error) {
      return error.constructor.name;
    }
  });
  assert.equal(thrown, "RuntimeError");
  assert.equal((await record(page)).facts.email, "page@stops.example");
  assert.deepEqual(await page.evaluate(() => [window.wasm.made, window.wasm.again]), [2, []]);
});

test("B2: an engine whose JSON is malformed once is replaced; always, and the form is a plain form", async () => {
  for (const [times, there] of [[1, true], [Infinity, false]]) {
    const { page, seen } = await opened(site, { hook });
    const email = `${there}@json.example`;
    await page.fill("[name=email]", email);
    await page.evaluate((times) => {
      const own = JSON.parse;
      let left = times ?? Infinity;
      JSON.parse = (text) => own(text.startsWith("{") && (left -= 1) >= 0 ? text.slice(0, -2) : text);
    }, times);
    assert.equal("leadpact" in (await entries(page)), there);
    assert.deepEqual(await page.evaluate(() => window.wasm.made), there ? 2 : 3);
    await page.evaluate(() => document.querySelector("form button").click());
    await page.waitForURL(/thanks|merci/);
    assert.equal((await stored(site, email)).length, 1);
    assert.deepEqual(seen.errors, []);
  }
});

// The position and value of the number at `place`, as wasm writes them.
function number(bytes, place) {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = bytes[place++];
    value |= (byte & 127) << shift;
    shift += 7;
    if (byte < 128) return [value, place];
  }
}
const written = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...written(value >>> 7)]);

// The module with no more than so many pages of memory beyond those that it begins with.
function bounded(bytes, more) {
  for (let place = 8; place < bytes.length; ) {
    const id = bytes[place];
    const [length, start] = number(bytes, place + 1);
    if (id === 5) {
      const [least] = number(bytes, start + 2);
      const section = [1, 1, ...written(least), ...written(least + more)];
      return Buffer.concat([bytes.subarray(0, place), Buffer.from([5, ...written(section.length), ...section]), bytes.subarray(start + length)]);
    }
    place = start + length;
  }
  throw new Error("the module has no memory");
}

test("B4: where memory cannot grow, the form is sent, with its record or as a plain form", async () => {
  const ended = [];
  for (const more of [0, 1, 2, 4]) {
    const { page, seen, go } = await at(site, { hook });
    let hash;
    const hashOf = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
    await page.route("**/*.wasm", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: bounded(await answer.body(), more) });
    });
    await page.route("**/leadpact.js", async (route) => {
      const answer = await route.fetch();
      const bytes = await (await fetch(`${site.address}/leadpact/leadpact_bg.wasm`)).arrayBuffer();
      hash = hashOf(bounded(Buffer.from(bytes), more));
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/sha384-[\w+/=]+/, hash) });
    });
    await go();
    await page.waitForFunction(() => window.LeadPact);
    const grown = await page.evaluate(async () => {
      const { attach, Lead } = await import("/leadpact/leadpact.js");
      const lead = await attach("form").catch(() => undefined);
      // Leads until there is no more room.
      const pact = { pact: 1, id: "big", fields: Array.from({ length: 300 }, (_, n) => ({ id: `f${n}`, label: "f".repeat(500), kind: "text" })), groups: [{ id: "fit", dimension: "fit" }], criteria: [], qualification: { threshold: 1 } };
      window.leads = [];
      let full;
      for (let n = 0; lead && !full && n < 400; n += 1) {
        try {
          window.leads.push(new Lead(pact));
        } catch (error) {
          full = error.constructor.name;
        }
      }
      window.leads = [];
      return { lead: Boolean(lead), full };
    });
    assert.ok(!grown.lead || grown.full === "RuntimeError", JSON.stringify(grown));
    const email = `b4-${more}@memory.example`;
    await page.fill("[name=email]", email);
    await page.press("[name=email]", "Tab");
    ended.push("leadpact" in (await entries(page)));
    assert.deepEqual(await page.evaluate(() => window.wasm?.again), [], `${more} pages more`);
    await page.evaluate(() => document.querySelector("form .last button").click());
    await page.waitForURL(/thanks|merci/);
    assert.equal((await stored(site, email)).length, 1);
    assert.deepEqual(seen.errors, []);
  }
  assert.ok(ended.includes(true), String(ended));
});
