// A row of the matrix as tests: one a case and mode, each a session that ends with the oracle.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { nothingEarly, nothingGone, nothingUncaught, outcome, worksAgain } from "./oracle.mjs";
import { ROWS } from "./rows.mjs";
import { Session, launch } from "./session.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

// What the summary is made of: a line a session.
function note(line) {
  if (process.env.LEADPACT_FAULTS) appendFileSync(process.env.LEADPACT_FAULTS, `${JSON.stringify(line)}\n`);
}

// Declares the tests of a row. A spec says:
//   page, serve, hook, given, script, context, pactText, secure   what is there: see `Session.open`
//   blocks    addresses that the browser never asks for, as a blocker of advertisements has it
//   faults    how many there are beside those of the server and of the hook
//   bound     what is waited for before the visitor sends: "ready" (the default), "error" (the module says that it could
//             not), "faulted" (the server has failed), "loaded", or nothing
//   fill, answer   false: the visitor does not
//   before    work after the page was opened, and during after it was filled in; gets the session and the spec
//   send      in the place of the button
//   ends      in the place of waiting for what the page says; gets the session and the spec
//   stored    how many leads there are then (1); `least` where it may be that many too
//   shown     whether the page says so (where a lead is stored)
//   record    whether the lead has the record (where the form was bound); null: either
//   after     more to look at: gets the session and its leads
//   errors    uncaught errors of the page's own making
//   retry     "next": it is the next visitor who sends once all is well, though the page did not say that it arrived
//   alone     what launches a browser for this session
//   next      what is waited for in the next visitor's page ("ready")
// `cases` are specs by name that the row's is spread over; `modes` those of the row, else of the table.
export function row(id, says, { cases = { "": {} }, modes = ROWS.get(id).modes, timeout = 60_000, ...common }) {
  for (const mode of modes) {
    for (const [name, own] of Object.entries(cases)) {
      const where = [name, `mode ${mode}`].filter(Boolean).join(", ");
      test(`${id}: ${says} (${where})`, { timeout }, () => run(id, name, mode, { ...common, ...own }));
    }
  }
}

async function run(id, name, mode, spec) {
  return told({ row: id, case: name, mode }, async (line) => {
    const session = await Session.open(spec.alone ? await spec.alone() : browser, { mode, ...spec });
    try {
      await visit(session, spec, line);
    } catch (error) {
      error.message += `\n  the server saw: ${session.server.seen.map(({ role, method, url }) => `${method} ${url} (${role})`).join(", ")}\n  the console: ${session.console.map(({ text }) => text).join(" | ")}`;
      throw error;
    } finally {
      line.faults = session.faults + session.server.injected;
      await session.close();
    }
  });
}

// Does the work of a session, and has the summary know of it.
export async function told(session, work) {
  const line = { engine: "chromium", faults: 0, lost: 0, doubled: 0, passed: false, ...session };
  try {
    await work(line);
    line.passed = true;
  } finally {
    note(line);
  }
}

async function visit(session, spec, line) {
  const { bound = "ready", stored = 1, least = stored, shown = stored > 0, record = bound === "ready", next, retry = shown ? "next" : "same" } = spec;
  session.faults += spec.faults ?? 0;
  if (spec.blocks) await session.blocks(spec.blocks);
  await session.go();
  await spec.before?.(session);
  if (spec.fill !== false) await session.fill();
  await WAITS[bound]?.(session);
  if (bound === "ready" && spec.answer !== false) await session.answer();
  await spec.during?.(session, spec);
  const from = session.page.url();
  session.submits();
  await (spec.send ?? ((session) => session.press()))(session);
  await spec.ends?.(session, spec);
  if (!spec.ends) await (shown ? session.own.arrival(session.page) : session.own.failure(session.page, from));
  const had = await outcome(session);
  // 1. As many as were sent, by their ids; 2. said to have arrived only where they have.
  const count = had.leads.length;
  line.lost += Math.max(0, least - count);
  line.doubled += Math.max(0, count - stored);
  if (had.shown && count === 0) line.lost += 1;
  assert.ok(count >= least && count <= stored, `${count} leads, expected ${least === stored ? stored : `${least} to ${stored}`}`);
  assert.equal(had.shown, shown, `the page says ${had.shown ? "that it arrived" : "nothing of an arrival"}`);
  if (count > 0 && record !== null) assert.equal(hasRecord(session), record, record ? "the record is there" : "there is no record");
  await spec.after?.(session, had.leads);
  nothingEarly(session);
  const injected = session.faults + session.server.injected;
  assert.ok(injected > 0, "the fault never came to pass");
  await retried(session, { retry, next }, line);
  nothingUncaught(session, spec.errors);
}

async function retried(session, { retry, next }, line) {
  const again = retry === "same";
  if (again) await nothingGone(session);
  const leads = await worksAgain(session, { again, next: WAITS[next ?? "ready"] });
  line.doubled += leads.length - 1;
}

// Whether what the real server got had a record in it, however the form was encoded.
const hasRecord = ({ server }) => server.seen.some(({ stored, body }) => stored && /(^|&)leadpact=|name="leadpact"\r|^leadpact=|"leadpact":/m.test(body));

const WAITS = {
  ready: (session, page) => session.ready(page),
  error: (session) => session.failed(),
  faulted: (session) => session.faulted(),
  loaded: (session, page = session.page) => page.waitForLoadState("load"),
};
