// The module where there is no page: frameworks import what they draw on the server, too.
import assert from "node:assert/strict";
import { test } from "node:test";

test("EMB-01: imported where a server draws the page, the module does nothing", async () => {
  const before = Object.getOwnPropertyNames(globalThis);
  const { attach, Lead } = await import("leadpact");
  assert.deepEqual([typeof attach, typeof Lead], ["function", "function"]);
  assert.deepEqual(Object.getOwnPropertyNames(globalThis), before);
  assert.equal(globalThis[Symbol.for("leadpact")], undefined);
});
