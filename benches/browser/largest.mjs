// PERF-05: when the largest thing of the demo's pages is painted (LCP), with the module and without, in turns.
// Usage: node benches/browser/largest.mjs [--write]   (after `cargo xtask build` and `cargo build --release -p leadpact-cli`, with LEADPACT_BIN=target/release/leadpact)
import { readFileSync, writeFileSync } from "node:fs";
import { open } from "../../tests/browser/site.mjs";

const ROUNDS = 15;
const PAGES = ["/", "/machines/", "/en/", "/en/machines/"];
const PAGE = new URL("../../docs/speed.md", import.meta.url);

const site = await open();
const middle = (list) => list.sort((a, b) => a - b)[list.length >> 1];

// Milliseconds from the start of the navigation, as the browser says a second after the last change of its mind.
async function painted(path, withModule) {
  const context = await site.browser.newContext({ viewport: { width: 375, height: 700 } });
  const page = await context.newPage();
  // Four times slower than this machine, as a phone may be.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  if (!withModule) await page.route("**/leadpact/**", (route) => route.abort());
  await page.addInitScript(() => {
    new PerformanceObserver((list) => (window.largest = list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
  });
  await page.goto(site.address + path, { waitUntil: "load" });
  await page.waitForFunction(() => window.largest);
  await page.waitForTimeout(600);
  const largest = await page.evaluate(() => window.largest);
  await context.close();
  return largest;
}

const rows = [];
for (const path of PAGES) {
  const [without, given] = [[], []];
  await painted(path, true); // what is first is slower
  for (let round = 0; round < ROUNDS; round += 1) {
    without.push(await painted(path, false));
    given.push(await painted(path, true));
  }
  const [plain, module] = [middle(without), middle(given)];
  rows.push(`| \`${path}\` | ${plain.toFixed(0)} ms | ${module.toFixed(0)} ms | ${(module / plain).toFixed(2)} |`);
  console.log(rows.at(-1));
}
await site.close();

const table = ["| page | without the module | with it | ratio |", "| --- | ---: | ---: | ---: |", ...rows].join("\n");
if (process.argv.includes("--write")) {
  const text = readFileSync(PAGE, "utf8");
  writeFileSync(PAGE, text.replace(/(<!-- largest -->\n)[^]*?(<!-- \/largest -->)/, `$1${table}\n$2`));
}
