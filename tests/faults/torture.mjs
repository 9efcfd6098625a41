// Torture: every call that the module makes of the platform fails, each in turn and in each way it can, once and from then
// on; no lead may be lost, and none doubled. `node tests/faults/torture.mjs --help` says how to have less of it.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { faultOf, nameOf, plan, sample } from "./torture/plan.mjs";

const HELP = `node tests/faults/torture.mjs [--mode A|B] [--sample N [--seed S]] [--from K] [--only FAULT]… [--engine E] [--workers N] [--calls]

  --mode     A: the browser's own request carries the record; B: delivery by fetch; both by default
  --sample   so many of all faults, chosen by --seed (1)
  --from     leaves out what fails before the call of this number
  --only     one fault, as the closing lines name it: A:storage.getItem#2:throw:once
  --engine   chromium (the default), firefox or webkit
  --workers  browsers at a time (2)
  --calls    only lists the calls that a session without a fault makes`;

const { values: options } = parseArgs({
  options: {
    mode: { type: "string" }, sample: { type: "string" }, seed: { type: "string", default: "1" }, from: { type: "string", default: "1" }, only: { type: "string", multiple: true },
    engine: { type: "string", default: "chromium" }, workers: { type: "string", default: "2" }, calls: { type: "boolean" }, help: { type: "boolean" },
  },
});

class Worker {
  static async start() {
    const worker = new Worker();
    worker.process = fork(fileURLToPath(new URL("torture/worker.mjs", import.meta.url)), { env: { ...process.env, ENGINE: options.engine } });
    await worker.answer();
    return worker;
  }

  answer() {
    return new Promise((then, failed) => {
      this.process.once("message", then);
      this.process.once("exit", (code) => failed(new Error(`a worker ended with ${code}`)));
    }).finally(() => this.process.removeAllListeners("exit"));
  }

  run(work) {
    this.process.send(work);
    return this.answer();
  }

  stop() {
    const ended = new Promise((then) => this.process.once("exit", then));
    this.process.send(null);
    return ended;
  }
}

// The calls of a session in which nothing fails.
async function recorded(worker, mode) {
  const { wrong, calls } = await worker.run({ mode });
  if (wrong.length > 0 || !calls?.length) throw new Error(`mode ${mode} without a fault: ${wrong.join("; ") || "no calls"}`);
  return calls;
}

const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);

// Each worker takes the next fault as soon as it is done with one.
async function tortured(workers, faults) {
  const results = [];
  const waiting = faults.values();
  await Promise.all(
    workers.map(async (worker) => {
      for (const fault of waiting) {
        const result = { fault, ...(await worker.run({ mode: fault.mode, fault })) };
        results.push(result);
        result.wrong.forEach((what) => console.log(`k = ${fault.k} ${nameOf(fault)}: ${what}`));
        if (results.length % 500 === 0) console.log(`${results.length} of ${faults.length}, ${results.filter(({ wrong }) => wrong.length > 0).length} wrong, ${seconds()} s`);
      }
    }),
  );
  return results;
}

function report(results) {
  const failing = results.filter(({ wrong }) => wrong.length > 0);
  const of = (kind) => results.filter(({ wrong }) => wrong.some((what) => what.startsWith(kind))).length;
  const count = (holds) => results.filter(holds).length;
  console.log(`${count(({ again }) => again)} left the form as it was, to be sent again; ${count(({ silent }) => silent)} of these were stored before`);
  const missed = results.filter(({ faults }) => faults === 0);
  if (missed.length > 0) console.log(`not reached: ${missed.length} (${missed.slice(0, 10).map(({ fault }) => nameOf(fault)).join(" ")})`);
  if (failing.length > 0) console.log(`${failing.length} sessions were wrong; again: ${failing.map(({ fault }) => `--only ${nameOf(fault)}`).join(" ")}`);
  console.log(`${results.length} sessions, ${results.reduce((sum, { faults }) => sum + faults, 0)} faults, ${of("lost")} leads lost, ${of("doubled")} doubled`);
  return failing.length === 0;
}

function chosen(faults) {
  if (options.only) return options.only.map(faultOf);
  const late = faults.filter(({ k }) => k >= Number(options.from));
  return options.sample ? sample(late, Number(options.sample), Number(options.seed)) : late;
}

async function main() {
  const workers = [];
  try {
    for (let count = Number(options.workers); count > 0; count -= 1) workers.push(await Worker.start());
    const modes = options.mode ? [options.mode] : ["A", "B"];
    const faults = [];
    for (const mode of options.only ? [] : modes) {
      const calls = await recorded(workers[0], mode);
      console.log(`mode ${mode}: ${calls.length} calls, ${plan(mode, calls).length} sessions`);
      if (options.calls) calls.forEach(([call], at) => console.log(`${at + 1} ${call}`));
      faults.push(...plan(mode, calls));
    }
    if (options.calls) return true;
    const took = chosen(faults);
    const good = report(await tortured(workers, took));
    console.log(`${seconds()} s${options.sample ? `, seed ${options.seed}` : ""}`);
    return good;
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

if (options.help) console.log(HELP);
else process.exitCode = (await main()) ? 0 : 1;
