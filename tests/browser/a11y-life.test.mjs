// A11Y-09, A11Y-11, A11Y-14 to A11Y-16: what is filled in, known already, hidden, in another language, or come back to.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { broken, pact, small, tree, violations } from "./a11y.mjs";
import { bound, events, open } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const goOn = async (page) => {
  await page.fill("[name=email]", "ada@b.example");
  await page.press("[name=email]", "Tab");
};
const heard = (page) => page.evaluate(() => window.heard);
const asked = async (page) => (await events(page, "asked")).map(({ field }) => field);
const all = (fields, more) => ({
  ...pact, fields: [pact.fields[0], ...fields],
  qualification: { threshold: 0, needs: fields.map(({ id }) => id) }, asking: { mode: "queue", per_step: 9 }, ...more,
});

test("A11Y-09 each kind about the person has its token, the pact's own goes first, others have none", async () => {
  const field = (id, kind, autocomplete) => ({ id, kind, label: id, autocomplete });
  const given = all([field("mail", "email"), field("phone", "phone"), field("site", "url"), field("job", "text", "organization-title"), field("desk", "phone", "work tel"), field("note", "paragraph"), field("many", "number")]);
  const { page } = await small(site, "en", { given });
  await goOn(page);
  const tokens = await page.locator(".leadpact-question [name]").evaluateAll((inputs) => Object.fromEntries(inputs.map((input) => [input.name, input.getAttribute("autocomplete")])));
  assert.deepEqual(tokens, { mail: "email", phone: "tel", site: "url", job: "organization-title", desk: "work tel", note: null, many: null });
  assert.deepEqual(await violations(page, "form"), []);
});

test("A11Y-11 what was answered in the page itself is not asked", async () => {
  const { page } = await small(site, "en", { inputs: '<label>Budget? <select name="budget"><option value=""></option><option value="yes">yes</option></select></label>' });
  await goOn(page);
  await page.selectOption("[name=budget]", "yes");
  assert.deepEqual((await asked(page)).filter((field) => field === "budget"), []);
  assert.equal(await page.locator("[name=budget]").count(), 1);
});

