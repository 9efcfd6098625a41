// A11Y-05 to A11Y-08: what people who use the keyboard, or hear the page, meet.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gallery, small, tree } from "./a11y.mjs";
import { events, open } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const heard = (page) => page.evaluate(() => window.heard);
const active = (page) => page.evaluate(() => document.activeElement.name || document.activeElement.textContent.trim());
const keys = async (page, text, ...more) => {
  await page.keyboard.type(text);
  for (const key of more) await page.keyboard.press(key);
};
const told = { en: "A question was added: Budget?", fr: "Une question a été ajoutée\u00a0: Un budget ?" };
for (const lang of ["en", "fr"]) {
  test(`A11Y-05 keyboard run (${lang}): Tab reaches the question its answer brought, and it is told once`, async () => {
    const { page } = await small(site, lang, { inputs: '<label>Trade <select name="trade"><option>a</option><option>b</option></select></label>' });
    await page.focus("[name=email]");
    await keys(page, "ada@b.example", "Tab");
    assert.equal(await active(page), "trade", "what follows in the page comes first");
    await page.keyboard.press("ArrowDown");
    assert.equal(await active(page), "trade", "the focus stays where it was");
    assert.deepEqual(await heard(page), [{ role: "status", text: told[lang], wasEmpty: true }]);
    await page.keyboard.press("Tab");
    assert.equal(await active(page), "budget");
    const after = await page.evaluate(() => document.querySelector("[name=trade]").compareDocumentPosition(document.querySelector(".leadpact-question")));
    assert.ok(after & 4, "the question comes after in the document");
    await page.keyboard.press("Space");
    assert.equal(await active(page), "budget");
    assert.equal((await events(page, "asked")).length, 2, "the answer brought the next one");
    await page.keyboard.press("Tab");
    assert.equal(await active(page), "why");
    await page.keyboard.press("Shift+Tab");
    assert.equal(await active(page), "budget", "and the way back is free");
  });

  test(`A11Y-05 accessibility tree (${lang}): names, groups, descriptions and states are there`, async () => {
    const { page } = await gallery(site, lang === "fr" ? "/gallery/bare/" : "/en/gallery/bare/");
    const nodes = await tree(page);
    const of = (role, name) => nodes.find((node) => node.role === role && node.name.startsWith(name));
    const words = lang === "fr"
      ? { job: "Votre fonction", help: "Telle qu’elle figure", people: "Effectif", unit: "personnes", group: "Votre rôle dans ce projet", no: "Je préfère ne pas répondre", mail: "E-mail professionnel (obligatoire)" }
      : { job: "Your job title", help: "As your business card", people: "People in the company", unit: "people", group: "Your part in this project", no: "I’d rather not say", mail: "Work e-mail (required)" };
    assert.ok(of("textbox", words.job).description.startsWith(words.help));
    assert.ok(of("spinbutton", words.people).description.includes(words.unit));
    assert.ok(of("group", words.group));
    assert.ok(of("radio", words.no));
    assert.equal(of("textbox", words.mail).required, true);
    assert.ok(nodes.some(({ role, checked }) => role === "radio" && String(checked) === "true"), "an answer shows as checked");
    assert.ok(nodes.some(({ role }) => role === "combobox" || role === "ComboBoxMenuList"));
    for (const { role, name } of nodes.filter(({ focusable, role }) => focusable && !["RootWebArea", "alert"].includes(role))) assert.notEqual(name, "", `a ${role} has a name`);
  });
}

test("A11Y-05 a question that is due while the focus is past its place waits", async () => {
  const { page } = await small(site);
  await page.focus("button");
  await page.evaluate(() => {
    const email = document.querySelector("[name=email]");
    email.value = "ada@b.example";
    for (const type of ["input", "change"]) email.dispatchEvent(new Event(type, { bubbles: true }));
  });
  assert.equal(await page.locator(".leadpact-question").count(), 0);
  assert.deepEqual(await heard(page), []);
});

test("A11Y-06 typed text and caret survive while the question before changes its answer 20 times", async () => {
  const { page } = await small(site);
  await page.focus("[name=email]");
  await keys(page, "ada@b.example", "Tab", "Space", "Tab");
  assert.equal(await active(page), "why");
  await keys(page, "half a sentence", "ArrowLeft", "ArrowLeft", "ArrowLeft");
  const same = await page.evaluate(() => {
    const why = document.querySelector("[name=why]");
    const [on, off] = document.querySelectorAll("[name=budget]");
    const order = () => [...document.querySelectorAll(".leadpact-question")].map((box) => box.textContent);
    const before = order();
    for (let turn = 0; turn < 20; turn += 1) {
      // Not a click, which would take the focus along: as a script or another device would do it.
      const one = turn % 2 ? on : off;
      one.checked = true;
      for (const type of ["input", "change"]) one.dispatchEvent(new Event(type, { bubbles: true }));
    }
    return { kept: why === document.querySelector("[name=why]") && why.isConnected, order: String(before) === String(order().slice(0, before.length)), value: why.value };
  });
  assert.deepEqual(same, { kept: true, order: true, value: "half a sentence" });
});

