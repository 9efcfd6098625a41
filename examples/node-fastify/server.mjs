// Receives leads with Fastify. PACT names the pact's file, LEADS the database, PORT where to listen.
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import Fastify from "fastify";
import { verify } from "leadpact/server";
import { LONGEST, LONGEST_WITH_FILES, Unreadable, longest, open, page, read, receiver, wantsJson } from "../leads.mjs";

const { PACT = "pact.json", LEADS = "leads.sqlite", PORT = 8080, HOST = "127.0.0.1" } = process.env;
const pact = readFileSync(PACT, "utf8");
const leads = open(new Database(LEADS));
const receive = receiver(verify, pact, leads);

// Fastify's own log holds addresses and paths, no bodies; it is off here.
const app = Fastify({ bodyLimit: LONGEST, requestTimeout: 30_000, logger: false });

// Bodies are read by their type in one place, for every framework alike.
app.removeAllContentTypeParsers();
const taken = (request, body, done) => done(null, body);
app.addContentTypeParser("*", { parseAs: "buffer" }, taken);
app.addContentTypeParser("multipart/form-data", { parseAs: "buffer", bodyLimit: LONGEST_WITH_FILES }, taken);

app.post("/leads", async (request, reply) => {
  const id = receive(await read(request.headers, request.body ?? ""));
  return wantsJson(request.headers.accept) ? { id } : reply.redirect("/thanks", 303);
});

app.get("/thanks", async (request, reply) => show(request, reply, "thanks"));

app.setErrorHandler(async (error, request, reply) => {
  const status = error instanceof Unreadable ? error.status : (error.statusCode ?? 500);
  // The error's kind, not its words: they may quote what was sent.
  if (status >= 500) console.error(`a lead could not be kept: ${error.name} ${error.code ?? ""}`);
  const message = error instanceof Unreadable ? error.message : status === 413 ? `a body has at most ${longest(request.headers)} bytes` : "send it again";
  reply.code(status);
  return wantsJson(request.headers.accept) ? { error: message } : show(request, reply, "failed", message);
});

app.addHook("onSend", async (request, reply) => {
  reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
});

function show(request, reply, which, why) {
  return reply.type("text/html; charset=utf-8").send(page(request.headers["accept-language"], which, why));
}

app.addHook("onClose", async () => leads.close());
await app.listen({ port: Number(PORT), host: HOST });
console.log(`listening on http://${HOST}:${app.server.address().port}`);

for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => app.close());
