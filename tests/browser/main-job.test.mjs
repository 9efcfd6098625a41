// The main job on the demo page, against the real server: a visitor fills in the form, and sales has the lead.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { bound, events, open, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const person = { full_name: "Ada Lovelace", email: "ada@tolerie-lovelace.example", company: "Tôlerie Lovelace" };

async function fillIn(page, email = person.email) {
  for (const [name, value] of Object.entries({ ...person, email })) await page.fill(`[name=${name}]`, value);
  await page.selectOption("[name=main_need]", "stock");
}

async function send(page) {
  await page.click("form[data-leadpact] button[type=submit]");
  await page.waitForURL(/thanks|merci/);
}

const stored = async (email) => (await site.leads()).filter((lead) => JSON.stringify(lead.answers).includes(email));

async function answerQuestion(page) {
  const [asked] = (await events(page, "asked")).slice(-1);
  const input = page.locator(`.leadpact-question [name="${asked.field}"]`).first();
  const tag = await input.evaluate((element) => element.localName);
  if (tag === "select") await input.selectOption({ index: 1 });
  else if (["radio", "checkbox"].includes(await input.getAttribute("type"))) await input.check();
  else await input.fill("42");
  return asked.field;
}

for (const [path, locale] of [["/", "fr-FR"], ["/en/", "en-GB"]]) {
  test(`visitor types, is asked, answers, and the lead is stored with the score shown (${path})`, async () => {
    const email = `main${path.length}@tolerie.example`;
    const { page, seen, go } = await visit(site, { path, locale });
    await go();
    await bound(page);
    await fillIn(page, email);
    await page.waitForSelector(".leadpact-question");
    const field = await answerQuestion(page);
    const shown = await page.evaluate(() => ({ ...window.lead.assess(), score: window.lead.score }));
    assert.notEqual(shown.score, 0);
    await send(page);
    const [lead] = await stored(email);
    assert.equal(lead.assessment.score, shown.score);
    assert.equal(lead.assessment.decision, shown.decision);
    assert.deepEqual(lead.differences, []);
    assert.ok(lead.asked.some((question) => question.field === field));
    assert.ok(field in lead.facts, "the answer to the extra question arrives");
    assert.equal((await stored(email)).length, 1);
    assert.deepEqual(seen.errors, []);
  });
}

test("nothing is sent before the visitor submits", async () => {
  const { page, seen, go } = await visit(site, { path: "/" });
  await go();
  await bound(page);
  await page.waitForLoadState("networkidle");
  const before = seen.requests.length;
  await fillIn(page, "canary@tolerie.example");
  await page.mouse.wheel(0, 600);
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  await page.waitForTimeout(1500);
  assert.deepEqual(seen.requests.slice(before), []);
});

const broken = {
  "script is blocked": (page) => page.route("**/leadpact.js", (route) => route.abort()),
  "pact is missing": (page) => page.route("**/pact.json", (route) => route.fulfill({ status: 404, body: "" })),
  "pact is not one": (page) => page.route("**/pact.json", (route) => route.fulfill({ contentType: "application/json", body: '{"pact":1}' })),
  "wasm is missing": (page) => page.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "" })),
  "wasm is something else": (page) => page.route("**/*.wasm", (route) => route.fulfill({ contentType: "text/html", body: "<p>no" })),
  "wasm never comes": (page) => page.route("**/*.wasm", () => {}),
  "policy forbids wasm": (page) =>
    page.route(site.address + "/", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, headers: { ...answer.headers(), "content-security-policy": "default-src 'self'" } });
    }),
};
for (const [name, breaks] of Object.entries(broken)) {
  test(`plain form arrives where the ${name}`, async () => {
    const email = `${name.replaceAll(" ", "-")}@tolerie.example`;
    const { page, seen, go } = await visit(site, { path: "/" });
    await breaks(page);
    await go();
    await page.waitForTimeout(600);
    await fillIn(page, email);
    await send(page);
    const leads = await stored(email);
    assert.equal(leads.length, 1);
    assert.deepEqual(seen.errors, []);
    assert.ok(!seen.console.join().includes(person.full_name), "no value of the visitor's is printed");
  });
}

test("wasm under a wrong type is compiled all the same", async () => {
  const { page, go } = await visit(site, { path: "/" });
  await page.route("**/*.wasm", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, headers: { ...answer.headers(), "content-type": "application/octet-stream" } });
  });
  await go();
  await bound(page);
  assert.equal(await page.evaluate(() => window.lead.score), 0);
});

test("keyboard alone reaches the question that its own answer brought", async () => {
  const email = "keys@tolerie.example";
  const { page, go } = await visit(site, { path: "/" });
  await go();
  await bound(page);
  await page.focus("[name=full_name]");
  const keys = async (text) => (await page.keyboard.type(text), page.keyboard.press("Tab"));
  await keys(person.full_name);
  await keys(email);
  await keys(person.company);
  await page.keyboard.type("y");
  await page.keyboard.press("ArrowDown");
  const focused = () => page.evaluate(() => document.activeElement.name);
  assert.equal(await focused(), "main_need", "the focus stays where it is");
  await page.waitForSelector(".leadpact-question");
  const [asked] = await events(page, "asked");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), asked.field);
  await page.keyboard.press("ArrowDown");
  await page.focus("form[data-leadpact] button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForURL(/thanks|merci/);
  const [lead] = await stored(email);
  assert.ok(asked.field in lead.facts);
});

test("behaviour is in the record only after consent, and gone after it is withdrawn", async () => {
  const signals = (lead) => ["visits", "engaged", "depth", "pricing_fr"].filter((id) => id in lead.facts);
  const { page, seen, go } = await visit(site, { path: "/" });
  await page.addInitScript(() => {
    window.touched = [];
    for (const [holder, names] of [[Storage.prototype, ["getItem", "setItem", "removeItem", "key"]], [IDBFactory.prototype, ["open"]]]) {
      for (const name of names) {
        const real = holder[name];
        holder[name] = function (...given) {
          window.touched.push(name);
          return real.apply(this, given);
        };
      }
    }
  });
  await go();
  await bound(page);
  const facts = () =>
    page.evaluate(() => {
      const data = new FormData(document.querySelector("form[data-leadpact]"));
      return JSON.parse(data.get("leadpact"));
    });
  await fillIn(page, "consent@tolerie.example");
  assert.deepEqual(signals(await facts()), []);
  assert.deepEqual(await page.evaluate(() => window.touched), [], "PRIV-03: before consent nothing of storage is touched");
  await page.evaluate(() => window.LeadPact.consent({ behaviour: false }));
  assert.deepEqual(signals(await facts()), []);
  assert.deepEqual(await page.evaluate(() => window.touched), [], "PRIV-03: refused, there is nothing to take away");
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test", text_version: "7" }));
  await page.waitForFunction(() => window.lead.assess().interest > 0);
  const granted = await facts();
  assert.deepEqual(granted.consent, { behaviour: true, by: "test", text_version: "7" });
  assert.equal(granted.facts.visits.value, 1);
  await page.evaluate(() => window.LeadPact.consent({ behaviour: false }));
  assert.deepEqual(signals(await facts()), []);
  assert.equal((await facts()).behaviour, false);
  assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), document.cookie]), [[], ""]);
  assert.deepEqual(seen.errors, []);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe has nothing against the page with a question on it (${colorScheme})`, async () => {
    const { page, go } = await visit(site, { path: "/", colorScheme, reducedMotion: "reduce" });
    await go();
    await bound(page);
    await fillIn(page, "axe@tolerie.example");
    await answerQuestion(page);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run(document));
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
  });
}
