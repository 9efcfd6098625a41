// What the server's half finds in Node, against what is found natively: `tests/verify.rs` has written that just before.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import canonicalize from "canonicalize";
import { hashOf } from "../../src/browser/hash.js";
import { at, explain, instances, pact, record, server, verify } from "./package.mjs";

const AT = Date.parse("2026-11-25T10:00:00Z");

const lines = (name, file) => readFileSync(process.env[name] ?? at(`target/${file}`), "utf8").trim().split("\n").map((line) => JSON.parse(line));

const whats = ({ differences }) => differences.map(({ what }) => what);
const score = (found) => found.assessment?.score;

test("SEC-09: what Node finds of records is byte for byte what is found natively", () => {
  const all = lines("LEADPACT_VERIFIED", "verified.jsonl");
  assert.equal(all.length, 1_500);
  let flagged = 0;
  for (const [line, { pact, record, answers, at, first, verified }] of all.entries()) {
    for (const given of line % 10 ? [record] : [record, JSON.parse(record)]) {
      const found = verify(given, pact, at, { answers, firstReceivedAt: first });
      assert.equal(canonicalize(found), canonicalize(verified), `line ${line}`);
      flagged += found.differences.length > 0;
    }
  }
  assert.ok(flagged > 500, `only ${flagged} differ`);
});

test("SEC-11: hashes of 10,000 pacts are those of another implementation of RFC 8785, in Rust, in wasm and in the page", async () => {
  const all = lines("LEADPACT_HASHES", "hashes.jsonl");
  assert.equal(all.length, 10_000);
  for (const [line, { pact, hash }] of all.entries()) {
    const parsed = JSON.parse(pact);
    assert.equal(createHash("sha256").update(canonicalize(parsed)).digest("hex"), hash, `line ${line}`);
    if (line % 10) continue;
    assert.equal(verify(undefined, pact, AT).pact.hash, hash, `line ${line}, wasm`);
    assert.equal(await hashOf(parsed), hash, `line ${line}, page`);
  }
});

test("SEC-11: the order of keys and the numbers of RFC 8785 itself", () => {
  const sorted = { "\u20ac": 1, "\r": 2, "\ufb33": 3, 1: 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
  const numbers = [333333333.33333329, 4.5, 2e-3, 1e-27, 5e-324, -0, 9007199254740992, 295147905179352830000 / 1e6, 1e-7, 0.000001];
  const noted = { ...pact, "x-note": { sorted, numbers, text: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/" } };
  assert.equal(verify(undefined, noted, AT).pact.hash, createHash("sha256").update(canonicalize(noted)).digest("hex"));
});

test("SEC-09: the pact is an object or text, times are dates, milliseconds or text, and the server's clock counts where there is none", () => {
  const found = verify(record, pact, AT);
  assert.equal(score(found), 40);
  assert.deepEqual([found.id, found.attempt, found.differences.find(({ what }) => what === "score")], [record.id, 2, { what: "score", claimed: 99, found: 40 }]);
  for (const same of [verify(JSON.stringify(record), JSON.stringify(pact), new Date(AT)), verify(record, pact, "2026-11-25T11:00:00+01:00")]) assert.deepEqual(same, found);
  const now = Date.parse(verify({ ...record, at: new Date().toISOString() }, pact).sla.due_at.phone) - 4 * 3_600_000;
  assert.ok(Math.abs(now - Date.now()) < 60_000);
  assert.equal(verify(record, pact, AT, { firstReceivedAt: AT - 3_600_000 }).sla.due_at.phone, "2026-11-25T13:00:00.000Z");
});

test("SEC-09: the form's own answers win, however they are given", () => {
  const form = new FormData();
  form.append("team", "12");
  for (const answers of [{ team: 12 }, { team: ["12"] }, [["team", "12"]], new URLSearchParams("team=12"), form, new Map([["team", "12"]])]) {
    const found = verify(record, pact, AT, { answers });
    assert.equal(score(found), 0);
    assert.ok(whats(found).includes("facts.team"));
  }
  const alone = verify(undefined, pact, AT, { answers: new URLSearchParams("team=60&tools=erp&tools=paper&page=x") });
  assert.deepEqual([score(alone), alone.facts, alone.differences], [50, { team: 60, tools: ["erp", "paper"] }, []]);
  const many = Object.fromEntries(Array.from({ length: 2_100 }, (_, n) => [`n${n}`, "x"]));
  assert.deepEqual(whats(verify(undefined, pact, AT, { answers: { ...many, team: "60" } })), ["answers"]);
  for (const answers of [undefined, null, {}, "team=12", { team: { a: 1 } }, { team: null }, { team: "\ud800" }, [1, null], [[], ["team"]]]) assert.equal(score(verify(record, pact, AT, { answers })), 40);
});

test("SEC-12, SEC-14: whatever a record is, nothing is thrown for it and it is flagged", () => {
  const circle = {};
  circle.self = circle;
  const throwing = () => {
    throw new Error("as a getter might");
  };
  const deep = JSON.parse("[".repeat(5_000) + "]".repeat(5_000));
  const records = {
    symbol: Symbol("x"), function: () => 1, bigint: 1n, number: NaN, empty: "", words: "hello", list: [], map: new Map(), date: new Date(NaN), buffer: Buffer.from("{}"),
    circle, deep, proxy: new Proxy({}, { ownKeys: throwing, get: throwing }), getter: { get facts() { return throwing(); } }, json: { toJSON: throwing },
    mebibyte: "[".repeat(1 << 20), long: `{"record":1,"facts":{"team":"${"x".repeat(300_000)}"}}`, cut: '{"record":1', twice: '{"record":1,"record":2}',
    surrogate: { record: 1, facts: { team: "\ud800" } }, huge: { facts: { team: 1e300 } }, prototype: JSON.parse('{"__proto__":{"record":1},"facts":{"__proto__":1,"constructor":2}}'),
    types: { record: {}, id: 7, attempt: "1", pact: [], at: {}, facts: 7, assessment: [], sla: [], asked: [null], experiment: 1, consent: 1, route: {} },
    many: { record: 1, facts: Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`n${n}`, n])) },
  };
  for (const [name, record] of Object.entries(records)) {
    const found = verify(record, pact, AT, { answers: { team: "60" } });
    assert.equal(score(found), 40, name);
    assert.ok(found.differences.length > 0, name);
    assert.ok(!JSON.stringify(found.differences.map(({ note }) => note)).includes("hello"), name);
  }
  assert.equal(instances.length, 1, "nothing stopped the engine");
  assert.deepEqual(verify(null, pact, AT).differences, []);
  for (const when of [NaN, Infinity, "soon", new Date(NaN), -1e300, 8.64e15, 1e300, {}]) assert.equal(score(verify(record, pact, when)), 40);
});

