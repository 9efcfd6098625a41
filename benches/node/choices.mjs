// How long one full choice takes in wasm under Node: bounds, odds, index and plan of `lead.assess()`, and how that grows.
// Prints a table; `--write` puts it into docs/speed.md.
import { readFileSync, writeFileSync } from "node:fs";

const ROUNDS = 60;
/** Before that, so that the compiled code is the one that a page runs after a while. */
const WARM_UP = 300;
/** Fields × options × bounded groups, and the most points of an answer. */
const SIZES = [
  [12, 4, 3, 10],
  [40, 5, 6, 10],
  [60, 6, 8, 10],
  [20, 5, 6, 10],
  [80, 5, 6, 10],
  [40, 10, 6, 10],
  [40, 5, 6, 100],
  [40, 5, 6, 1000],
];
const VISIT = 20000;
const module = process.env.LEADPACT_NODE ?? new URL("../../target/wasm-node/leadpact.js", import.meta.url).href;
const { Lead } = await import(module);

/** A pact of choices, each of whose options earns other points; around the threshold it is open who is handed over. */
function makePact(fields, options, groups, most) {
  const numbers = (length) => Array.from({ length }, (_, n) => n);
  const points = (field, option) => (option === 0 ? 0 : (field * 7919 + option * 104729) % (most + 1));
  const mean = (field) => numbers(options).reduce((sum, option) => sum + points(field, option) / options, 0);
  const reached = numbers(groups).map((group) =>
    numbers(fields).filter((field) => field % groups === group).reduce((sum, field) => sum + mean(field), 0));
  return {
    pact: 1, id: "choices",
    fields: numbers(fields).map((field) => ({
      id: `f${field}`, label: "?", kind: "choice",
      options: numbers(options).map((option) => ({ value: `v${option}`, share: 1 / options })),
    })),
    groups: numbers(groups).map((group) => ({
      id: `g${group}`, dimension: group % 2 ? "interest" : "fit", max: Math.round(reached[group] * 1.2),
    })),
    criteria: numbers(fields * options).flatMap((n) => {
      const [field, option] = [Math.floor(n / options), n % options];
      if (points(field, option) === 0) return [];
      return [{
        id: `c${n}`, label: "?", group: `g${field % groups}`, points: points(field, option),
        when: { fact: `f${field}`, is: `v${option}` },
      }];
    }),
    qualification: { threshold: Math.round(reached.reduce((sum, own) => sum + own * 0.96, 0)), needs: ["f0", "f1"] },
    asking: { mode: "value", loss_per_question: 0.005 },
  };
}

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];

/** The median time of an assessment after the first `answered` fields, in microseconds. */
function time(lead, fields, options, answered) {
  for (let field = 0; field < answered; field += 1) lead.setChoice(lead.field(`f${field}`), (field * 3) % options);
  const times = [];
  let asked = 0;
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    // Another answer each time, as in a visit.
    lead.setChoice(lead.field("f0"), (round + WARM_UP) % options);
    const start = process.hrtime.bigint();
    asked = lead.assess().ask.length;
    if (round >= 0) times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  if (answered === 0) lead.clear(lead.field("f0"));
  return { micros: median(times), asked };
}

const rows = SIZES.map(([fields, options, groups, most]) => {
  const lead = new Lead(makePact(fields, options, groups, most));
  const [begun, half] = [time(lead, fields, options, 0), time(lead, fields, options, fields >> 1)];
  lead.free();
  return `| ${fields} | ${options} | ${groups} | 0–${most} | ${Math.round(begun.micros)} µs (${begun.asked}) | ${Math.round(half.micros)} µs (${half.asked}) |`;
});

/** How much the process holds outside JavaScript before and after a long visit. */
function longVisit() {
  const lead = new Lead(makePact(12, 4, 3, 10));
  const held = [];
  for (let n = 0; n <= VISIT; n += 1) {
    lead.setChoice(lead.field(`f${n % 12}`), n % 4);
    lead.assess();
    if (n === VISIT / 20 || n === VISIT) held.push(process.memoryUsage().external);
  }
  lead.free();
  return held;
}

const [early, late] = longVisit();
const table = [
  "| fields | options | bounded groups | points | one choice, one answered (questions) | half answered (questions) |",
  "| ---: | ---: | ---: | ---: | ---: | ---: |",
  ...rows,
  "",
  `After ${(VISIT / 20).toLocaleString("en")} answers and choices of one visit the process held ${Math.round(early / 1024)} KiB outside`
    + ` JavaScript's heap, after ${VISIT.toLocaleString("en")} ${Math.round(late / 1024)} KiB.`,
].join("\n");
console.log(table);

if (process.argv.includes("--write")) {
  const file = new URL("../../docs/speed.md", import.meta.url);
  const text = readFileSync(file, "utf8");
  const [before, after] = [text.split("<!-- choices -->")[0], text.split("<!-- /choices -->")[1]];
  writeFileSync(file, `${before}<!-- choices -->\n${table}\n\nNode ${process.versions.node}, ${process.arch}.\n<!-- /choices -->${after}`);
}