test("A11Y-06 what is typed in one question is not moved by answers to another", async () => {
  const { page } = await gallery(site, "/en/gallery/bare/");
  const job = page.locator("#kinds [name=job]");
  await job.fill("");
  await job.focus();
  await page.keyboard.type("Head of ");
  await page.keyboard.press("Home");
  for (let turn = 0; turn < 20; turn += 1) {
    await page.evaluate((at) => {
      const one = document.querySelectorAll("#kinds [name=several]")[at % 2];
      one.checked = true;
      for (const type of ["input", "change"]) one.dispatchEvent(new Event(type, { bubbles: true }));
    }, turn);
    await page.keyboard.type(String(turn % 10));
  }
  const { name, value, caret } = await page.evaluate(() => ({ name: document.activeElement.name, value: document.activeElement.value, caret: document.activeElement.selectionStart }));
  assert.deepEqual({ name, value, caret }, { name: "job", value: "01234567890123456789Head of ", caret: 20 });
});

const words = {
  "/gallery/bare/": { summary: "3 réponses sont à revoir", mail: "E-mail professionnel – Indiquez une adresse e-mail, par exemple nom@exemple.fr.", at: "Indiquez une adresse e-mail, par exemple nom@exemple.fr.", people: "Indiquez 5000 ou moins." },
  "/en/gallery/bare/": { summary: "3 answers need another look", mail: "Work e-mail – Enter an e-mail address, such as name@example.com.", at: "Enter an e-mail address, such as name@example.com.", people: "Enter 5000 or less." },
};
for (const [path, { summary, mail, at, people }] of Object.entries(words)) {
  test(`A11Y-07 errors by keyboard alone (${path}): summary, links, the same words at the field, with an example`, async () => {
    const { page } = await gallery(site, path);
    await page.focus("#errors [name=work_email]");
    await keys(page, "ada", "Enter");
    await page.waitForSelector("#errors .leadpact-error");
    const focused = () => page.evaluate(() => ({ role: document.activeElement.role, text: document.activeElement.textContent, name: document.activeElement.name }));
    const first = await focused();
    assert.equal(first.role, "alert", "the summary has the focus");
    assert.ok(first.text.startsWith(summary), first.text);
    await page.keyboard.press("Tab");
    assert.equal((await focused()).text, mail);
    const targets = await page.locator("#errors .leadpact-errors a").evaluateAll((links) => links.map(({ hash }) => document.getElementById(hash.slice(1))?.name));
    assert.deepEqual(targets, ["work_email", "tools", "several"], "each link leads to its question, without a script too");
    await page.keyboard.press("Enter");
    assert.equal((await focused()).name, "work_email");
    const said = await page.evaluate(() => {
      const input = document.activeElement;
      return { invalid: input.getAttribute("aria-invalid"), described: input.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent) };
    });
    assert.deepEqual(said, { invalid: "true", described: [at] });
    const node = (await tree(page)).find(({ role, invalid }) => role === "textbox" && invalid === "true");
    assert.equal(node.description, at);
    await page.keyboard.press("End");
    await keys(page, "@b.example", "Tab");
    assert.equal(await page.locator("#errors [name=work_email]").getAttribute("aria-invalid"), null);
    assert.equal((await focused()).name, "people");
    await keys(page, "9999", "Enter");
    await page.waitForFunction((text) => document.querySelector("#errors .leadpact-errors").textContent.includes(text), people);
  });
}

test("A11Y-07 without a question of ours in the way, the browser says what is wrong, and we nothing", async () => {
  const { page } = await small(site, "en", { inputs: '<label>Name <input name="person" required></label>' });
  await page.click("button");
  assert.equal(await active(page), "person");
  assert.equal(await page.textContent("[role=alert]"), "");
});

test("A11Y-07 the browser's bubbles stay away while ours are up, and every wrong input has its line", async () => {
  const { page } = await gallery(site, "/en/gallery/bare/");
  await page.fill("#errors [name=organisation]", "");
  await page.click("#errors > button");
  await page.waitForSelector("#errors .leadpact-error");
  const lines = await page.locator("#errors .leadpact-errors li").allTextContents();
  assert.equal(lines.length, 4);
  assert.match(lines[0], /^Company/);
});

for (const lang of ["en", "fr"]) {
  test(`A11Y-08 live regions (${lang}) are there and empty before anything is said in them`, async () => {
    const { page } = await small(site, lang);
    const roles = await page.evaluate(() => [...document.querySelectorAll(".leadpact-questions [role]")].map(({ role, textContent }) => [role, textContent]));
    assert.deepEqual(roles, [["status", ""], ["alert", ""]]);
    const live = (await tree(page)).filter(({ role }) => ["status", "alert"].includes(role)).map(({ role, live }) => [role, live]);
    assert.deepEqual(live, [["status", "polite"], ["alert", "assertive"]]);
    await page.focus("[name=email]");
    await keys(page, "ada@b.example", "Tab");
    await page.check("[name=budget][value=no]");
    await page.click("button");
    await page.waitForSelector(".leadpact-error");
    const said = await heard(page);
    assert.ok(said.length > 2);
    for (const { wasEmpty, text } of said) assert.ok(wasEmpty, text);
    assert.equal(said.at(-1).role, "alert");
  });
}

test("A11Y-08 an alert is emptied once every answer is right", async () => {
  const { page } = await gallery(site, "/en/gallery/bare/");
  await page.click("#errors > button");
  await page.waitForSelector("#errors .leadpact-error");
  await page.fill("#errors [name=work_email]", "ada@b.example");
  await page.check("#errors [name=tools][value=erp]");
  await page.check("#errors [name=several][value=no]");
  assert.equal(await page.textContent("#errors [role=alert]"), "");
});
