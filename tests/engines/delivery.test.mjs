// Delivery by fetch in each engine, by a server that fails as it is told and a real one behind it. The whole of the fault
// matrix runs in Chromium, in tests/faults.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "../browser/server.mjs";
import { pact, pageOf } from "../faults/page.mjs";
import { Faulty } from "../faults/server.mjs";
import { open } from "./visit.mjs";

const folder = mkdtempSync(join(tmpdir(), "leadpact-"));
let backend;
before(async () => {
  const pacts = join(folder, "pact.json");
  writeFileSync(pacts, JSON.stringify(pact));
  backend = await serve({ pacts });
});
after(() => (backend?.close(), rmSync(folder, { recursive: true })));

// Chance is at its least, so that tries follow each other soon.
const SOON = "<script>Math.random = () => 0</script>";
let visitors = 0;

// A visitor with the form filled in, at a server of their own.
async function visit(t, faults = {}, attributes = () => "") {
  const server = await Faulty.open(backend);
  t.after(() => server.close());
  server.files.set("/pact.json", JSON.stringify(pact));
  server.files.set("/form", pageOf("B", { attributes: attributes(server), head: SOON }));
  const tab = await open(server);
  await tab.go("/form");
  const email = `ada-${(visitors += 1)}-${process.pid}@works.example`;
  await tab.until(() => window.LeadPact?.attach(document.querySelector("form")).then(() => true));
  await tab.type("[name=email]", email);
  for (const [role, fault] of Object.entries(faults)) server.fail(role, fault);
  const posts = () => server.seen.filter(({ role }) => role === "lead");
  const leads = async () => (await backend.leads()).filter(({ answers }) => answers.email === email);
  return { server, tab, posts, leads, press: () => tab.click(".last button"), arrived: () => tab.until(() => Boolean(document.querySelector(".leadpact-sent:not([hidden])"))), thanks: () => tab.until(() => location.pathname === "/thanks") };
}

const idOf = ({ body }) => body.match(/leadpact_id(?:=|":")([0-9a-f]{32})/)?.[1];
const once = async ({ leads, posts }) => {
  assert.equal((await leads()).length, 1);
  assert.equal(new Set(posts().map(idOf).filter(Boolean)).size, 1, "one id");
};

test("D1: an acknowledged lead is said to have arrived, once", async (t) => {
  const visitor = await visit(t);
  await visitor.press();
  await visitor.arrived();
  assert.equal(visitor.posts().length, 1);
  await once(visitor);
});

test("REL-08, H1: pressed thrice it is sent once", async (t) => {
  const visitor = await visit(t);
  await visitor.tab.run(() => [1, 2, 3].forEach(() => document.querySelector(".last button").click()));
  await visitor.arrived();
  assert.equal(visitor.posts().length, 1);
  await once(visitor);
});

test("D4: a redirect is not followed, and the browser sends the form", async (t) => {
  const visitor = await visit(t, { lead: [{ status: 307, headers: { location: "/leads" } }] });
  await visitor.press();
  await visitor.thanks();
  await once(visitor);
});

test("D5: what is refused is said in the endpoint's words, and everything typed is still there", async (t) => {
  const visitor = await visit(t, { lead: [{ status: 422, headers: { "content-type": "application/json" }, body: '{"message":"A company, please."}' }] });
  await visitor.press();
  await visitor.tab.until(() => /A company, please\./.test(document.querySelector("[part=failed]")?.textContent));
  assert.deepEqual(await visitor.leads(), []);
  await visitor.press();
  await visitor.arrived();
  await once(visitor);
});

test("D8: after a 5xx it is tried again, at last by the browser", async (t) => {
  const visitor = await visit(t, { lead: [{ status: 503 }] });
  await visitor.press();
  await visitor.arrived();
  await once(visitor);
  const other = await visit(t, { lead: [{ status: 500 }, { status: 502 }, { status: 504 }] });
  await other.press();
  await other.thanks();
  await once(other);
});

test("D9: stored, and then no answer: tried again, it is one lead", async (t) => {
  const visitor = await visit(t, { lead: [{ stored: true, reset: "answer" }] });
  await visitor.press();
  await visitor.arrived();
  await once(visitor);
});

test("D11: an answer that is cut short is no success; tried again, it is one lead", async (t) => {
  const visitor = await visit(t, { lead: [{ stored: true, cut: 8 }] });
  await visitor.press();
  await visitor.arrived();
  assert.ok(visitor.posts().length > 1);
  await once(visitor);
});

test("D16: another origin whose answer cannot be read is no success: the browser sends the form, under the same id", async (t) => {
  const visitor = await visit(t, { lead: [{ stored: true }, { stored: true }, { stored: true }, { stored: true }] }, (server) => `data-leadpact-endpoint="${server.other}/leads"`);
  await visitor.press();
  await visitor.thanks();
  assert.equal(visitor.server.seen.filter(({ role }) => role === "preflight").length, 0, "REL-06: no preflight");
  await once(visitor);
});

test("E4: where nobody answers the page stays and says so, and sends it once somebody does", async (t) => {
  const visitor = await visit(t);
  await visitor.server.gone();
  await visitor.press();
  await visitor.tab.until(() => Boolean(document.querySelector("[part=failed] p")));
  assert.equal(await visitor.tab.run(() => location.pathname), "/form");
  await visitor.server.back();
  await visitor.tab.click("[part=way]");
  await visitor.arrived();
  await once(visitor);
});

test("E7: where others took the quota of requests that outlive the page, it arrives all the same", async (t) => {
  const visitor = await visit(t);
  visitor.server.fail("page", { hold: true });
  await visitor.tab.run(() => void fetch("/beacon", { method: "PUT", keepalive: true, body: "x".repeat(65_000) }).catch(() => {}));
  await visitor.press();
  await visitor.arrived();
  await once(visitor);
});

test("E8: a lead larger than requests that outlive the page arrives whole", async (t) => {
  const visitor = await visit(t);
  const long = "é€".repeat(14_000);
  await visitor.tab.run((long) => (document.querySelector("[name=own]").value = long), long);
  await visitor.press();
  await visitor.arrived();
  assert.equal((await visitor.leads())[0].answers.own, long);
});

test("F4: a page that comes back after success sends nothing by itself", async (t) => {
  const visitor = await visit(t);
  visitor.server.files.set("/elsewhere", "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>");
  await visitor.press();
  await visitor.arrived();
  await visitor.tab.go("/elsewhere");
  await visitor.tab.back();
  await visitor.tab.find("[name=own]");
  assert.equal(visitor.posts().length, 1);
  assert.equal(await visitor.tab.run(() => document.querySelector(".last button").disabled), false);
  await once(visitor);
});
