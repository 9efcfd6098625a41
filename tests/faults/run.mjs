// Runs the matrix, or the files that are named, and sums it up: `node tests/faults/run.mjs [FILE…]`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROWS } from "./rows.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const named = process.argv.slice(2);
const files = named.length > 0 ? named : readdirSync(here).filter((name) => name.endsWith(".test.mjs")).map((name) => join(here, name));

const folder = mkdtempSync(join(tmpdir(), "leadpact-faults-"));
const said = join(folder, "sessions.jsonl");
writeFileSync(said, "");
// Four files at a time: most of them wait for their pages most of the time.
const tests = ["--test", "--test-reporter=spec", "--test-concurrency=4", ...files];
const { status } = spawnSync(process.execPath, tests, { stdio: "inherit", env: { ...process.env, LEADPACT_FAULTS: said } });
const sessions = readFileSync(said, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
rmSync(folder, { recursive: true, force: true });

const sum = (key) => sessions.reduce((sum, session) => sum + Number(session[key]), 0);
const missing = [];
const wrong = (row, what) => missing.push(`${row}: ${what}`);
for (const { id, modes, elsewhere = [] } of ROWS.values()) {
  const ran = (mode) => sessions.some((session) => session.row === id && session.mode === mode);
  if (named.length === 0) for (const mode of modes) if (!ran(mode)) wrong(id, `no session in mode ${mode}`);
  for (const [file, name] of elsewhere) {
    if (!namesIn(file).some((line) => line.includes(name))) wrong(id, `${file} has no test of the name "${name}…"`);
  }
}

// The lines that name the tests of a file, of Rust or of JavaScript.
function namesIn(file) {
  const rust = file.endsWith(".rs");
  const text = readFileSync(rust ? join(here, "../..", file) : join(here, `../${file}.test.mjs`), "utf8");
  return text.split("\n").filter((line) => (rust ? /^fn / : /\btest\(/).test(line));
}

const rows = [...ROWS.values()];
const line = (verdict, list) => list.length > 0 && console.log(`${verdict} ${list.join(", ")}`);
console.log();
for (const mode of ["A", "B"]) line(`mode ${mode}:`, rows.filter(({ id }) => sessions.some((session) => session.row === id && session.mode === mode)).map(({ id }) => id));
line("in other suites:", rows.filter(({ modes, elsewhere }) => elsewhere && modes.length === 0).map(({ id }) => id));
for (const { id, fault, open } of rows) if (open) console.log(`still to come: ${id} ${fault} (${open})`);
for (const { id, fault, not } of rows) if (not) console.log(`not to be had: ${id} ${fault}: ${not}`);
for (const what of missing) console.log(`missing: ${what}`);
const [faults, lost, doubled] = ["faults", "lost", "doubled"].map(sum);
console.log(`${sessions.length} sessions, ${faults} faults, ${lost} leads lost, ${doubled} doubled`);
process.exitCode = status || missing.length > 0 || lost > 0 || doubled > 0 ? 1 : 0;
