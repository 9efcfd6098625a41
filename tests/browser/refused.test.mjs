// What torture found (`tests/faults/torture.mjs`), a test each: the platform refuses, and the form is sent all the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./site.mjs";
import { at, formOf, opened, stored } from "./small.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const html = formOf("", { attributes: 'data-leadpact-delivery="fetch"' });
const press = (page) => page.click(".last button", { noWaitAfter: true });
const arrival = (page) => page.waitForURL(/\/thanks/);
let visitors = 0;

// A visitor with an address of their own, in front of a form that is sent by fetch.
async function writing(more = {}) {
  const visitor = await opened(site, { html, ...more });
  const email = `refused-${process.pid}-${(visitors += 1)}@kiwi.example`;
  await visitor.page.fill("[name=email]", email);
  return { ...visitor, email };
}

async function isStored(email) {
  while ((await stored(site, email)).length === 0) await new Promise((then) => setTimeout(then, 20));
}

// Requests are made, and nothing ever comes back of them.
const silence = () => {
  const own = window.fetch;
  window.fetch = (...given) => (own(...given), new Promise(() => {}));
  window.setTimeout = () => 0;
};

test("REL-13: where neither an answer nor a timer ever comes, pressing again after a while is the form's own request, and one lead", async () => {
  const { page, context, email } = await writing();
  await page.evaluate(silence);
  await press(page);
  await isStored(email);
  await press(page);
  assert.equal(await page.getAttribute("form", "aria-busy"), "true", "it is still being sent");
  await page.evaluate(() => {
    const own = performance.now.bind(performance);
    performance.now = () => own() + 25_000;
  });
  await press(page);
  await arrival(page);
  assert.equal((await stored(site, email)).length, 1);
  await context.close();
});

// An engine that stops whenever `window.broken` says so.
const brittle = () => {
  const Own = WebAssembly.Instance;
  WebAssembly.Instance = function (...given) {
    const instance = new Own(...given);
    const exports = Object.fromEntries(Object.entries(instance.exports).map(([name, own]) => [name, typeof own !== "function" ? own : (...given) => {
      if (window.broken) throw new WebAssembly.RuntimeError("unreachable");
      return own(...given);
    }]));
    return { exports };
  };
};

test("REL-03: sent again after the engine stopped for good, what may have arrived already is the same lead", async () => {
  const { page, context, email } = await writing({ hook: brittle });
  await page.evaluate(silence);
  await press(page);
  await isStored(email);
  await page.evaluate(() => (window.broken = true));
  await page.fill("[name=email]", `also-${email}`);
  await press(page);
  await arrival(page);
  const leads = await stored(site, email);
  assert.deepEqual(leads.map(({ answers }) => answers.email), [`also-${email}`]);
  await context.close();
});

test("REL-02: where the page threw away what would say that it arrived, the next page says so", async () => {
  const before = await writing();
  await before.page.evaluate(() => document.querySelector(".leadpact-questions").remove());
  const during = await writing();
  await during.page.evaluate(() => {
    const own = window.fetch;
    window.fetch = (...given) => (document.querySelector(".leadpact-questions").remove(), own(...given));
  });
  for (const { page, context, email } of [before, during]) {
    await press(page);
    await arrival(page);
    assert.equal((await stored(site, email)).length, 1);
    await context.close();
  }
});

test("REL-03: a page may say late where its form goes to", async () => {
  const { page, context, email } = await writing({ html: html.replace('action="/leads"', "") });
  await page.evaluate(() => document.querySelector("form").setAttribute("action", "/leads"));
  await press(page);
  await page.waitForSelector(".leadpact-sent:not([hidden])");
  assert.equal((await stored(site, email)).length, 1);
  await context.close();
});

test("REL-04: where not even the form's own request can be made, the form says so and can be sent once that is over", async () => {
  const { page, context, email } = await writing();
  await page.evaluate(() => {
    window.own = { fetch: window.fetch, submit: HTMLFormElement.prototype.submit };
    const refuse = () => {
      throw new TypeError("not here");
    };
    window.fetch = HTMLFormElement.prototype.submit = refuse;
  });
  await press(page);
  await page.waitForSelector(".leadpact-errors .leadpact-way");
  assert.equal(await page.inputValue("[name=email]"), email);
  await page.evaluate(() => {
    window.fetch = window.own.fetch;
    HTMLFormElement.prototype.submit = window.own.submit;
  });
  await page.click(".leadpact-way");
  await page.waitForSelector(".leadpact-sent:not([hidden])");
  assert.equal((await stored(site, email)).length, 1);
  await context.close();
});

// What the browser calls back by itself fails, and what it promises.
const refusing = () => {
  const refuse = () => {
    throw new TypeError("not here");
  };
  const { observe } = MutationObserver.prototype;
  MutationObserver.prototype.observe = function (...given) {
    return new Error().stack.includes("/leadpact/") ? refuse() : observe.apply(this, given);
  };
  AbortController.prototype.abort = refuse;
  SubtleCrypto.prototype.digest = ((own) => function (...given) {
    return window.ready ? Promise.reject(new TypeError("not here")) : own.apply(this, given);
  })(SubtleCrypto.prototype.digest);
  Object.defineProperty(Navigator.prototype, "locks", { get: refuse });
  Object.defineProperty(Document.prototype, "visibilityState", { get: () => (window.ready ? refuse() : "visible") });
};

test("REL-04: where the form's root cannot be had, the form's own request is made", async () => {
  const errors = [];
  const { page, context, email } = await writing();
  page.on("pageerror", (error) => errors.push(error));
  await page.evaluate(() => {
    window.fetch = () => undefined; // what fetch cannot do, the form's own request does
    const root = Node.prototype.getRootNode;
    let calls = 0;
    // The module asks for it when the visitor presses, and once more for its request.
    Node.prototype.getRootNode = function getRootNode(...given) {
      if ((calls += 1) > 1) throw new TypeError("made to fail");
      return root.apply(this, given);
    };
  });
  await press(page);
  await arrival(page);
  assert.deepEqual(errors, []);
  assert.equal((await stored(site, email)).length, 1);
  await context.close();
});

test("REL-14: what the platform refuses between the visitor's acts is said in the console, and is no uncaught error", async () => {
  const { page, context, seen, go } = await at(site, { hook: refusing });
  await go();
  const email = `refused-${process.pid}-${(visitors += 1)}@kiwi.example`;
  await page.waitForFunction(() => window.LeadPact);
  await page.evaluate(async () => {
    LeadPact.consent({ behaviour: true });
    await LeadPact.attach("form");
    window.ready = true;
  });
  await page.fill("[name=email]", email);
  await page.press("[name=email]", "Tab");
  // A second of attention is counted, and what is remembered is written.
  await page.waitForTimeout(2200);
  await press(page);
  await arrival(page);
  assert.deepEqual(seen.errors, []);
  assert.ok(seen.console.some((line) => line.startsWith("warning: LeadPact: not here")), seen.console.join("\n"));
  assert.equal((await stored(site, email)).length, 1);
  await context.close();
});
