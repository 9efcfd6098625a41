// What becomes of an instance of the engine: how large it grows, and what happens once it has stopped.
import assert from "node:assert/strict";
import { test } from "node:test";
import { instances, pact, record, verify } from "./package.mjs";

const AT = Date.parse("2026-11-25T10:00:00Z");
const MOST_MEMORY = 64 << 20;

test("SEC-12: hundreds of the largest records and of pacts leave the engine below 64 MiB", () => {
  const reasons = Array.from({ length: 6_000 }, (_, n) => ({ criterion: `c${n}`, points: n }));
  const large = { ...record, assessment: { score: 99, reasons } };
  assert.ok(JSON.stringify(large).length > 200_000);
  for (let n = 0; n < 300; n += 1) {
    const other = { ...pact, id: `p${n}`, "x-note": "x".repeat(100_000) };
    assert.equal(verify(large, other, AT).assessment.score, 40);
  }
  assert.equal(instances.length, 1);
  const { length } = new Uint8Array(instances[0].exports.memory.buffer);
  assert.ok(length <= MOST_MEMORY, `${length} bytes`);
});

// The deeper the caller's own calls, the less stack is left to the engine, until it overflows somewhere in its work.
test("J5: a record on which the engine stops is flagged, and the next one is verified by a new instance", () => {
  const whole = JSON.stringify(verify(record, pact, AT));
  const dive = (depth) => (depth > 0 ? [dive(depth - 1)][0] : verify(record, pact, AT));
  const outcomes = { whole: 0, flagged: 0, thrown: 0 };
  const before = instances.length;
  for (let depth = 2_000; depth < 16_000 && outcomes.thrown < 50; depth += 5) {
    let found;
    try {
      found = dive(depth);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error)); // the caller's own, before the engine was called
      outcomes.thrown += 1;
    }
    if (found && JSON.stringify(found) === whole) outcomes.whole += 1;
    else if (found) {
      assert.deepEqual(found.differences.map(({ what }) => what), ["assessment"]);
      outcomes.flagged += 1;
    }
    assert.equal(JSON.stringify(verify(record, pact, AT)), whole, `after a depth of ${depth}`);
  }
  assert.ok(outcomes.whole > 0 && outcomes.flagged > 0, JSON.stringify(outcomes));
  assert.ok(instances.length > before, "no new instance");
});