test("A11Y-11 what was remembered stands in the form, is not asked again, and can be corrected", async () => {
  const given = { ...pact, qualification: { threshold: 0, needs: ["budget", "soon"] } };
  const { page } = await small(site, "en", { given });
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  await goOn(page);
  await page.check("[name=budget][value=yes]");
  await page.evaluate(() => window.LeadPact.export());
  await page.reload();
  await bound(page);
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  await page.press("[name=email]", "Tab");
  await page.fill("[name=email]", "ada@b.example");
  await page.press("[name=email]", "Tab");
  await page.waitForSelector("[name=budget]");
  assert.ok(!(await asked(page)).includes("budget"), "it is shown, not asked");
  assert.ok(await page.isChecked("[name=budget][value=yes]"));
  await page.check("[name=budget][value=no]");
  const { facts } = await page.evaluate(() => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")));
  assert.equal(facts.budget, false);
  assert.deepEqual(await broken(page), []);
});

test("A11Y-11 what was declined is not asked again", async () => {
  const given = all([{ id: "budget", label: "Budget?", kind: "yes_no", decline: true }, pact.fields[3]]);
  const { page } = await small(site, "en", { given });
  await goOn(page);
  await page.check("[name=budget][data-leadpact-declines]");
  await page.check("[name=soon][value=yes]");
  assert.deepEqual((await asked(page)).filter((field) => field === "budget").length, 1);
  assert.equal(await page.locator("[name=budget][value=yes]").count(), 1);
});

test("A11Y-14 the honeypot is in no accessibility tree and on no keyboard's way, and nothing fills it in", async () => {
  const names = [];
  for (let visit = 0; visit < 2; visit += 1) {
    const { page } = await small(site, "en", { attributes: "data-leadpact-honeypot" });
    const trap = page.locator(".leadpact-questions [aria-hidden=true] input");
    names.push(await trap.getAttribute("name"));
    assert.deepEqual([await trap.getAttribute("tabindex"), await trap.getAttribute("autocomplete")], ["-1", "off"]);
    const boxes = (await tree(page)).filter(({ role }) => role === "textbox");
    assert.deepEqual(boxes.map(({ name }) => name), ["E-mail"]);
    const passed = [];
    await page.focus("[name=email]");
    for (let step = 0; step < 6; step += 1) {
      await page.keyboard.press("Tab");
      passed.push(await page.evaluate(() => document.activeElement.name));
    }
    assert.ok(!passed.includes(names[visit]), passed.join());
    assert.deepEqual(await violations(page), []);
  }
  assert.notEqual(names[0], names[1], "its name is a new one each time");
});

test("A11Y-14 a visitor who takes an hour loses nothing", async () => {
  const { page } = await small(site);
  await goOn(page);
  await page.check("[name=budget][value=yes]");
  await page.clock.install();
  await page.clock.fastForward(3_600_000);
  assert.ok(await page.isChecked("[name=budget][value=yes]"));
  assert.equal(await page.inputValue("[name=email]"), "ada@b.example");
  assert.equal((await heard(page)).filter(({ role }) => role === "alert").length, 0);
});

// The language that a reader is told for each text: that of the nearest `lang`.
const languages = (page) =>
  page.locator(".leadpact-question :is(legend, label, p, span, option)").evaluateAll((all) =>
    all.filter((part) => [...part.childNodes].some((child) => child.nodeType === 3 && child.data.trim())).map((part) => [part.closest("[lang]").lang, [...part.childNodes].filter((child) => child.nodeType === 3).map(({ data }) => data.trim()).join("")]),
  );

test("A11Y-15 a text that the pact has only in English says so on a French page, and ours are French", async () => {
  const given = all([{ id: "team", kind: "number", label: { en: "Team size", fr: "Effectif" }, unit: { en: "people" }, help: { en: "A rough figure" } }]);
  const { page } = await small(site, "fr", { given });
  await goOn(page);
  assert.deepEqual(await languages(page), [["fr", "Effectif"], ["fr", "(facultatif)"], ["en", "A rough figure"], ["en", "people"]]);
});

test("A11Y-15 on a page in German, the pact's French says so, and what we say is English and says so", async () => {
  const { page } = await small(site, "de", { given: all([{ ...pact.fields[1], label: { fr: "Un budget ?" }, decline: true }], { locales: ["fr"] }) });
  await goOn(page);
  assert.deepEqual(await languages(page), [["fr", "Un budget ?"], ["en", "(optional)"], ["en", "Yes"], ["en", "No"], ["en", "I’d rather not say"]]);
  assert.equal(await page.getAttribute("[role=status]", "lang"), "en");
  assert.equal(await page.locator("[role=status] span").getAttribute("lang"), "fr");
  assert.deepEqual(await violations(page), []);
});

test("A11Y-15 where the languages are one, no lang is repeated", async () => {
  const { page } = await small(site, "fr");
  await goOn(page);
  assert.equal(await page.locator(".leadpact-questions [lang]").count(), 0);
});

// `unload` keeps Chromium from keeping the page: it is loaded anew, and its inputs are filled by the browser, which knows a
// form again by its first two inputs: one of them alone would not do, as our question would be the second.
for (const [how, script] of [["kept whole", ""], ["loaded anew", "addEventListener('unload', () => {})"]]) {
  test(`A11Y-16 a page come back to, ${how}, follows what stands in its form and announces nothing`, async () => {
    const { page } = await small(site, "en", { inputs: `<label>Name <input name="person"></label><script>${script}</script>` });
    await page.evaluate(() => addEventListener("pageshow", ({ persisted }) => (window.persisted = persisted)));
    await page.fill("[name=person]", "Ada");
    await goOn(page);
    await page.check("[name=budget][value=yes]");
    await page.fill("[name=why]", "because");
    const before = await heard(page);
    await page.goto(`${site.address}/thanks`);
    await page.goBack({ waitUntil: "commit" });
    await page.waitForFunction(() => document.querySelector(".leadpact-questions"));
    await bound(page);
    if (how === "kept whole") {
      assert.equal(await page.evaluate(() => window.persisted), true);
      assert.equal(await page.inputValue("[name=why]"), "because");
      assert.ok(await page.isChecked("[name=budget][value=yes]"));
      assert.deepEqual(await heard(page), before, "nothing is told twice");
    } else {
      assert.equal(await page.evaluate(() => window.persisted), undefined);
      assert.deepEqual(await heard(page), []);
      assert.equal(await page.locator(".leadpact-question").count(), 0, "no question comes by itself");
    }
    assert.equal(await page.inputValue("[name=email]"), "ada@b.example");
    const { facts } = await page.evaluate(() => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")));
    assert.equal(facts.email, "ada@b.example");
    assert.deepEqual(await broken(page), []);
  });
}

test("A11Y-16 a whole form filled by hand is told once a step", async () => {
  const { page } = await small(site);
  await goOn(page);
  await page.check("[name=budget][value=yes]");
  await page.fill("[name=why]", "because");
  await page.press("[name=why]", "Tab");
  await page.check("[name=soon][value=yes]");
  assert.deepEqual((await heard(page)).map(({ text }) => text), ["Budget?", "Why?", "Soon?"].map((label) => `A question was added: ${label}`));
});

test("A11Y-17 the statement says the same in both languages, and the tests it names exist", () => {
  const read = readFileSync(new URL("../../docs/accessibility.md", import.meta.url), "utf8");
  const [english, french] = read.split("\n## Français");
  assert.ok(french);
  for (const mark of ["| ", "- ", "### "]) {
    const [en, fr] = [english, french].map((part) => part.split("\n").filter((line) => line.startsWith(mark)).length);
    assert.equal(en, fr, `lines that begin with ${mark}`);
  }
  for (const text of [english, french]) {
    for (const name of ["WCAG 2.2", "RGAA 4.1.2", "EN 301 549", "NVDA", "JAWS", "VoiceOver"]) assert.ok(text.includes(name), name);
    for (const [, folder, name] of text.matchAll(/`(engines\/)?(a11y[a-z-]*)`/g)) assert.ok(existsSync(new URL(`../${folder ?? "browser/"}${name}.test.mjs`, import.meta.url)), name);
  }
});
