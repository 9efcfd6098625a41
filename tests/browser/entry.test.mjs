// What is read back from storage, whatever has become of it there. `FUZZ_RUNS=1000000` makes the long run of a release.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { isNewer, readEntry, writeEntry } from "../../src/browser/entry.js";
import { bound, open, visit } from "./site.mjs";

const RUNS = Number(process.env.FUZZ_RUNS ?? 50_000);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const run = (property, numRuns = RUNS) => fc.assert(property, { numRuns, seed: SEED });
console.log(`FUZZ_SEED=${SEED}`);

const LONGEST = 16 * 1024;
const id = fc.oneof(fc.constantFrom("team", "views", "source", "__proto__", "constructor", "toString"), fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/));
const time = fc.double({ min: 0, max: 4e12, noNaN: true });
const text = fc.string({ unit: "binary", maxLength: 20 });
const answer = fc.oneof(text, fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.array(text, { maxLength: 4 }), fc.constant({ declined: true }));
const signal = fc.oneof(text, fc.record({ value: time, last: time }));
const table = (value) => fc.array(fc.tuple(id, value), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs));
const entry = fc.record(
  { since: time, active: time, salt: text, person: text, drawn: fc.double({ min: 0, max: 1, noNaN: true }), signals: table(signal), answers: table(answer) },
  { requiredKeys: ["since", "active", "salt", "signals", "answers"] },
);

// The text of an entry with some of it changed: characters, the end, or a part of another shape.
const junk = fc.oneof(fc.constantFrom(null, [], {}, "", -1, 1e999, "\u0000", "\ud800", true, { value: -1, last: 0 }, { value: "3", last: 1 }, { declined: "yes" }), fc.jsonValue());
const replaced = fc.tuple(entry, fc.constantFrom("v", "since", "active", "salt", "person", "drawn", "signals", "answers"), fc.option(id), junk).map(([whole, key, inner, value]) => {
  const changed = { v: 1, ...whole };
  if (inner !== null && typeof changed[key] === "object") changed[key] = { ...changed[key], [inner]: value };
  else changed[key] = value;
  return JSON.stringify(changed);
});
const scratched = fc.tuple(entry, fc.nat(), fc.string({ unit: "binary", maxLength: 3 }), fc.nat(4)).map(([whole, at, put, cut]) => {
  const told = writeEntry(whole);
  const place = at % (told.length + 1);
  return told.slice(0, place) + put + told.slice(place + cut);
});
const cut = fc.tuple(entry, fc.nat()).map(([whole, at]) => ((told) => told.slice(0, at % told.length))(writeEntry(whole)));
const anything = fc.oneof(replaced, scratched, cut, fc.json(), fc.string({ unit: "binary" }));

// What an entry must be, said once more: every value is of a kind that the module can use.
function sound(read) {
  const time = (value) => typeof value === "number" && value >= 0 && value < Infinity;
  const values = (table, is) => Object.prototype.toString.call(table) === "[object Object]" && Object.keys(table).every((key) => is(table[key]));
  assert.equal(read.v, 1);
  assert.ok(time(read.since) && time(read.active) && typeof read.salt === "string");
  assert.ok(read.person === undefined || typeof read.person === "string");
  assert.ok(read.drawn === undefined || (time(read.drawn) && read.drawn <= 1));
  assert.ok(values(read.signals, (value) => typeof value === "string" || (time(value.value) && time(value.last))));
  assert.ok(values(read.answers, (value) => ["string", "boolean"].includes(typeof value) || Number.isFinite(value) ||
    (Array.isArray(value) ? value.every((one) => typeof one === "string") : value.declined === true)));
}

test("an entry is read as it was written", () => {
  run(fc.property(entry, (whole) => {
    assert.deepEqual(readEntry(writeEntry(whole)), JSON.parse(JSON.stringify({ v: 1, ...whole })));
  }));
});

