// A site whose server knows the small pact, and what a visitor does and sees where a form is delivered by fetch.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "./site.mjs";
import { small } from "./small.mjs";

export const BY_FETCH = 'data-leadpact-delivery="fetch"';
export const OUTBOX = "data-leadpact-outbox";

export async function openSmall(pact = small) {
  const folder = mkdtempSync(join(tmpdir(), "leadpact-"));
  const pacts = join(folder, "pact.json");
  writeFileSync(pacts, JSON.stringify(pact));
  const site = await open({ pacts });
  return { ...site, close: async () => (await site.close(), rmSync(folder, { recursive: true })) };
}

export const press = (page) => page.click(".last button", { noWaitAfter: true });
export const arrived = (page) => page.waitForSelector(".leadpact-sent:not([hidden])");
// The keys of what waits on the device.
export const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("leadpact:outbox:")));