test("a pact that is not valid is an error that says where and what", () => {
  const broken = { ...pact, qualification: { threshold: "50" }, colour: 1 };
  assert.throws(() => verify(record, broken, AT), { name: "PactError", message: /qualification\.threshold: expected .*\n.*colour/s });
  for (const none of [undefined, null, "", "{", [], 7, () => 1]) assert.throws(() => verify(record, none, AT), { name: "PactError" });
  assert.equal(score(verify(record, pact, AT)), 40);
});

test("SEC-10: working hours are counted in the calendar's zone by the tables of Node", () => {
  const calendar = { zone: "Europe/Paris", hours: { sat: ["20:00-24:00"], sun: ["00:00-06:00"] } };
  const works = (zone) => ({ ...pact, handoff: { sla: [{ respond_within_hours: 8, channels: ["phone"] }], calendar: { ...calendar, zone } } });
  const due = (zone, at) => verify(undefined, works(zone), at).sla.due_at?.phone;
  assert.equal(due("Europe/Paris", "2026-03-28T19:00:00Z"), "2026-03-29T03:00:00.000Z");
  assert.equal(due("Europe/Paris", "2026-10-24T18:00:00Z"), "2026-10-25T02:00:00.000Z");
  assert.equal(due("Europe/Nowhere", "2026-10-24T18:00:00Z"), undefined);
});

test("what the engine thinks of a kept lead is said in words", () => {
  const lead = verify(record, pact, AT);
  const { groups, sentences } = explain(lead, pact, AT, "fr");
  assert.equal(groups[0].points, 40);
  assert.ok(sentences.decision.length > 0 && sentences.decision !== explain(lead, pact, AT, "en").sentences.decision);
});

test("SEC-19: the server's half needs nothing but Node's own modules, and makes no program of a text", () => {
  const code = readFileSync(server, "utf8");
  assert.deepEqual([...code.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name), ["node:fs"]);
  assert.doesNotMatch(code, /\brequire\(|\bimport\(|\beval\b|\bFunction\(|\bfetch\b|process\.env/);
});

test("many pacts in turn are each held against their own text", () => {
  for (let n = 0; n < 600; n += 1) {
    const other = { ...pact, id: `p${n % 30}`, criteria: [{ ...pact.criteria[0], points: n % 30 }] };
    assert.deepEqual([verify(record, other, AT).pact.id, score(verify(record, other, AT))], [`p${n % 30}`, n % 30]);
  }
});
