// That a long task of ours would be seen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./site.mjs";
import { at } from "./small.mjs";
import { tasks, traced } from "./trace.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

test("PERF-03: a long task of a script is seen, with its time, and that of a script elsewhere is not", async () => {
  const works = "addEventListener('keydown', () => { for (let n = 0; n < 3e7; n += 1) window.sum = (window.sum + n) | 0; })";
  for (const [path, seen] of [["/leadpact/busy.js", true], ["/other/busy.js", false]]) {
    const { page, go } = await at(site, { html: `<!doctype html><html lang="en"><title>Test</title><script src="${path}"></script><input autofocus>` });
    await page.route(`**${path}`, (route) => route.fulfill({ contentType: "text/javascript", body: works }));
    const events = await traced(page, async () => (await go(), await page.focus("input"), await page.keyboard.press("a")));
    const longest = Math.max(0, ...tasks(events, "/leadpact/").filter(({ what }) => what.includes("FunctionCall")).map(({ ms }) => ms));
    assert.equal(longest > 50, seen, `${path}: ${longest}`);
  }
});
