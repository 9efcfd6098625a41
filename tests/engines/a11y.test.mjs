// A11Y-01 in each engine: axe with every rule, on a small page and on the gallery; and what its users meet by keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { serve } from "../browser/server.mjs";
import { open } from "./visit.mjs";

let server;
before(async () => (server = await serve()));
after(() => server.close());

// As in tests/browser/a11y.mjs; the driver takes no promise of axe's own, so the page keeps what it says.
async function violations(tab, part) {
  await tab.run(`function () { ${axe.source} }`);
  await tab.run((part) => {
    const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    window.violations = undefined;
    window.axe.run(part ?? document, { runOnly: { type: "tag", values } }).then(({ violations }) => {
      window.violations = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
    });
  }, part);
  await tab.until(() => window.violations !== undefined);
  return tab.run(() => window.violations);
}

async function gallery(path) {
  const tab = await open(server);
  await tab.go(path);
  await tab.until(() => [...document.querySelectorAll("form[data-leadpact]")].every((form) => "galleryShown" in form.dataset));
  // The demo's questions fade in, and what is half there has half its contrast; in a tab that nobody sees it stays so.
  await tab.run(() => document.getAnimations().forEach((animation) => animation.finish()));
  return tab;
}

for (const path of ["/gallery/", "/en/gallery/own/", "/en/gallery/bare/"]) {
  test(`A11Y-01 axe in this engine: every kind of field, answers and errors (${path})`, async () => {
    const tab = await gallery(path);
    assert.deepEqual(await violations(tab), []);
    await tab.click("#errors > button");
    await tab.until(() => document.querySelector("#errors .leadpact-error"));
    assert.deepEqual(await violations(tab, "#errors"), []);
    assert.equal(await tab.run(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true);
  });
}

test("A11Y-07 A11Y-08 in this engine: the alert is there from the start, gets the focus, and is emptied when all is right", async () => {
  const tab = await gallery("/en/gallery/bare/");
  assert.equal(await tab.run(() => document.querySelector("#errors [role=alert]").textContent), "");
  await tab.click("#errors > button");
  await tab.until(() => document.activeElement.matches("#errors [role=alert]"));
  assert.match(await tab.run(() => document.activeElement.textContent), /3 answers need another look/);
  await tab.type("#errors [name=work_email]", "ada@b.example");
  await tab.click("#errors [name=tools][value=erp]");
  await tab.click("#errors [name=several][value=no]");
  assert.equal(await tab.run(() => document.querySelector("#errors [role=alert]").textContent), "");
});

test("A11Y-12 in this engine: targets have 44 px, and forms read from right to left have no overflow", async () => {
  const tab = await gallery("/gallery/bare/");
  const small = await tab.run(() =>
    [...document.querySelectorAll(".leadpact-option, .leadpact-question :is(select, textarea, input:not([type=radio], [type=checkbox]))")]
      .filter((target) => target.offsetParent && target.getBoundingClientRect().height < 44).map(({ outerHTML }) => outerHTML));
  assert.deepEqual(small, []);
  await tab.run(() => (document.documentElement.dir = "rtl"));
  assert.equal(await tab.run(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true);
});
