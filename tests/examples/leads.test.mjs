// The servers of `examples/`, each as its own process: what a form, the module and a rival send arrives once, verified.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { hashOf } from "../../src/browser/hash.js";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { Lead, handOff } = await import(process.env.LEADPACT_NODE ?? at("target/wasm-node/leadpact.js"));
const program = process.env.LEADPACT_BIN ?? at("target/debug/leadpact");
const file = at("www/pacts/machines/pact.json");
const pact = JSON.parse(readFileSync(file, "utf8"));
const hash = await hashOf(pact);
const CANARY = "canary-7f3a";
const FORM = "application/x-www-form-urlencoded";

const id = (n) => n.toString(16).padStart(32, "0");

// The record that the module makes in a page of these answers.
function record(n, attempt, answers, hashed = hash) {
  const lead = new Lead(pact);
  lead.setBehaviour(true);
  for (const [field, answer] of Object.entries(answers)) lead.answer(field, answer);
  const made = { ...handOff(lead, hashed, { by: "page", at: new Date().toISOString() }), id: id(n), attempt };
  lead.free();
  return made;
}

async function start(name, folder) {
  const Database = createRequire(at(`examples/${name}/server.mjs`))("better-sqlite3");
  const LEADS = join(folder, "leads.sqlite");
  const server = spawn(process.execPath, ["server.mjs"], { cwd: at(`examples/${name}`), env: { ...process.env, PACT: file, LEADS, PORT: "0" } });
  let said = "";
  const address = await new Promise((found, failed) => {
    server.on("exit", (code) => failed(new Error(`the server ended with ${code}: ${said}`)));
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (chunk) => {
        const match = (said += chunk).match(/listening on (http:\/\/\S+)/);
        if (match) found(match[1]);
      });
    }
  });
  const stopped = new Promise((then) => server.once("exit", (code, signal) => then(signal ?? code)));
  return {
    address,
    said: () => said,
    stop(signal) {
      server.kill(signal);
      return stopped;
    },
    post: (type, body, headers = {}) =>
      fetch(`${address}/leads`, { method: "POST", redirect: "manual", body, headers: { "content-type": type, ...headers } }),
    leads() {
      const database = new Database(LEADS, { readonly: true });
      const rows = database.prepare("SELECT * FROM leads ORDER BY received_at, id").all();
      database.close();
      return rows.map((row) => ({ ...row, answers: JSON.parse(row.answers), record: JSON.parse(row.record), verified: JSON.parse(row.verified) }));
    },
  };
}

const whats = ({ verified }) => verified.differences.map(({ what }) => what);
const ANSWERS = { full_name: "Ana", email: "ana@acme.example", project_type: "automate", sector: "dairy", units_per_minute: "60", country: "france" };
const JSON_TOO = { accept: "application/json" };

