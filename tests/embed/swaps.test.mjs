// Libraries that exchange parts of the page, or all of it, while the module runs on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { delivered, drive, fill, open, ready, shows, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const thanks = { then: (page) => page.getByRole("heading", { name: "Thanks" }).waitFor() };
const named = (page, name) => page.getByRole("button", { name }).or(page.getByRole("link", { name }));
// A page that was loaded anew would have lost this.
const mark = (page) => page.evaluate(() => (window.same = true));
const isSame = (page) => page.evaluate(() => window.same === true);

async function hide(page) {
  await named(page, "Hide").click();
  await page.getByText("No form here.").waitFor();
}
async function show(page) {
  await named(page, "Show").click();
  await page.locator("form").waitFor();
}

const openers = { htmx: show, htmx2: show, turbo: () => {}, astro: () => {} };
for (const [name, open] of Object.entries(openers)) {
  test(`EMB-03: a form of ${name} is scored, asked one more question, and delivered once`, async () => {
    await drive(site, `/${name}/`, `visitor@${name}.example`, { open, ...thanks });
  });

  test(`EMB-03: a form that ${name} takes away and brings back is scored and delivered like the first`, async () => {
    const { page, context, wrong } = await visit(site, `/${name}/`);
    await mark(page);
    await open(page);
    await ready(page);
    await fill(page, `first@${name}.example`);
    await hide(page);
    await show(page);
    await ready(page, 2);
    const shown = await fill(page, `again@${name}.example`);
    assert.ok(await isSame(page), "the page was not loaded anew");
    await page.getByRole("button", { name: "Send" }).click();
    await thanks.then(page);
    delivered(site, `again@${name}.example`, shown, wrong);
    await context.close();
  });
}

// Each keeps the page in a way of its own: as a copy of its nodes, not at all, as text with our questions in it.
const leavers = { turbo: "Hide", astro: "Hide", htmx2: "Leave" };
for (const [name, leave] of Object.entries(leavers)) {
  test(`EMB-03: the browser's way back to a form of ${name} shows it with one region, and delivers it`, async () => {
    const { page, context, wrong } = await visit(site, `/${name}/`);
    await mark(page);
    await openers[name](page);
    await ready(page);
    await fill(page, `left@${name}.example`);
    await named(page, leave).click();
    await page.getByText("No form here.").waitFor();
    await page.goBack();
    await ready(page, 2);
    assert.ok(await isSame(page), "the page was not loaded anew");
    await page.fill("[name=email]", `back@${name}.example`);
    await page.selectOption("[name=team]", "11+");
    await page.check("[name=soon][value=yes]");
    await shows(page, 60);
    assert.deepEqual(await Promise.all([".leadpact-questions", "[name=soon]"].map((part) => page.locator(part).count())), [1, 2]);
    await page.getByRole("button", { name: "Send" }).click();
    await thanks.then(page);
    delivered(site, `back@${name}.example`, 60, wrong);
    await context.close();
  });
}

test("EMB-01: a React form in an Astro island, drawn on the server, is scored, asked one more question, and delivered once", async () => {
  await drive(site, "/astro/island/", "visitor@island.example");
});
