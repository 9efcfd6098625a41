// Receives leads with Node's own server. PACT names the pact's file, LEADS the database, PORT where to listen.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { verify } from "leadpact/server";
import { LONGEST_WITH_FILES, Unreadable, longest, open, page, read, receiver, wantsJson } from "../leads.mjs";

const { PACT = "pact.json", LEADS = "leads.sqlite", PORT = 8080, HOST = "127.0.0.1" } = process.env;
const pact = readFileSync(PACT, "utf8");
const leads = open(new Database(LEADS));
const receive = receiver(verify, pact, leads);

const server = createServer(async (request, response) => {
  const answer = answerer(request, response);
  const path = request.url.split("?")[0];
  if (request.method === "GET" && path === "/thanks") return answer.thank();
  if (path !== "/leads") return answer.refuse(404, "nothing is here");
  if (request.method !== "POST") return answer.refuse(405, "expected POST");
  try {
    answer.kept(receive(await read(request.headers, await whole(request))));
  } catch (error) {
    if (error instanceof Unreadable) return answer.refuse(error.status, error.message);
    // The error's kind, not its words: they may quote what was sent.
    console.error(`a lead could not be kept: ${error.name} ${error.code ?? ""}`);
    answer.refuse(500, "the lead could not be kept: send it again");
  }
});

// The body, if it is not too long. What is too long is dropped as it comes: most programs look at an answer only when they
// have sent everything.
async function whole(request) {
  const most = longest(request.headers);
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= most) chunks.push(chunk);
    else if (length > 4 * LONGEST_WITH_FILES) request.destroy();
  }
  if (length > most) throw new Unreadable(413, `a body has at most ${most} bytes`);
  return Buffer.concat(chunks);
}

function answerer(request, response) {
  const json = wantsJson(request.headers.accept);
  const send = (status, type, body, more) => {
    const headers = { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff", ...more };
    response.writeHead(status, headers).end(body);
  };
  const show = (status, which, why) => send(status, "text/html; charset=utf-8", page(request.headers["accept-language"], which, why));
  const say = (status, what) => send(status, "application/json", JSON.stringify(what));
  return {
    thank: () => show(200, "thanks"),
    kept: (id) => (json ? say(200, { id }) : send(303, "text/plain", "", { location: "/thanks" })),
    refuse: (status, why) => (json ? say(status, { error: why }) : show(status, "failed", why)),
  };
}

// A body that does not come must not hold a connection for ever.
server.requestTimeout = 30_000;
server.listen(PORT, HOST, () => console.log(`listening on http://${HOST}:${server.address().port}`));

for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => server.close(() => leads.close()));
