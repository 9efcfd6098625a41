// What leaves the page, and when: words that nobody else would type are looked for in everything that is sent or shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { canaries, guises, shows } from "./canaries.mjs";
import { bound, open, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const pact = {
  pact: 1,
  id: "privacy",
  fields: [
    { id: "email", label: "E-mail", kind: "email", ask: "always" },
    { id: "company", label: "Company", kind: "text", ask: "always" },
    { id: "story", label: "Story", kind: "paragraph", ask: "always" },
    { id: "secret", label: "Secret", kind: "text", ask: "always" },
    { id: "budget", label: "Budget?", kind: "yes_no" },
  ],
  signals: [{ id: "views", measure: "page_views" }, { id: "source", measure: "query", name: "utm_source" }],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria: [{ id: "funded", group: "fit", points: 60, when: { fact: "budget", is: true } }],
  qualification: { threshold: 50 },
  asking: { mode: "certain" },
};
const html = `<!doctype html><html lang="en"><title>Test</title><body><main>
<form data-leadpact="/test.json" action="/leads" method="post"><label>E-mail <input name="email"></label><label>Company <input name="company"></label>
<label>Story <textarea name="story"></textarea></label><label>Own <input name="own"></label>
<label>Secret <input type="password" name="secret"></label><input type="hidden" name="hidden" value="canary-hidden">
<p><button>Send</button></p></form></main><script type="module" src="/leadpact/leadpact.js"></script>`;

test("what is looked for is found in every guise", () => {
  for (const guise of guises(canaries.company)) assert.deepEqual(shows(`before ${guise} after`), [canaries.company]);
});

// A page whose every request is noted in full.
async function opened(query = "") {
  const visitor = await visit(site, { html, pact, path: `/test.html${query}` });
  const sent = [];
  visitor.page.on("request", (request) => sent.push({ url: request.url(), all: [request.url(), JSON.stringify(request.headers()), request.postData() ?? ""].join("\n"), method: request.method() }));
  await visitor.go();
  await bound(visitor.page);
  return { ...visitor, sent };
}

async function behave(page) {
  for (const [name, value] of Object.entries(canaries)) {
    await page.fill(`[name=${name}]`, value);
    await page.press(`[name=${name}]`, "Tab");
  }
  await page.check("[name=budget][value=yes]");
  await page.mouse.wheel(0, 300);
  await page.evaluate(() => (window.dispatchEvent(new Event("blur")), window.LeadPact.event("anything"), window.LeadPact.page("/step")));
  await page.waitForTimeout(1500);
}

for (const agrees of [false, true]) {
  test(`PRIV-01, PRIV-02: nothing is requested between loading and submitting, then one request goes to the form's address (consent: ${agrees})`, async () => {
    const { page, sent, seen } = await opened();
    if (agrees) await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
    const loaded = sent.length;
    await behave(page);
    assert.deepEqual(sent.slice(loaded).map(({ url }) => url), []);
    await page.click("form button");
    await page.waitForURL(/thanks|merci/);
    const posts = sent.filter(({ method }) => method === "POST");
    assert.deepEqual(posts.map(({ url }) => new URL(url).pathname), ["/leads"]);
    assert.ok(sent.every(({ url }) => url.startsWith(site.address)));
    assert.deepEqual(seen.errors, []);
  });
}

test("PRIV-03: before consent, what another tab writes has nobody look at the storage", async () => {
  const visitor = await visit(site, { html, pact });
  await visitor.page.addInitScript(() => {
    window.looks = 0;
    for (const name of ["localStorage", "sessionStorage"]) {
      const { get } = Object.getOwnPropertyDescriptor(window, name);
      Object.defineProperty(window, name, { configurable: true, get: () => ((window.looks += 1), get.call(window)) });
    }
  });
  await visitor.go();
  await bound(visitor.page);
  const tells = () => visitor.page.evaluate(() => {
    const before = window.looks;
    for (const key of ["leadpact:privacy", "leadpact:erased:", "other", null]) window.dispatchEvent(new StorageEvent("storage", { key, newValue: null }));
    return [before, window.looks - before];
  });
  assert.deepEqual(await tells(), [0, 0]);
  await visitor.page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  assert.ok((await tells())[1] > 0, "afterwards, it is seen");
});

test("PRIV-06, PRIV-14: nothing typed stands in storage, in the console, in events' messages, in attributes or in the address", async () => {
  const { page, seen } = await opened();
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  await behave(page);
  const there = await page.evaluate(() => ({
    storage: JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie,
    attributes: [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes].filter(({ name }) => name !== "value").map(({ value }) => value)).join("\n"),
    history: location.pathname + location.hash + JSON.stringify(history.state),
    errors: JSON.stringify(window.seen.filter(({ type }) => type === "error")),
  }));
  for (const [where, text] of Object.entries(there)) assert.deepEqual(shows(text), [], where);
  assert.deepEqual(shows(seen.console.join("\n")), []);
});