test("REL-12: of a text that is no entry nothing is read, and nothing that is read is unsound; nothing throws", () => {
  let [read, refused] = [0, 0];
  run(fc.property(anything, (told) => {
    const found = readEntry(told);
    isNewer(told);
    if (found === undefined) refused += 1;
    else (read += 1), sound(found);
  }));
  assert.ok(read > RUNS / 100 && refused > RUNS / 100, `${read} read, ${refused} refused`);
});

test("REL-12: an entry that is cut short anywhere is dropped whole", () => {
  const told = writeEntry({ since: 1, active: 2, salt: "3", person: "4", signals: { views: { value: 1, last: 2 } }, answers: { team: "large" } });
  for (let length = 0; length < told.length; length += 1) assert.equal(readEntry(told.slice(0, length)), undefined);
});

test("an entry never passes 16 KiB: the longest answers go first, and without room for the counts nothing is written", () => {
  const long = fc.string({ unit: "grapheme", minLength: 0, maxLength: 6000 });
  const large = fc.tuple(entry, fc.array(long, { minLength: 1, maxLength: 6 }));
  run(fc.property(large, ([whole, longs]) => {
    const answers = { ...whole.answers, ...Object.fromEntries(longs.map((text, at) => [`long${at}`, text])) };
    const told = writeEntry({ ...whole, answers });
    assert.ok(Buffer.byteLength(told) <= LONGEST);
    const kept = readEntry(told).answers;
    const shortest = Math.min(...Object.keys(answers).filter((key) => !Object.hasOwn(kept, key)).map((key) => JSON.stringify(answers[key]).length));
    for (const key of Object.keys(kept)) assert.ok(JSON.stringify(kept[key]).length <= shortest);
  }), 300);
  const signals = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`signal_${at}`, { value: at, last: 1_764_000_000_000 }]));
  assert.equal(writeEntry({ since: 1, active: 1, salt: "1", signals, answers: {} }), undefined);
});

// The same texts, through the module in a page.
let site;
before(async () => (site = await open()));
after(() => site.close());

test("REL-12: whatever stands in storage, the form binds, counts, and writes an entry of its own", async () => {
  const pact = {
    pact: 1,
    id: "memory",
    fields: [{ id: "team", label: "Team?", kind: "choice", ask: "always", options: [{ value: "small" }, { value: "large" }] }],
    signals: [{ id: "views", measure: "page_views" }, { id: "source", measure: "query", name: "utm_source" }],
    qualification: { threshold: 50 },
    asking: { holdout: 0.5 },
  };
  const html = `<!doctype html><html lang="en"><title>Test</title><form data-leadpact="/test.json" action="/leads" method="post">
<select name="team"><option value=""></option><option>small</option><option>large</option></select><button>Send</button></form>
<script type="module" src="/leadpact/leadpact.js"></script>`;
  const { page, go, seen } = await visit(site, { html, pact });
  await go();
  await bound(page);
  const texts = fc.sample(anything, { numRuns: Math.min(RUNS / 50, 5_000), seed: SEED });
  const wrong = await page.evaluate(async ([texts, pact]) => {
    const { attach, consent, detach } = await import("/leadpact/leadpact.js");
    const form = document.querySelector("form");
    detach(form);
    consent({ behaviour: true });
    const wrong = [];
    for (const text of texts) {
      localStorage.setItem("leadpact:memory", text);
      const lead = await attach(form, { pact });
      const { facts } = JSON.parse(new FormData(form).get("leadpact"));
      if (!(facts.views?.value >= 1) || !lead.behaviour) wrong.push(text);
      form.elements.team.value = "large";
      form.elements.team.dispatchEvent(new Event("change", { bubbles: true }));
      detach(form);
      const kept = localStorage.getItem("leadpact:memory");
      if (!(JSON.parse(kept).answers.team === "large") && !/^\{"v":(?!1,)/.test(text)) wrong.push([text, kept]);
    }
    return wrong;
  }, [texts, pact]);
  assert.deepEqual([wrong, seen.errors], [[], []]);
  assert.deepEqual(await page.evaluate(() => window.seen.filter(({ type }) => type === "error")), []);
});
