// The adapters to consent managers: tarteaucitron and Klaro as they are published; the others as stand-ins that follow
// their makers' documentation, and are named so.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { adapter, klaro, module, standIns, tarteaucitron } from "./managers.mjs";
import { open, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const root = fileURLToPath(new URL("../../", import.meta.url));
const pkg = process.env.LEADPACT_PKG ?? join(root, "pkg");
const pact = {
  pact: 1,
  id: "consent",
  fields: [{ id: "email", label: "E-mail", kind: "email", ask: "always" }],
  signals: [{ id: "views", measure: "page_views" }],
  qualification: { threshold: 50 },
};
const page = (head) => `<!doctype html><html lang="en"><head><title>Test</title>${head}</head><body>
<form data-leadpact="/test.json" action="/leads" method="post"><label>E-mail <input name="email"></label><button>Send</button></form></body></html>`;

// A page on which every change of consent is noted, with these scripts in its head.
async function opened(head) {
  const visitor = await visit(site, { html: page(head), pact });
  await visitor.context.route("**/cmp/**", (route) => {
    const file = join(root, "node_modules", new URL(route.request().url()).pathname.slice("/cmp/".length));
    return existsSync(file) ? route.fulfill({ path: file }) : route.fulfill({ status: 404 });
  });
  await visitor.page.addInitScript(() => {
    window.said = [];
    document.addEventListener("leadpact:consent", ({ detail }) => window.said.push(`${detail.by}: ${detail.state}`));
  });
  await visitor.go();
  return visitor;
}
const said = (page) => page.evaluate(() => window.said);
const until = (page, expected) => page.waitForFunction((expected) => JSON.stringify(window.said) === JSON.stringify(expected), expected);

const recordOf = (page) => page.evaluate(async () => {
  await window.LeadPact.attach("form");
  return JSON.parse(new FormData(document.querySelector("form")).get("leadpact"));
});

// PRIV-11: the record says who heard it, and when; without consent it says that there is none.
async function attests(page, by) {
  const { consent } = await recordOf(page);
  assert.deepEqual([consent.behaviour, consent.by], [true, by]);
  assert.ok(Math.abs(Date.now() - Date.parse(consent.at)) < 60_000, consent.at);
}

test("PRIV-11: the record says what was agreed to, by whose word, when and to which text; without consent, that there is none", async () => {
  const { page } = await opened(module);
  assert.deepEqual((await recordOf(page)).consent, { behaviour: false });
  const said = { behaviour: true, by: "own banner", at: "2026-11-25T08:00:00Z", text_version: "v3" };
  await page.evaluate((said) => window.LeadPact.consent(said), said);
  assert.deepEqual((await recordOf(page)).consent, said);
  await page.evaluate(() => window.LeadPact.consent({ behaviour: false, by: "own banner" }));
  assert.deepEqual((await recordOf(page)).consent, { behaviour: false, by: "own banner" });
});

const orders = [
  ["before the module", (cmp, own) => `${cmp}${own}${module}`],
  ["after the module", (cmp, own) => `${module}${own}${cmp}`],
];

for (const [order, head] of orders) {
  test(`CONS-01: the published Klaro, loaded ${order}: unknown, granted, withdrawn, and granted again on the next page`, async () => {
    const { page, go } = await opened(head(klaro(), adapter("klaro", "leads")));
    await page.waitForFunction(() => window.LeadPact && window.klaro);
    await page.waitForTimeout(400);
    assert.deepEqual(await said(page), []);
    await page.evaluate(() => klaro.getManager().updateConsent("leads", true));
    await page.waitForTimeout(300);
    assert.deepEqual(await said(page), [], "CONS-02: a toggle that is not saved is no consent");
    await page.evaluate(() => klaro.getManager().saveAndApplyConsents());
    await until(page, ["klaro: granted"]);
    await attests(page, "klaro");
    await page.evaluate(() => (klaro.getManager().changeAll(false), klaro.getManager().saveAndApplyConsents()));
    await until(page, ["klaro: granted", "klaro: withdrawn"]);
    await page.evaluate(() => (klaro.getManager().changeAll(true), klaro.getManager().saveAndApplyConsents()));
    await go();
    await until(page, ["klaro: granted"]);
  });
}

for (const [order, head] of orders) {
  test(`CONS-01: the published tarteaucitron, loaded ${order}: unknown, granted, withdrawn, and granted again on the next page`, async () => {
    const { page, go } = await opened(head(tarteaucitron, adapter("tarteaucitron", "leads")));
    await page.waitForSelector("#tarteaucitronPersonalize2", { state: "attached" });
    await page.waitForFunction(() => window.LeadPact);
    await page.waitForTimeout(300);
    assert.deepEqual(await said(page), [], "CONS-02: a banner that is merely shown is no consent");
    await page.evaluate(() => tarteaucitron.userInterface.respondAll(true));
    await until(page, ["tarteaucitron: granted"]);
    await attests(page, "tarteaucitron");
    await page.evaluate(() => tarteaucitron.userInterface.respondAll(false));
    await until(page, ["tarteaucitron: granted", "tarteaucitron: withdrawn"]);
    await page.evaluate(() => tarteaucitron.userInterface.respondAll(true));
    await go();
    await until(page, ["tarteaucitron: granted"]);
  });
}

for (const [name, script] of Object.entries(standIns)) {
  for (const late of [false, true]) {
    test(`CONS-01: a stand-in for ${name}, there ${late ? "after" : "before"} the adapter: unknown, granted, withdrawn`, async () => {
      const { page } = await opened(`<script>{${script}}${late ? "" : ";window.ready()"}</script>${module}${adapter(name)}`);
      await page.waitForFunction(() => window.LeadPact);
      await page.waitForTimeout(300);
      if (late) await page.evaluate(() => window.ready());
      await page.waitForTimeout(500);
      assert.deepEqual(await said(page), [], "CONS-02: a default, a banner, a manager that waits are no consent");
      await page.evaluate(() => window.answer(true));
      await until(page, [`${name}: granted`]);
      await attests(page, name);
      await page.evaluate(() => (window.answer(true), window.answer(false)));
      await until(page, [`${name}: granted`, `${name}: withdrawn`]);
    });
  }
}

test("CONS-02: going on to another page is no consent, even where tarteaucitron is told to take it so", async () => {
  const { page, go } = await opened(`${tarteaucitron.replace("highPrivacy: true", "highPrivacy: false")}${module}${adapter("tarteaucitron", "leads")}`);
  await page.waitForSelector("#tarteaucitronPersonalize2", { state: "attached" });
  await go();
  await page.waitForTimeout(800);
  assert.deepEqual(await said(page), []);
});

test("CONS-02: a manager that never answers leaves consent unknown, and nobody waits for it longer than thirty seconds", async () => {
  const visitor = await visit(site, { html: page(`${module}${adapter("klaro")}`), pact });
  await visitor.page.clock.install();
  await visitor.page.addInitScript(() => {
    window.looked = 0;
    Object.defineProperty(window, "klaro", { get: () => ((window.looked += 1), undefined) });
    document.addEventListener("leadpact:consent", () => (window.heard = true));
  });
  await visitor.go();
  await visitor.page.waitForFunction(() => window.looked > 0);
  await visitor.page.clock.runFor(31_000);
  const looked = await visitor.page.evaluate(() => window.looked);
  await visitor.page.clock.runFor(60_000);
  assert.equal(await visitor.page.evaluate(() => window.looked), looked);
  assert.equal(await visitor.page.evaluate(() => Boolean(window.heard)), false);
});

test("CONS-04: of sources that disagree, the more private one holds", async () => {
  const { page } = await opened(module);
  await page.waitForFunction(() => window.LeadPact);
  const states = await page.evaluate(() => {
    const states = [];
    document.addEventListener("leadpact:consent", ({ detail }) => states.push(`${detail.by} ${detail.state}`));
    const say = (by, behaviour) => window.LeadPact.consent({ behaviour, by }, by);
    say("a", true);
    say("b", false);
    say("a", true);
    say("b", true);
    say("a", false);
    say("a", true);
    return states;
  });
  assert.deepEqual(states, ["a granted", "b withdrawn", "b withdrawn", "b granted", "a withdrawn", "a granted"]);
});

test("CONS-01: each adapter weighs at most a kilobyte, and a page that names none loads none", async () => {
  const files = readdirSync(join(pkg, "consent"));
  assert.equal(files.length, 7);
  for (const file of files) {
    const bytes = brotliCompressSync(readFileSync(join(pkg, "consent", file))).length;
    assert.ok(bytes <= 1024, `${file}: ${bytes}`);
  }
  const { page, seen } = await opened(module);
  await page.waitForFunction(() => window.LeadPact);
  assert.deepEqual(seen.requests.filter((request) => request.includes("/consent/")), []);
});
