// A: whatever becomes of the module, its wasm or its pact, the form is the plain form it was.
import assert from "node:assert/strict";
import { CLASSIC, SCRIPT, formOf, pact } from "./page.mjs";
import { row } from "./row.mjs";

const HTML = { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><title>Portal</title><p>Welcome" };
const NOSNIFF = { "content-type": "text/plain", "x-content-type-options": "nosniff" };
const plain = { bound: "faulted", record: false };
// The module came and could not begin: it says so once, in the console.
const told = {
  bound: "error",
  record: false,
  after: ({ console }) => assert.equal(console.filter(({ type, text }) => type === "warning" && text.startsWith("LeadPact: ")).length, 1, console.map(({ text }) => text).join("\n")),
};
const from = (script) => ({ page: { script }, bound: "loaded", faults: 1 });

row("A1", "without JavaScript the form is sent, and arrives once", { context: { javaScriptEnabled: false }, bound: "nothing", record: false, faults: 1, next: "loaded" });

row("A2", "where the script cannot be had the form is sent, and arrives once", {
  ...plain,
  cases: {
    "not found": { serve: { script: { status: 404, body: "" } } },
    "server error": { serve: { script: { status: 503, body: "" } } },
    reset: { serve: { script: { reset: "request" } } },
    "no address": { ...from('<script type="module" src="http://leadpact.invalid/leadpact.js"></script>') },
    "no listener": { ...from('<script type="module" src="http://127.0.0.1:9/leadpact.js"></script>') },
    "a blocker": { blocks: "**/leadpact.js", bound: "loaded" },
  },
});

row("A3", "while the script does not come the form can be used", {
  ...plain,
  cases: { module: { serve: { script: { stall: "answer" } } }, "in its middle": { serve: { script: { stall: "body" } } }, classic: { page: { script: CLASSIC }, serve: { script: { stall: "answer" } } } },
});

row("A4", "a script that comes while the visitor types takes neither words nor focus", {
  bound: "nothing",
  record: true,
  cases: { module: {}, classic: { page: { script: CLASSIC } } },
  serve: { script: { hold: true } },
  async during(session) {
    const { page, server, values } = session;
    const half = values.company.length / 2;
    await page.fill("[name=company]", "");
    await page.locator("[name=company]").pressSequentially(values.company.slice(0, half));
    await page.evaluate(() => (window.node = document.activeElement));
    server.release();
    await session.ready();
    assert.ok(await page.evaluate(() => document.activeElement === window.node && window.node.name === "company"), "the focus stays");
    await page.keyboard.type(values.company.slice(half));
    assert.deepEqual(await session.typed(), values);
    await session.answer();
    assert.equal(await page.locator(".leadpact-questions").count(), 1);
    assert.equal((await session.told("ready")).length, 1);
  },
});

// The browser says of a broken file that it is broken.
const BROKEN = ["SyntaxError"];
row("A5", "a script that is cut short, a page, or of another type leaves the form as it is", {
  ...plain,
  errors: BROKEN,
  cases: {
    "cut short": { serve: { script: { cut: 9000 } } },
    "cut short and served so": { serve: { script: { first: 9000 } } },
    "cut short, classic": { serve: { script: { first: 9000 } }, page: { script: CLASSIC } },
    "a page": { serve: { script: HTML } },
    "a page that says it is a script": { serve: { script: { ...HTML, headers: { "content-type": "text/javascript" } } } },
    "a type that is no script's": { serve: { script: { headers: NOSNIFF } } },
    empty: { serve: { script: { body: "" } } },
    "reset in its middle": { serve: { script: { reset: "body" } } },
  },
});

row("A6", "a wasm that cannot be had, or is another, leaves the form as it is", {
  ...told,
  cases: {
    "not found": { serve: { wasm: { status: 404, body: "" } } },
    "cut short": { serve: { wasm: { cut: 9000 } } },
    "cut short and served so": { serve: { wasm: { first: 9000 } } },
    "other bytes": { serve: { wasm: { body: "\0asm\x01\0\0\0" } } },
    "one byte more": { serve: { wasm: { pad: 1 } } },
    "a page": { serve: { wasm: HTML } },
    reset: { serve: { wasm: { reset: "request" } } },
    "never there": { serve: { wasm: { stall: "answer" } }, ...plain, after: undefined },
    "of another type": { serve: { wasm: { headers: { "content-type": "text/plain" } } }, bound: "ready", record: true, after: undefined },
  },
});

const policy = (policy) => ({ serve: { page: { headers: { "content-security-policy": policy } } } });
row("A7", "under a policy that forbids the wasm or the pact the form is sent, with a line in the console", {
  ...told,
  cases: {
    wasm: policy("script-src 'self'"),
    connections: policy("connect-src 'none'"),
    "all but the form": policy("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; form-action 'self'"),
    "the script": { ...policy("script-src 'none'"), ...plain, bound: "loaded", after: undefined },
  },
});

row("A8", "a browser without WebAssembly, modules or the module's syntax sends the form", {
  ...told,
  cases: {
    "no WebAssembly": { hook: () => delete window.WebAssembly },
    "WebAssembly taken away by the page": { hook: () => (window.WebAssembly = undefined) },
    "no modules": { ...from('<script type="text/unknown" src="/leadpact/leadpact.js"></script>'), after: undefined },
    "syntax that is not known": { ...plain, errors: BROKEN, serve: { script: { body: "export const a = 1 |> 2;" } }, after: undefined },
  },
});

row("A9", "where no memory can be had for the wasm the form is sent", {
  ...told,
  cases: {
    "no instance": {
      hook: () => {
        const Own = WebAssembly.Instance;
        WebAssembly.Instance = function () { throw new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance"); };
        WebAssembly.Instance.prototype = Own.prototype;
      },
    },
    "not compiled": { hook: () => (WebAssembly.compile = () => Promise.reject(new RangeError("Out of memory"))) },
  },
});

const says = (change) => ({ pactText: JSON.stringify({ ...pact, ...change }) });
row("A10", "a pact that cannot be had or read leaves the form as it is, and the console says so", {
  ...told,
  cases: {
    "not found": { serve: { pact: { status: 404, body: "" } } },
    "server error": { serve: { pact: { status: 500, body: "{}" } } },
    "a page": { serve: { pact: HTML } },
    empty: { serve: { pact: { body: "" } } },
    "cut short": { serve: { pact: { cut: 100 } } },
    "no JSON": { pactText: "{'pact': 1}", faults: 1 },
    "of another site": { serve: { pact: { status: 302, headers: { location: "http://leadpact.invalid/pact.json" } } } },
    "in a circle": { serve: { pact: { status: 302, headers: { location: "/pact.json" } } } },
    "an unknown key": { ...says({ feilds: [] }), faults: 1 },
    "another format": { ...says({ pact: 2 }), faults: 1 },
    "too many fields": { ...says({ fields: Array.from({ length: 501 }, (_, n) => ({ id: `f${n}`, label: "f", kind: "text" })) }), faults: 1 },
    null: { pactText: "null", faults: 1 },
    "never there": { serve: { pact: { stall: "answer" } }, ...plain, after: undefined },
    "another revision than the server's": {
      ...says({ revision: "2" }), faults: 1, bound: "ready", record: true,
      after: (session, [{ differences }]) => assert.ok(differences.some(({ what }) => what === "pact.hash"), JSON.stringify(differences)),
    },
  },
});

row("A11", "whoever sends before the pact is there does not wait for it", { ...plain, serve: { pact: { hold: true } } });

const EXPLAINS = '<script type="module" src="/leadpact/explain/leadpact.js"></script>';
row("A12", "of a script that is loaded twice one serves", {
  faults: 1,
  cases: { "module and classic": { page: { script: SCRIPT + CLASSIC } }, "two builds": { page: { script: EXPLAINS + SCRIPT } }, "one twice": { page: { script: CLASSIC + CLASSIC } } },
  async after({ requests }) {
    assert.equal(requests.filter(({ url }) => url.endsWith("/pact.json")).length, 1);
  },
});

const put = (html) => (document.querySelector("main").innerHTML = html);
row("A13", "a form that comes late, or in another's place, is bound when it comes", {
  faults: 1,
  cases: {
    "added later": {
      page: { form: "<p>Soon" },
      async before({ page, mode }) {
        await page.waitForFunction(() => window.LeadPact);
        await page.evaluate(put, formOf(mode));
      },
    },
    "another in its place": {
      async during(session) {
        const { page, mode } = session;
        await page.evaluate(put, formOf(mode));
        await session.fill();
        await page.waitForFunction(() => window.told.filter(({ type }) => type === "leadpact:ready").length === 2);
        await session.answer();
      },
    },
  },
});

// As optimisers of pages do it: nothing is loaded before the visitor does something.
const DELAYED = `<script>{
  const once = () => {
    for (const type of ["pointerdown", "keydown", "click"]) removeEventListener(type, once, true);
    document.body.append(Object.assign(document.createElement("script"), { type: "module", src: "/leadpact/leadpact.js" }));
  };
  for (const type of ["pointerdown", "keydown", "click"]) addEventListener(type, once, true);
}</script>`;
row("A14", "where the press on the button is what loads the script, the form is sent", {
  page: { script: DELAYED },
  faults: 1,
  fill: false,
  bound: "nothing",
  record: null,
  // As a browser fills in what it knows: nobody touches anything.
  during: ({ page, values }) => page.evaluate((values) => { for (const [name, value] of Object.entries(values)) document.querySelector(`[name=${name}]`).value = value; }, values),
});