for (const name of ["node-http", "node-fastify"]) {
  describe(name, () => {
    const folders = [];
    const servers = [];
    const fresh = async (folder = mkdtempSync(join(tmpdir(), "leadpact-"))) => {
      folders.push(folder);
      const server = await start(name, folder);
      servers.push(server);
      return server;
    };
    after(async () => {
      for (const server of servers) await server.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });

    test("REL-01: a plain form is kept, assessed and thanked, without the module", async () => {
      const server = await fresh();
      const answer = await server.post(FORM, new URLSearchParams({ ...ANSWERS, page: "home" }).toString());
      assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/thanks"]);
      const thanks = await fetch(server.address + answer.headers.get("location"));
      assert.deepEqual([thanks.status, /<html lang="en">.*Thank you/.test(await thanks.text())], [200, true]);
      const merci = await fetch(`${server.address}/thanks`, { headers: { "accept-language": "fr-FR,en;q=0.5" } });
      assert.match(await merci.text(), /<html lang="fr">.*Merci/);
      const [lead] = server.leads();
      assert.match(lead.id, /^[0-9a-f]{32}$/);
      assert.deepEqual([lead.verified.differences, lead.record, lead.verified.pact.hash], [[], null, hash]);
      assert.equal(lead.verified.assessment.score, record(1, 1, ANSWERS).assessment.score);
    });

    test("SEC-09: a true record has no differences, however it is sent", async () => {
      const server = await fresh();
      const body = (n) => JSON.stringify({ leadpact_id: id(n), leadpact: record(n, 1, ANSWERS), ...ANSWERS });
      const event = (n) => JSON.stringify({ specversion: "1.0", id: id(n), source: "/", type: "leadpact.handoff", data: JSON.parse(body(n)) });
      const ways = [
        [FORM, new URLSearchParams({ leadpact_id: id(1), leadpact: JSON.stringify(record(1, 1, ANSWERS)), ...ANSWERS }).toString()],
        ["application/json", body(2)],
        ["text/plain;charset=UTF-8", body(3)],
        ["application/cloudevents+json", event(4)],
        ["application/json", JSON.stringify(record(5, 1, ANSWERS))],
        ["text/plain;charset=UTF-8", event(6)],
      ];
      const form = new FormData();
      for (const [name, value] of Object.entries({ leadpact_id: id(7), leadpact: JSON.stringify(record(7, 1, ANSWERS)), ...ANSWERS })) form.append(name, value);
      form.append("plan", new Blob(["what nobody reads"]), "plan.txt");
      const encoded = new Response(form);
      ways.push([encoded.headers.get("content-type"), await encoded.text()]);
      for (const [n, [type, sent]] of ways.entries()) {
        const answer = await server.post(type, sent, JSON_TOO);
        assert.deepEqual([answer.status, await answer.json()], [200, { id: id(n + 1) }], type);
      }
      for (const lead of server.leads()) assert.deepEqual([lead.verified.differences, lead.verified.id], [[], lead.id]);
      assert.equal(server.leads().length, 7);
    });

    test("SEC-09, J4: what a rival makes of a record is kept and named", async () => {
      const server = await fresh();
      const made = record(1, 1, ANSWERS);
      Object.assign(made.assessment, { score: 999, route: "ceo" });
      Object.assign(made, { at: "2100-01-01T00:00:00Z", record: 2, pact: { id: "unknown", revision: "r0", hash: "0" } });
      for (const sent of [JSON.stringify(made), "{", "null", "[".repeat(60_000), JSON.stringify({ record: 1, facts: 7 })]) {
        const answer = await server.post(FORM, new URLSearchParams({ leadpact: sent, ...ANSWERS }).toString());
        assert.equal(answer.status, 303);
      }
      const strange = { leadpact_id: [[id(1)]], leadpact: { id: [id(1)], attempt: 1e300, __proto__: 1 }, company: { a: [] }, ...ANSWERS };
      assert.equal((await server.post("application/json", JSON.stringify(strange))).status, 303);
      const leads = server.leads();
      assert.equal(leads.length, 6);
      const own = record(1, 1, ANSWERS).assessment.score;
      for (const lead of leads) assert.ok(lead.verified.assessment.score === own && whats(lead).length > 0);
      const forged = whats(leads.find(({ id: own }) => own === id(1)));
      for (const what of ["score", "route", "at", "record", "pact.id", "pact.hash"]) assert.ok(forged.includes(what), what);
    });

    test("REL-03, REL-17: the same id is one lead, the highest attempt wins, and sales' time counts from the first", async () => {
      const server = await fresh();
      const send = (attempt, company) => server.post("application/json", JSON.stringify({ leadpact: record(7, attempt, { ...ANSWERS, company }) }), JSON_TOO);
      await send(2, "b");
      const [first] = server.leads();
      await send(1, "a");
      assert.equal(server.leads()[0].verified.facts.company, "b");
      await send(3, "c");
      const [last, ...others] = server.leads();
      assert.deepEqual([others, last.verified.facts.company, last.attempt, last.received_at], [[], "c", 3, first.received_at]);
      await Promise.all(Array.from({ length: 20 }, () => send(3, "d")));
      assert.equal(server.leads().length, 1);
    });

    test("REL-17: a form sent again without its record gives newer answers and costs no record", async () => {
      const server = await fresh();
      const own = (more) => server.post(FORM, new URLSearchParams({ leadpact_id: id(8), ...more }).toString());
      await server.post("application/json", JSON.stringify({ leadpact_id: id(8), leadpact: record(8, 2, ANSWERS), ...ANSWERS }));
      const [before] = server.leads();
      for (const more of [{ country: "benelux" }, { country: "iberia", leadpact: '{"record": 1, ' }]) {
        assert.equal((await own(more)).status, 303);
        const [lead, ...others] = server.leads();
        assert.deepEqual([others, lead.attempt, lead.record], [[], 2, before.record]);
        assert.deepEqual([lead.answers, lead.verified.facts.email], [[["country", more.country]], ANSWERS.email]);
        assert.ok(whats(lead).includes("record"));
      }
      await own({ leadpact: "{" });
      assert.deepEqual(server.leads()[0].answers, [["country", "iberia"]]);
    });

    test("a field named record is an answer where the form has an id", async () => {
      const server = await fresh();
      await server.post("application/json", JSON.stringify({ leadpact_id: id(9), record: "gold", ...ANSWERS }));
      const [lead] = server.leads();
      assert.deepEqual([lead.id, lead.record, new Map(lead.answers).get("record")], [id(9), null, "gold"]);
    });

    test("REL-03: a lead that was answered for survives a server that is killed", async () => {
      const folder = mkdtempSync(join(tmpdir(), "leadpact-"));
      const server = await fresh(folder);
      for (let n = 1; n <= 20; n += 1) assert.equal((await server.post(FORM, `leadpact_id=${id(n)}&company=x`)).status, 303);
      assert.equal(await server.stop("SIGKILL"), "SIGKILL");
      const again = await fresh(folder);
      assert.equal((await again.post(FORM, `leadpact_id=${id(1)}&company=y`)).status, 303);
      assert.equal(again.leads().length, 20);
      assert.equal(await again.stop("SIGTERM"), 0);
    });

    test("H10: a form with a large file is a lead like any other, and its texts have their limit", async () => {
      const server = await fresh();
      const send = (fields) => {
        const form = new FormData();
        for (const [field, value] of Object.entries({ leadpact_id: id(1), ...fields })) form.append(field, value);
        form.append("plan", new Blob(["x".repeat(2 * 1024 * 1024)]), "plan.pdf");
        return fetch(`${server.address}/leads`, { method: "POST", body: form, headers: JSON_TOO });
      };
      assert.equal((await send({ company: "x".repeat(257 * 1024) })).status, 413);
      assert.deepEqual([(await send({ company: "Acme" })).status, server.leads()[0].answers], [200, [["company", "Acme"]]]);
    });

    test("H7: a form of a page in another encoding is read as it was typed", async () => {
      const server = await fresh();
      for (const [n, body] of ["soci%C3%A9t%C3%A9=%C3%89nergie+a%3Db%25", "soci%E9t%E9=%C9nergie+a%3Db%25", "_charset_=windows-1252&soci%E9t%E9=%C9nergie+a=b%25", "_charset_=nonsense&soci%C3%A9t%C3%A9=%C3%89nergie+a=b%25"].entries()) {
        assert.equal((await server.post(FORM, `leadpact_id=${id(n)}&${body}`)).status, 303);
        assert.deepEqual(server.leads().find((lead) => lead.id === id(n)).answers, [["société", "Énergie a=b%"]]);
      }
    });

    test("what is no form is refused, and nothing of it is kept", async () => {
      const server = await fresh();
      const long = `company=${"x".repeat(256 * 1024)}`;
      for (const [type, body, status] of [
        [FORM, long, 413],
        [FORM, "", 400],
        ["application/json", '{"company": ', 400],
        ["application/json", "[1]", 400],
        ["application/cloudevents+json", '{"data": 1}', 400],
        ["multipart/form-data; boundary=b", "--b--", 400],
        ["multipart/form-data; boundary=b", '--b\r\nContent-Disposition: form-data; name="company"\r\n\r\nx', 400],
        ["image/png", "x", 415],
      ]) {
        const answer = await server.post(type, body, JSON_TOO);
        assert.deepEqual([answer.status, typeof (await answer.json()).error], [status, "string"], type);
      }
      assert.match(await (await server.post("image/png", "x", { accept: "text/html" })).text(), /did not arrive/);
      // Without a length said ahead, the limit holds as well.
      const { hostname, port } = new URL(server.address);
      const said = await new Promise((then) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(`POST /leads HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n`);
          for (let n = 0; n < 9; n += 1) socket.write(`8000\r\n${"y".repeat(0x8000)}\r\n`);
          socket.write("0\r\n\r\n");
        });
        socket.once("data", (data) => then(String(data).split("\r\n")[0]));
        socket.on("error", () => then("closed"));
      });
      assert.match(said, / 413 |closed/);
      assert.deepEqual(server.leads(), []);
    });

    test("REL-17: `leadpact conform` finds nothing wrong", async () => {
      const server = await fresh();
      const conform = spawnSync(program, ["conform", `${server.address}/leads`, "--pact", file, "--foreign-origin", "kept"], { encoding: "utf8" });
      assert.deepEqual([conform.status, conform.stdout.match(/\d+ failed/)?.[0]], [0, "0 failed"], conform.stdout + conform.stderr);
    });

    test("PRIV-14: no value stands in what a server says", async () => {
      const server = await fresh();
      const values = { company: CANARY, email: `${CANARY}@acme.example` };
      await server.post(FORM, new URLSearchParams({ ...values, leadpact: `{"facts": {"${CANARY}": "${CANARY}"}` }).toString());
      await server.post("application/json", `{"company": "${CANARY}`);
      await server.post("image/png", CANARY);
      await fetch(`${server.address}/nothing?email=${CANARY}`);
      assert.ok(!server.said().includes(CANARY), server.said());
      assert.equal(server.leads().length, 1);
    });
  });
}
