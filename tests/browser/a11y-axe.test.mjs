// A11Y-01: axe with every rule, in every state that a visitor can bring about; our own rules look on in each of them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answer, bound, broken, decline, fillIn, gallery, opened, overflowing, violations } from "./a11y.mjs";
import { open } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

// What our own rules said, state by state; the tests at the end read it.
const states = [];

// Looks at the page as it is now: whole, or a part where the rest has not changed since.
async function look(page, state, part) {
  const found = await violations(page, part);
  states.push({ state, broken: await broken(page) });
  assert.deepEqual(found, [], state);
  assert.deepEqual(await overflowing(page), [], `${state}: nothing is wider than the screen`);
}

const ways = [];
for (const width of [320, 1280]) for (const colorScheme of ["light", "dark"]) ways.push({ width, colorScheme });
// For pages that are as another but for their words: each language has half of the ways.
const half = (path) => (path.startsWith("/en/") ? ways.slice(1, 3) : [ways[0], ways[3]]);

// Each has a page of its own, so that several go on at a time.
describe("the crawl", { concurrency: 3 }, () => {
  for (const path of ["/", "/en/", "/machines/", "/en/machines/"]) {
    for (const way of path.includes("machines") ? half(path) : ways) {
      const { colorScheme, width } = way;
      const named = `${path} ${colorScheme} ${width}`;
      // With these answers one pact makes an offer and takes a refusal, the other neither.
      const whole = !path.includes("machines");
      test(`A11Y-01 ${named}: before consent, each question, answered, ${whole ? "declined, offered, " : ""}sent, and back`, async () => {
        const { page, context, seen } = await opened(site, path, way);
        await bound(page);
        await look(page, `${named} at first`);
        if (colorScheme === "light") {
          await page.click(".consent summary");
          await look(page, `${named} consent unfolded or folded`, ".consent");
        }
        await page.click(".consent__choice button:first-of-type");
        await page.click("form[data-leadpact] button[type=submit]");
        await look(page, `${named} refused by the browser`, ".ask__form");
        await fillIn(page, `axe${states.length}@tolerie.example`);
        let asked = 0;
        for (let more = true; more && asked < 9; asked += 1) {
          await look(page, `${named} question ${asked + 1}`, ".ask__form");
          more = Boolean(await answer(page));
        }
        assert.ok(asked > 1, "questions were asked");
        await look(page, `${named} all answered`);
        assert.equal(await page.locator(".leadpact-offer").isVisible(), whole);
        assert.equal(await decline(page), whole);
        if (whole) await look(page, `${named} declined`, ".ask__form");
        await page.click("form[data-leadpact] button[type=submit]");
        await page.waitForURL(/thanks|merci/);
        assert.deepEqual(await violations(page), [], `${named} sent`);
        await page.goBack({ waitUntil: "commit" });
        await page.waitForSelector("form[data-leadpact] .leadpact-questions"); // as it was left
        await look(page, `${named} come back to`, ".ask__form");
        assert.deepEqual(seen.errors, []);
        await context.close();
      });
    }
  }

  for (const path of ["/gallery/", "/en/gallery/", "/gallery/bare/", "/en/gallery/bare/", "/gallery/own/", "/en/gallery/own/"]) {
    for (const way of half(path)) {
      const { colorScheme, width } = way;
      const named = `${path} ${colorScheme} ${width}`;
      test(`A11Y-01 ${named}: every kind of field, answered, declined, hidden, offer, errors, mended`, async () => {
        const { page, context, seen } = await gallery(site, path, way);
        // axe takes a page without a background for white, even where the browser paints it dark: say what it paints.
        if (path.endsWith("/bare/")) await page.evaluate(() => (document.documentElement.style.background = "Canvas"));
        await look(page, `${named} every kind`);
        await page.click("#errors > button");
        await page.waitForSelector("#errors .leadpact-error");
        await look(page, `${named} errors`, "#errors");
        await page.fill("#errors [name=work_email]", "ada@tolerie.example");
        await page.check("#errors [name=several][value=no]");
        await look(page, `${named} one error left`, "#errors");
        await page.check("#errors [name=tools][value=erp]");
        assert.equal(await page.locator(".leadpact-error").count(), 0);
        await look(page, `${named} errors mended`, "#errors");
        await page.check("#hidden [name=several][value=no]");
        assert.ok(await page.locator("#hidden [name=sites]").isHidden());
        await look(page, `${named} a question hidden`, "#hidden");
        assert.deepEqual(seen.errors, []);
        await context.close();
      });
    }
  }

  for (const path of ["/tarifs/", "/en/pricing/", "/confidentialite/", "/en/privacy/", "/leads", "/leads?lang=en", "/thanks", "/thanks?lang=en"]) {
    test(`A11Y-01 ${path}: a page without a form`, async () => {
      for (const way of [ways[0], ways[3]]) {
        const { page, context } = await opened(site, path, way);
        assert.deepEqual(await violations(page), [], JSON.stringify(way));
        assert.deepEqual(await overflowing(page), [], JSON.stringify(way));
        await context.close();
      }
    });
  }
});

const said = {
  "A11Y-02": "each question has a label in sight",
  "A11Y-03": "choices stand in a fieldset with its legend",
  "A11Y-04": "no ARIA where HTML does it",
  "A11Y-08": "one status and one alert region in each form",
  "A11Y-09": "inputs about the person say what fills them in",
  "A11Y-10": "whether an answer is required stands in its label",
  "A11Y-15": "no empty lang",
};
for (const [id, what] of Object.entries(said)) {
  test(`${id} in every state of the crawl: ${what}`, () => {
    assert.ok(states.length > 150, `${states.length} states were looked at`);
    const wrong = states.flatMap(({ state, broken }) => broken.filter((line) => line.startsWith(id)).map((line) => `${state}: ${line}`));
    assert.deepEqual(wrong.slice(0, 10), []);
  });
}

test("A11Y-01 to A11Y-10: axe and our rules find what is spoilt on purpose", async () => {
  const { page } = await gallery(site, "/en/gallery/bare/");
  await page.evaluate(() => {
    const of = (css) => document.querySelector(`#kinds ${css}`);
    of("[name=people]").setAttribute("aria-expanded", "false");
    of("[name=job]").labels[0].hidden = true;
    of("[name=work_email]").removeAttribute("autocomplete");
    of("[name=work_email]").labels[0].querySelector("span").textContent = "*";
    of("[name=direct_phone]").setAttribute("autocomplete", "phone-number");
    of("legend").remove();
    of("[role=alert]").hidden = true;
    of("[name=website]").setAttribute("lang", "");
    of("[name=story]").labels[0].style.color = "#ccc";
  });
  const own = (await broken(page)).map((line) => line.slice(0, 7));
  for (const id of Object.keys(said)) assert.ok(own.includes(id), `${id} among ${own}`);
  const found = (await violations(page)).map((line) => line.split(":")[0]);
  for (const rule of ["autocomplete-valid", "aria-allowed-attr", "color-contrast"]) assert.ok(found.includes(rule), `${rule} among ${found}`);
});
