// Whatever throws in a listener of ours, or under it, the page's own handlers run and its form is sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./site.mjs";
import { at, formOf, small, stored } from "./small.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

// In the page, before any script: notes each listener of ours, and has the one throw that is named; or a function of the
// platform, wherever our code calls it.
function hook({ throws, platform }) {
  const ours = () => new Error().stack.includes("/leadpact/");
  Error.stackTraceLimit = 50;
  window.listeners = [];
  window.threw = 0;
  const own = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (!ours()) return own.call(this, type, listener, options);
    const place = window.listeners.push(type) - 1;
    const wrapped = place === throws ? () => { window.threw += 1; throw new Error("thrown on purpose"); } : listener;
    return own.call(this, type, wrapped, options);
  };
  if (platform) {
    const path = platform.split(".");
    const name = path.pop();
    const owner = path.reduce((owner, key) => owner[key], window);
    const real = owner[name];
    owner[name] = function (...given) {
      if (window.armed && ours()) { window.threw += 1; throw new Error("thrown on purpose"); }
      return new.target ? Reflect.construct(real, given, new.target) : real.apply(this, given);
    };
    owner[name].prototype = real.prototype;
  }
  own.call(window, "pagehide", () => sessionStorage.setItem("threw", window.threw));
  window.handled = [];
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form");
    for (const type of ["keydown", "input", "change", "pointerdown", "click", "formdata"]) own.call(form, type, () => window.handled.push(type));
    own.call(form, "submit", ({ defaultPrevented }) => sessionStorage.setItem("handled", JSON.stringify([...new Set(window.handled), `submit ${defaultPrevented}`])));
  });
}

async function journey(email, given) {
  const { page, context, go } = await at(site, { html: formOf(), pact: small, hook, given });
  await go();
  await page.waitForFunction(() => window.LeadPact);
  await page.evaluate(() => window.LeadPact.attach("form").catch(() => {}));
  await page.evaluate(() => {
    window.armed = true;
    // What the page itself calls may throw: that is the page's to catch.
    window.safely = (work) => { try { work(); } catch { /* told to who called */ } };
    window.safely(() => window.LeadPact.consent({ behaviour: true }));
  });
  await page.fill("[name=email]", email);
  await page.press("[name=email]", "Tab");
  await page.evaluate(() => window.safely(() => window.LeadPact.page("/other")));
  await page.evaluate(() => (scrollTo(0, 1), dispatchEvent(new Event("pageshow")), dispatchEvent(new StorageEvent("storage", { key: "x", newValue: "y" }))));
  const listeners = await page.evaluate(() => window.listeners);
  await page.click("form .last button");
  await page.waitForURL(/thanks|merci/);
  const { handled, threw } = await page.evaluate(() => ({ handled: JSON.parse(sessionStorage.getItem("handled")), threw: Number(sessionStorage.getItem("threw")) }));
  await context.close();
  assert.deepEqual(handled, ["input", "keydown", "change", "pointerdown", "click", "submit false"], JSON.stringify(given));
  const leads = await stored(site, email);
  assert.equal(leads.length, 1, JSON.stringify(given));
  return { listeners, threw };
}

test("REL-14, B3: whichever of our listeners throws, the page's own handlers run and the form is sent", async () => {
  const { listeners } = await journey("whole@listeners.example", {});
  for (const type of ["input", "change", "submit", "formdata", "click", "keydown", "invalid"]) assert.ok(listeners.includes(type), type);
  const threw = (await Promise.all([0, 1, 2].map(async (first) => {
    let threw = 0;
    for (let place = first; place < listeners.length; place += 3) threw += (await journey(`l${place}@listeners.example`, { throws: place })).threw > 0;
    return threw;
  }))).reduce((sum, one) => sum + one);
  assert.ok(threw >= 12, `${threw} of ${listeners.length} listeners were called`);
});

const PLATFORM = [
  "JSON.stringify", "JSON.parse", "String", "Date.now", "crypto.getRandomValues", "TextEncoder.prototype.encode", "FormData.prototype.set", "Element.prototype.matches", "Element.prototype.closest",
  "Element.prototype.append", "Document.prototype.createElement", "Storage.prototype.getItem", "Map.prototype.get", "URLSearchParams", "EventTarget.prototype.dispatchEvent",
];
for (const platform of PLATFORM) {
  test(`REL-14: where ${platform} throws under our code, the form is sent and the page's own handlers run`, async () => {
    const { threw } = await journey(`${platform.toLowerCase()}@platform.example`, { platform });
    assert.ok(threw > 0);
  });
}