test("PRIV-07: a parameter that holds an e-mail address is not kept", async () => {
  const { page } = await opened("?utm_source=canary-mail%40kiwi.example");
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  await page.waitForTimeout(1300);
  const { signals } = JSON.parse(await page.evaluate(() => localStorage.getItem("leadpact:privacy")));
  assert.deepEqual(Object.keys(signals), ["views"]);
});

test("PRIV-18: passwords, hidden inputs and inputs that the pact does not name are not read", async () => {
  const visitor = await visit(site, { html, pact });
  await visitor.page.addInitScript(() => {
    window.read = [];
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    Object.defineProperty(HTMLInputElement.prototype, "value", { set, get() { window.read.push(this.name); return get.call(this); } });
  });
  await visitor.go();
  await bound(visitor.page);
  await visitor.page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  for (const name of ["own", "secret", "company"]) {
    await visitor.page.focus(`[name=${name}]`);
    await visitor.page.keyboard.type("canary");
    await visitor.page.keyboard.press("Tab");
  }
  await visitor.page.waitForTimeout(1300);
  const read = new Set(await visitor.page.evaluate(() => window.read));
  assert.ok(read.has("company"));
  assert.deepEqual(["own", "secret", "hidden"].filter((name) => read.has(name)), []);
});

test("PRIV-18: what browsers fill in of cards and codes is not read, even under the name of a field; nor is it asked", async () => {
  const tokens = { email: "cc-number", company: "section-a one-time-code", story: "new-password", secret: "billing CC-CSC" };
  const inputs = Object.entries(tokens).map(([name, token]) => `<input name="${name}" autocomplete="${token}">`).join("");
  const own = { ...pact, fields: [...pact.fields, { id: "card", label: "Card?", kind: "text", autocomplete: "cc-number", friction: 0.1 }], qualification: { ...pact.qualification, needs: ["card"] } };
  const visitor = await visit(site, { html: html.replace(/<label>E-mail[^]*<p>/, `${inputs}<label>Own <input name="own"></label><p>`), pact: own });
  await visitor.page.addInitScript(() => {
    window.read = [];
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    Object.defineProperty(HTMLInputElement.prototype, "value", { set, get() { window.read.push(this.name); return get.call(this); } });
  });
  await visitor.go();
  await bound(visitor.page);
  for (const name of Object.keys(tokens)) {
    await visitor.page.focus(`[name=${name}]`);
    await visitor.page.keyboard.type("4111 1111 1111 1111");
    await visitor.page.keyboard.press("Tab");
  }
  await visitor.page.check("[name=budget][value=yes]");
  assert.deepEqual((await visitor.page.evaluate(() => window.read)).filter((name) => name in tokens), []);
  assert.equal(await visitor.page.locator(".leadpact-question").count(), 1);
  const { facts } = await visitor.page.evaluate(() => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")));
  assert.deepEqual(facts, { budget: true });
});

test("PRIV-12: a lead that is disqualified arrives like any other", async () => {
  const excluded = { ...pact, qualification: { threshold: 50, disqualify: [{ id: "all", when: { fact: "company", known: true } }] } };
  const { page, go } = await visit(site, { html, pact: excluded });
  await go();
  await bound(page);
  await page.fill("[name=email]", "out@kiwi.example");
  await page.fill("[name=company]", "x");
  assert.equal(await page.evaluate(() => window.lead.decision), "disqualified");
  await page.click("form button");
  await page.waitForURL(/thanks|merci/);
  assert.ok((await site.leads()).some((lead) => JSON.stringify(lead).includes("out@kiwi.example")));
});
