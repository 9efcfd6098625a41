// Frameworks that own the form's markup and its state.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { delivered, drive, fill, open, ready, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const NAMES = ["react", "react-dev", "vue", "svelte"];
const thanks = { then: (page) => page.getByRole("heading", { name: "Thanks" }).waitFor() };
const state = (page) => page.locator("#state").textContent().then(JSON.parse);
const holds = (page, wanted) => page.waitForFunction((wanted) => document.querySelector("#state").textContent === wanted, JSON.stringify(wanted));
const send = async (page) => {
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL("**/thanks");
};
const record = (email) => JSON.parse(site.leads(email)[0].leadpact);

for (const name of NAMES) {
  test(`EMB-03: a form of ${name} is scored, asked one more question, and delivered once`, async () => {
    await drive(site, `/${name}/`, `visitor@${name}.example`);
  });

  test(`EMB-03: a form of ${name} that comes again is scored and delivered like the first`, async () => {
    const { page, context, wrong } = await visit(site, `/${name}/`);
    await ready(page);
    await fill(page, `first@${name}.example`);
    for (const expected of [0, 1]) {
      await page.getByRole("button", { name: "Toggle" }).click();
      assert.equal(await page.locator("form").count(), expected);
    }
    await ready(page, 2);
    assert.deepEqual(await state(page), { email: "", team: "" });
    const shown = await fill(page, `again@${name}.example`);
    await send(page);
    delivered(site, `again@${name}.example`, shown, wrong);
    assert.equal(site.leads(`first@${name}.example`).length, 0);
    await context.close();
  });

  test(`EMB-05: an answer that comes back after consent reaches the state of ${name}`, async () => {
    const { page, context, wrong } = await visit(site, `/${name}/`);
    const agree = () => page.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test" }));
    await ready(page);
    await agree();
    await page.selectOption("[name=team]", "11+");
    await page.fill("[name=email]", `memory@${name}.example`);
    await page.check("[name=soon][value=no]");
    await send(page);
    await page.goto(`${site.address}/${name}/`);
    await ready(page);
    assert.deepEqual(await state(page), { email: "", team: "" });
    await agree();
    await holds(page, { email: "", team: "11+" });
    assert.equal(await page.inputValue("[name=team]"), "11+");
    await page.selectOption("[name=team]", "1-10");
    await holds(page, { email: "", team: "1-10" });
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test(`EMB-05: what ${name} sets in its state without an event is in the record`, async () => {
    const { page, context, wrong } = await visit(site, `/${name}/`);
    const email = `state@${name}.example`;
    await ready(page);
    await page.fill("[name=email]", email);
    await page.getByRole("button", { name: "Example" }).click();
    await holds(page, { email, team: "11+" });
    assert.equal(await page.inputValue("[name=team]"), "11+");
    await send(page);
    assert.deepEqual([record(email).facts.team, record(email).assessment.score], ["11+", 40]);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test(`EMB-05: what a browser fills into a form of ${name} without an event is in the record`, async () => {
    const { page, context, wrong } = await visit(site, `/${name}/`);
    const email = `autofill@${name}.example`;
    await ready(page);
    await page.fill("[name=email]", email);
    await page.locator("[name=team]").evaluate((select) => (select.selectedIndex = 2));
    await send(page);
    assert.deepEqual([record(email).facts.team, record(email).assessment.score], ["11+", 40]);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

for (const name of ["react", "react-dev"]) {
  for (const way of ["fetch", "action"]) {
    test(`EMB-05: a form that ${name} sends by ${way} carries the record`, async () => {
      await drive(site, `/${name}/?way=${way}`, `${way}@${name}.example`, thanks);
    });
  }
}

test("EMB-03: a form of react that goes while it is being sent is delivered once, without a word", async () => {
  const { page, context, wrong } = await visit(site, "/react/?way=fetch");
  const email = "gone@react.example";
  let release;
  const released = new Promise((then) => (release = then));
  await page.route("**/leads", async (route) => {
    await released;
    await route.continue();
  });
  await ready(page);
  const shown = await fill(page, email);
  await Promise.all([page.waitForRequest("**/leads"), page.getByRole("button", { name: "Send" }).click()]);
  await page.getByRole("button", { name: "Toggle" }).click();
  assert.equal(await page.locator("form").count(), 0);
  release();
  await thanks.then(page);
  delivered(site, email, shown, wrong);
  await context.close();
});
