// What a guest in a page does not touch, and how it still sees the page move on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fill, open, ready, shows, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

// Some of what other scripts of a page are known to wrap, by name; all the rest is compared as well.
const KNOWN = `history.pushState history.replaceState History.prototype.pushState History.prototype.replaceState History.prototype.back
window.fetch window.XMLHttpRequest XMLHttpRequest.prototype.open XMLHttpRequest.prototype.send XMLHttpRequest.prototype.setRequestHeader
window.WebSocket window.Promise Promise.prototype.then Navigator.prototype.sendBeacon window.setTimeout window.setInterval window.queueMicrotask
window.requestAnimationFrame window.requestIdleCallback EventTarget.prototype.addEventListener EventTarget.prototype.removeEventListener
EventTarget.prototype.dispatchEvent Node.prototype.appendChild Node.prototype.insertBefore Node.prototype.removeChild Node.prototype.replaceChild
Node.prototype.textContent Element.prototype.setAttribute Element.prototype.innerHTML Element.prototype.attachShadow Element.prototype.append
HTMLFormElement.prototype.submit HTMLFormElement.prototype.requestSubmit HTMLFormElement.prototype.elements HTMLInputElement.prototype.value
HTMLInputElement.prototype.checked HTMLSelectElement.prototype.value HTMLTextAreaElement.prototype.value Document.prototype.cookie
Document.prototype.createElement Document.prototype.querySelector Storage.prototype.getItem Storage.prototype.setItem FormData.prototype.append
window.FormData window.MutationObserver window.customElements CustomElementRegistry.prototype.define Array.prototype.map Array.prototype.flatMap
Object.prototype.hasOwnProperty Object.prototype.toString Object.defineProperty JSON.parse JSON.stringify Date.now Math.random console.warn
console.error window.onerror window.onpopstate window.event window.name`.split(/\s+/);

// Remembers every property of the window, of each global function, its prototype and each global object; `compare()` says
// what has become of them. Nothing is read but descriptors, so no getter runs.
function remember() {
  const objects = [["window", window], ["document", document], ["history", history], ["navigator", navigator], ["location", location], ["localStorage", localStorage], ["sessionStorage", sessionStorage], ["customElements", customElements]];
  for (const name of Object.getOwnPropertyNames(window)) {
    const { value } = Object.getOwnPropertyDescriptor(window, name);
    if (value === window || !["function", "object"].includes(typeof value) || value === null || value.nodeType) continue;
    objects.push([name, value]);
    if (typeof value === "function" && value.prototype) objects.push([`${name}.prototype`, value.prototype]);
  }
  const all = () => {
    const found = new Map();
    for (const [name, object] of objects) {
      for (const key of Reflect.ownKeys(object)) found.set(`${name}.${String(key)}`, Object.getOwnPropertyDescriptor(object, key));
    }
    return found;
  };
  const same = (one, other) => ["value", "get", "set", "writable", "enumerable", "configurable"].every((part) => Object.is(one[part], other[part]));
  window.compare = undefined;
  const ours = ["window.compare", "window.ready"]; // the tests' own
  const before = all();
  window.compare = () => {
    const now = all();
    const differs = [...now].filter(([name, is]) => !ours.includes(name) && before.has(name) && !same(before.get(name), is));
    return {
      names: [...before.keys(), "history.pushState", "history.replaceState"],
      added: [...now.keys()].filter((name) => !before.has(name)).sort(),
      changed: differs.map(([name]) => name),
      gone: [...before.keys()].filter((name) => !now.has(name)),
    };
  };
}

test("EMB-04: from load to detach nothing of the page's globals is changed, and LeadPact and its queue alone are added", async () => {
  site.pages.set("/manners.html", `<!doctype html><html lang="en"><title>Manners</title><link rel="icon" href="data:,">
<form data-leadpact="/pact.json" action="/leads" method="post"><input name="email" type="email" aria-label="E-mail">
<select name="team" aria-label="Team"><option value="">?</option><option>11+</option></select><button>Send</button></form><p><output>0</output></p>`);
  const { page, context, wrong } = await visit(site, "/manners.html");
  await page.evaluate(remember);
  await page.evaluate(async (address) => {
    document.addEventListener("leadpact:assessed", ({ detail }) => (document.querySelector("output").textContent = detail.score));
    await import(address);
  }, "/leadpact/leadpact.js");
  await ready(page);
  await fill(page, "visitor@manners.example");
  const { names, added, changed, gone } = await page.evaluate(() => {
    const { consent, event, page, detach } = window.LeadPact;
    consent({ behaviour: true, by: "test" });
    event("seen");
    page("/elsewhere");
    history.pushState(null, "", "/moved");
    new FormData(document.querySelector("form"));
    consent({ behaviour: false, by: "test" });
    detach("form");
    return window.compare();
  });
  assert.ok(names.length > 1000, `${names.length} properties are compared`);
  assert.deepEqual(KNOWN.filter((name) => !names.includes(name)), [], "every known one is among them");
  assert.ok(KNOWN.length >= 40);
  assert.deepEqual({ added, changed, gone }, { added: ["window.LeadPact", "window.Symbol(leadpact)", "window.leadpact"], changed: [], gone: [] });
  assert.deepEqual(wrong, []);
  await context.close();
});

const agree = (page) => page.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test" }));

test("EMB-07: a page that moves by the history API is seen to move, there and back", async () => {
  const { page, context, wrong } = await visit(site, "/plain/");
  await ready(page);
  await agree(page);
  await shows(page, 1);
  await page.evaluate(() => history.pushState(null, "", "/plain/prices"));
  await shows(page, 2);
  await page.evaluate(() => history.replaceState(null, "", "/plain/prices?sort=up"));
  await page.evaluate(() => history.pushState(null, "", "/plain/contact"));
  await shows(page, 3);
  await page.goBack();
  await shows(page, 4);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("EMB-07: without the Navigation API the way back is seen, and the page tells the rest", async () => {
  const { page, context, wrong } = await visit(site, "/plain/", { before: () => delete window.navigation });
  await ready(page);
  await agree(page);
  await shows(page, 1);
  await page.evaluate(() => history.pushState(null, "", "/plain/prices"));
  await page.evaluate(() => window.LeadPact.page());
  await shows(page, 2);
  await page.evaluate(() => window.LeadPact.page());
  await page.goBack();
  await shows(page, 3);
  await page.evaluate(() => window.LeadPact.page("/a-step-without-an-address"));
  await shows(page, 4);
  assert.deepEqual(wrong, []);
  await context.close();
});

// Turbo changes the address while the form that leaves is still there, so that it counts the page between, too.
for (const [name, pages] of Object.entries({ turbo: 3, astro: 2 })) {
  test(`EMB-07: a form that comes back by ${name} counts the page again`, async () => {
    const { page, context, wrong } = await visit(site, `/${name}/`);
    await ready(page);
    await agree(page);
    await shows(page, 1);
    await page.getByRole("link", { name: "Hide" }).click();
    await page.getByText("No form here.").waitFor();
    await page.getByRole("link", { name: "Show" }).click();
    await ready(page, 2);
    await shows(page, pages);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}
