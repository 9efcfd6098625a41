// A process with a browser and a server of its own, which does one session after the other.
import { launch } from "../session.mjs";
import { Visitor, openSite } from "./visit.mjs";

const LAST = { most: 8000, quiet: 1500, rest: 400 }; // the patience of a second look

const { site, open, close } = await (process.env.ENGINE === "chromium" ? inChromium() : behindDriver());
let visitor = await open();

async function inChromium() {
  const site = await openSite();
  const browser = await launch({ ignoreDefaultArgs: [] });
  return { site, open: () => Visitor.open(browser, site), close: () => browser.close() };
}

// A driver's session has one page.
async function behindDriver() {
  const { start } = await import("../../engines/engine.mjs");
  const { HEAD, Page } = await import("./webdriver.mjs");
  const site = await openSite({ head: HEAD });
  const { browser, close } = await start();
  return { site, open: () => new Visitor(new Page(browser), site), close };
}

async function run({ mode, fault }) {
  const one = await attempt(mode, fault);
  // The machine may have been too slow for the fault to come to pass.
  return fault && one.faults === 0 ? attempt(mode, fault, LAST) : one;
}

async function attempt(mode, fault, quick) {
  try {
    return await visitor.session(mode, fault, quick);
  } catch (error) {
    await visitor.page.context?.().close().catch(() => {});
    visitor = await open();
    return { wrong: [`the session could not be ended: ${error.message.split("\n")[0]}`], faults: 0 };
  }
}

process.on("message", async (work) => {
  if (work) return process.send(await run(work));
  process.disconnect();
});
// Also where whoever started it is gone.
process.on("disconnect", async () => {
  await Promise.allSettled([close(), site.close()]);
  process.exit();
});
process.send("ready");
