// How long an answer and the score read back take, in wasm under Node, beside a full re-evaluation by plain
// JavaScript closures in the same run. Prints a table; `--write` puts it into docs/speed.md.
import { readFileSync, writeFileSync } from "node:fs";
import { compile, fold, looksInto, makePact, makeVisit } from "./made.mjs";

const ANSWERS = 4000;
const ROUNDS = 25;
const SIZES = [
  { fields: 30, criteria: 150, aim: 0.15 },
  { fields: 100, criteria: 1000, aim: 0.03 },
];
const module = process.env.LEADPACT_NODE ?? new URL("../../target/wasm-node/leadpact.js", import.meta.url).href;
const { Lead } = await import(module);

function withLead(lead, visit, scores) {
  for (let n = 0; n < visit.length; n += 1) {
    const step = visit[n];
    switch (step.do) {
      case "text": scores[n] = lead.setText(step.handle, step.value); break;
      case "number": scores[n] = lead.setNumber(step.handle, step.value); break;
      case "choice": scores[n] = lead.setChoice(step.handle, step.value); break;
      case "option": scores[n] = lead.setOption(step.handle, step.value, step.on); break;
      default: scores[n] = lead.setFlag(step.handle, step.value);
    }
  }
}

function withClosures(score, looked, facts, visit, scores) {
  for (let n = 0; n < visit.length; n += 1) {
    const step = visit[n];
    if (step.do === "option") {
      const bit = 1 << step.value;
      const chosen = step.on ? facts[step.handle] | bit : facts[step.handle] & ~bit;
      facts[step.handle] = chosen || undefined;
    } else {
      facts[step.handle] = looked[step.handle] ? fold(step.value) : step.value;
    }
    scores[n] = score(facts);
  }
}

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];

function measure({ fields, criteria, aim }, seed) {
  const pact = makePact(seed, { fields, criteria });
  const visit = makeVisit(seed + 1, pact, ANSWERS);
  const score = compile(pact);
  const looked = looksInto(pact);
  const [ours, theirs] = [new Float64Array(ANSWERS), new Float64Array(ANSWERS)];
  const [wasm, closures] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const lead = new Lead(pact);
    let start = process.hrtime.bigint();
    withLead(lead, visit, ours);
    wasm.push(Number(process.hrtime.bigint() - start) / ANSWERS);
    start = process.hrtime.bigint();
    withClosures(score, looked, new Array(fields).fill(undefined), visit, theirs);
    closures.push(Number(process.hrtime.bigint() - start) / ANSWERS);
    lead.free();
    const off = ours.findIndex((value, n) => value !== theirs[n]);
    if (off >= 0) throw new Error(`answer ${off} (${JSON.stringify(visit[off])}): ${ours[off]} is not ${theirs[off]}`);
  }
  const [fast, full] = [median(wasm), median(closures)];
  return { fields, criteria, fast, full, ratio: fast / full, aim };
}

const rows = SIZES.map((size) => {
  const seeds = [1, 2, 3].map((seed) => measure(size, seed * 1000));
  return seeds.sort((a, b) => a.ratio - b.ratio)[1];
});
const table = [
  "| pact | LeadPact, one answer | plain closures, one answer | ratio | aim |",
  "| --- | ---: | ---: | ---: | ---: |",
  ...rows.map(({ fields, criteria, fast, full, ratio, aim }) =>
    `| ${fields} fields, ${criteria.toLocaleString("en")} criteria | ${Math.round(fast)} ns | ${Math.round(full)} ns | ${ratio.toFixed(3)} | ≤ ${aim} |`),
].join("\n");
console.log(table);

if (process.argv.includes("--write")) {
  const file = new URL("../../docs/speed.md", import.meta.url);
  const text = readFileSync(file, "utf8");
  const [before, after] = [text.split("<!-- keystrokes -->")[0], text.split("<!-- /keystrokes -->")[1]];
  writeFileSync(file, `${before}<!-- keystrokes -->\n${table}\n\nNode ${process.versions.node}, ${process.arch}.\n<!-- /keystrokes -->${after}`);
}
