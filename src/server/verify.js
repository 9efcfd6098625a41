// The server's half in Node: the engine that scores in the page computes everything anew from the facts.
import { readFileSync } from "node:fs";
import { Verifier, __wbg_reset_state as reset, initSync } from "./leadpact_bindgen.js";
import { zone } from "./zone.js";

const MOST_READ = 16; // pacts that are kept read
const read = new Map(); // a pact's text → what verifies by it, and its zone; the latest used last
let stopped = false; // an instance that stopped in the middle of its work is never called again

initSync({ module: readFileSync(new URL("leadpact_bg.wasm", import.meta.url)) });

export function verify(record, pact, receivedAt, { answers, firstReceivedAt } = {}) {
  const at = time(receivedAt) ?? Date.now();
  const first = time(firstReceivedAt) ?? at;
  const said = entries(answers);
  return engine(
    pact,
    ({ verifier, zone }) => verifier.verify(text(record), said, first, at, zone),
    { differences: [{ what: "assessment", note: "the lead could not be assessed: its record stopped the engine" }] },
  );
}

export function explain({ facts = {}, behaviour = false, asked = [] }, pact, at, locale = "") {
  const ask = ({ verifier }) => verifier.explain(text(facts), behaviour === true, asked.length, time(at) ?? Date.now(), locale);
  const explained = engine(pact, ask, undefined);
  return explained && { ...explained.thinking, sentences: explained.sentences };
}

// Whatever else the engine throws than what is wrong in the pact has stopped it: the answer is then `otherwise`.
function engine(pact, call, otherwise) {
  const source = pactText(pact);
  try {
    if (stopped) begin();
    return JSON.parse(call(reader(source)));
  } catch (error) {
    if (error instanceof PactError) throw error;
    stopped = true;
    return otherwise;
  }
}

function begin() {
  read.clear();
  reset();
  stopped = false;
}

class PactError extends Error {
  name = "PactError";
}

function pactText(pact) {
  if (typeof pact === "string") return pact;
  let source;
  try {
    source = JSON.stringify(pact);
  } catch (error) {
    if (error instanceof RangeError) throw error; // the caller's stack is spent
  }
  if (source === undefined) throw new PactError("the pact cannot be read\n: expected an object, or JSON text");
  return source;
}

function reader(source) {
  const known = read.get(source) ?? opened(source);
  read.delete(source);
  read.set(source, known);
  if (read.size > MOST_READ) {
    const [[oldest, { verifier }]] = read;
    read.delete(oldest);
    verifier.free(); // its memory is not of those that JavaScript clears away when it is short of them
  }
  return known;
}

function opened(source) {
  let verifier;
  try {
    verifier = new Verifier(source);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw error;
    throw new PactError(error.message);
  }
  return { verifier, zone: zone(verifier.zone()) };
}

// A record as JSON text. What cannot be written as JSON is no JSON either: that is said as a difference.
function text(record) {
  if (record === undefined || record === null || typeof record === "string") return record ?? undefined;
  try {
    return JSON.stringify(record) ?? "";
  } catch {
    return "";
  }
}

// The form's own entries, names and values in turn: of pairs, as `FormData` and `URLSearchParams` have them, or an object.
function entries(answers) {
  const said = [];
  if (typeof answers !== "object" || answers === null) return said;
  const pairs = typeof answers[Symbol.iterator] === "function" ? answers : Object.entries(answers);
  for (const pair of pairs) {
    if (!Array.isArray(pair)) continue; // a body may be any JSON
    const [name, value] = pair;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (["string", "number", "boolean"].includes(typeof one)) said.push(String(name), String(one));
    }
  }
  return said;
}

// Milliseconds; nothing for what is no time.
function time(at) {
  const milliseconds = typeof at === "string" ? Date.parse(at) : at === undefined || at === null ? NaN : Number(at);
  return Number.isFinite(milliseconds) ? milliseconds : undefined;
}
