// The ways to load the module: as it is, and through each bundler.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { drive, open, ready, shows, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

for (const name of ["plain", "vite", "webpack", "esbuild", "rollup"]) {
  test(`EMB-01: a form served by ${name} is scored, asked one more question, and delivered once`, async () => {
    await drive(site, `/${name}/`, `visitor@${name}.example`);
  });
}

const scripts = {
  "classic/": "as a classic script",
  "classic/tag.html": "by a tag manager, after its queue",
  "classic/cached.html": "in one file with the page's scripts, with its wasm elsewhere",
};
for (const [path, how] of Object.entries(scripts)) {
  test(`EMB-01: a form whose module is loaded ${how} is scored, asked one more question, and delivered once`, async () => {
    await drive(site, `/${path}`, `visitor@${path.replace(/\W/g, "")}.example`);
  });
}

test("EMB-01: a form whose module and pact are on another host is scored, asked one more question, and delivered once", async () => {
  const assets = await open();
  const at = (file) => readFileSync(new URL(`fixtures/remote/${file}`, import.meta.url), "utf8").replace("ASSETS", assets.address);
  site.allowed = assets.address;
  for (const file of ["index.html", "queue.js"]) site.pages.set(`/remote/${file}`, at(file));
  await drive(site, "/remote/index.html", "visitor@remote.example");
  await assets.close();
});

test("EMB-01: a form with markup of its own for the question, and a hidden input for the score, is delivered with both", async () => {
  const { page, context, wrong } = await visit(site, "/own/");
  await ready(page);
  const question = page.locator("fieldset");
  assert.ok(await question.isHidden());
  await page.fill("[name=email]", "visitor@own.example");
  await page.selectOption("[name=team]", "11+");
  await question.getByLabel("Yes").check();
  await shows(page, 60);
  assert.equal(await page.locator("leadpact-questions .leadpact-questions").count(), 1);
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL("**/thanks");
  const [{ leadpact, lead_score, soon }] = site.leads("visitor@own.example");
  assert.deepEqual([JSON.parse(leadpact).assessment.score, lead_score, soon], [60, "60", "yes"]);
  assert.deepEqual(wrong, []);
  await context.close();
});
