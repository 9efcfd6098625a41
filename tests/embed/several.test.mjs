// More than one of anything in a page: modules, versions, forms, pacts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { delivered, fill, open, ready, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const html = readFileSync(new URL("fixtures/plain/index.html", import.meta.url), "utf8");
const [form] = html.match(/<form[^]*<\/form>/);
const load = (...addresses) => addresses.map((address) => `<script type="module" src="${address}"></script>`).join("\n");
const NEW = "/leadpact/leadpact.js";
const OTHER = "/other/leadpact/leadpact.js"; // another build, with another module beside it
const pact = JSON.parse(readFileSync(new URL("pact.json", import.meta.url), "utf8"));

// Each form in a section of its own, which shows its score.
const section = (id, form) => `<section id="${id}">${form}<p>Score: <output>0</output></p></section>`;
const pageWith = (sections, scripts) =>
  `<!doctype html><html lang="en"><title>Several</title><link rel="icon" href="data:,">${sections}${scripts}${load("/each.js")}`;
const each = `document.addEventListener("leadpact:assessed", ({ target, detail }) => {
  target.closest("section").querySelector("output").textContent = detail.score;
});`;
async function opened(sections, scripts) {
  site.pages.set("/each.js", each);
  site.pages.set("/several.html", pageWith(sections, scripts));
  return visit(site, "/several.html");
}
const send = async (page, where) => {
  await where.getByRole("button", { name: "Send" }).click();
  await page.waitForURL("**/thanks");
};
const globals = (page) => page.evaluate(() => Object.keys(window).filter((name) => /pact/i.test(name)));

const loads = {
  "the same address twice": [NEW, NEW],
  "two addresses": [NEW, `${NEW}?again`],
  "two versions, this one first": [NEW, OTHER],
  "two versions, the other one first": [OTHER, NEW],
};
for (const [what, addresses] of Object.entries(loads)) {
  test(`EMB-02: a page that loads the module from ${what} binds its form once and sends one record`, async () => {
    const { page, context, wrong } = await opened(section("a", form), load(...addresses));
    await ready(page);
    const email = `visitor@${Object.keys(loads).indexOf(what)}.example`;
    const shown = await fill(page, email);
    const apis = await page.evaluate(async (all) => {
      const modules = await Promise.all(all.map((address) => import(address)));
      const pact = await (await fetch("/pact.json")).json();
      await Promise.all(modules.map(({ ready }) => ready()));
      return modules.map(({ attach, Lead }) => [attach === window.LeadPact.attach, new Lead(pact).score]);
    }, addresses);
    assert.deepEqual(apis, addresses.map(() => [true, 0]), "one of them serves");
    assert.deepEqual([await page.evaluate(() => window.ready), await globals(page)], [1, ["LeadPact", "leadpact"]]);
    await send(page, page);
    delivered(site, email, shown, wrong);
    await context.close();
  });
}

test("EMB-02: two forms in a page are scored apart, and each sends what it showed", async () => {
  const { page, context, wrong } = await opened(section("a", form) + section("b", form), load(NEW));
  const [first, second] = ["#a", "#b"].map((id) => page.locator(id));
  await ready(page, 2);
  await first.locator("[name=email]").fill("only@first.example");
  assert.equal(await second.locator("output").textContent(), "0");
  await first.locator("[name=email]").fill("");
  await fill(first, "visitor@first.example");
  const shown = await fill(second, "visitor@second.example");
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
  assert.equal(new Set(ids).size, ids.length, "no id stands twice");
  await send(page, second);
  delivered(site, "visitor@second.example", shown, wrong);
  assert.deepEqual(site.leads("visitor@first.example"), []);
  await context.close();
});

test("EMB-02: two pacts in a page score each form by its own", async () => {
  const doubled = pact.criteria.map((criterion) => ({ ...criterion, points: criterion.points * 2 }));
  site.pages.set("/double.json", JSON.stringify({ ...pact, id: "double", criteria: doubled, qualification: { threshold: 100 } }));
  const { page, context, wrong } = await opened(section("a", form) + section("b", form.replace("/pact.json", "/double.json")), load(NEW));
  await ready(page, 2);
  const other = page.locator("#b");
  await other.locator("[name=email]").fill("visitor@double.example");
  await other.locator("[name=team]").selectOption("11+");
  await other.locator("[name=soon][value=yes]").check();
  assert.equal(await other.locator("output").textContent(), "120");
  const shown = await fill(page.locator("#a"), "visitor@single.example");
  await send(page, page.locator("#a"));
  assert.equal(delivered(site, "visitor@single.example", shown, wrong).pact.id, "embed");
  await context.close();
});
