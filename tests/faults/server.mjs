// A web server that fails on purpose, each thing it serves in its own way: the page, the script, the wasm, the pact, and the
// place where leads arrive. What it says is stored, the real server behind it stored.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { Server as SecureServer, createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { module } from "../browser/server.mjs";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".map": "application/json" };
const OWN = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]); // of one connection only

// What a request is for.
function roleOf({ method, url }) {
  const { pathname } = new URL(url, "http://site");
  if (method === "OPTIONS") return "preflight";
  if (method === "POST") return "lead";
  if (pathname.endsWith("/leadpact_bg.wasm")) return "wasm";
  if (/^\/leadpact\/(.*\/)?leadpact(\.classic)?\.js$/.test(pathname)) return "script";
  if (pathname === "/pact.json") return "pact";
  if (pathname === "/thanks") return "thanks";
  return "page";
}

// What a fault may say, besides `status`, `headers` and `body`, which take the place of the true answer's:
//   stored   of a lead: whether the real server gets it (else it never does)
//   hold     the answer waits until `release()`; `after` counts milliseconds
//   first    so many bytes are all of the body, honestly
//   cut      so many bytes of the body are sent, under the length of the whole, and the connection ends
//   stall    "answer": there never is one; "body": it stops after so much of it as `cut` says, and the connection stays
//   reset    "request": the connection is reset unread; "answer": before it; "body": in the middle of it
//   drip     milliseconds between two pieces of the body
//   pad      so many bytes of blanks more
//   bomb     so many zeros instead, as gzip
//   deaf     what is sent is not read, and nothing is answered
//   then     called with what was sent, before the answer
export class Faulty {
  #backend;
  #faults = new Map(); // role → list of faults, or one for ever
  #servers = [];
  #sockets = new Set();
  #stalled = [];
  #gate = {};
  files = new Map(); // path → text of a page
  seen = []; // every request, with its body
  injected = 0; // faults that came to pass
  refused = 0; // connections reset as soon as they were there

  constructor(backend) {
    this.#backend = backend;
    this.#shut();
  }

  // Listens as two sites, which differ by their ports; the first by https: where it is to be secure.
  static async open(backend, { secure = false } = {}) {
    const faulty = new Faulty(backend);
    await faulty.#listen("own", secure ? createSecureServer(certificate()) : createServer());
    await faulty.#listen("other", createServer());
    return faulty;
  }

  async #listen(site, server) {
    server.on("request", (request, response) => this.#serve(site, request, response).catch(() => response.destroy()));
    server.keepAliveTimeout = 60_000; // no connection is closed just as a slow request comes
    server.on("connection", (socket) => this.#connected(socket));
    server.on("clientError", (_, socket) => socket.destroy());
    await new Promise((then) => server.listen(0, "127.0.0.1", then));
    const { port } = server.address();
    const scheme = server instanceof SecureServer ? "https" : "http";
    this.#servers.push({ server, port, address: `${scheme}://127.0.0.1:${port}` });
  }

  get address() {
    return this.#servers[0].address;
  }

  get other() {
    return this.#servers[1].address;
  }

  // From now on: a fault for ever, or a list of them, one a request, `undefined` for none; after the list all is well.
  fail(role, fault) {
    this.#faults.set(role, Array.isArray(fault) ? [...fault] : fault);
  }

  heal() {
    this.#faults.clear();
    // What stalls would keep the browser's cache from asking again.
    for (const socket of this.#stalled.splice(0)) socket.destroy();
    this.resets = false;
    this.release();
  }

  #shut() {
    this.#gate.promise = new Promise((then) => (this.#gate.open = then));
  }

  // Lets go of what is held.
  release() {
    this.#gate.open();
    this.#shut();
  }

  // Nobody listens any more: connections are refused. With `site` only one of the two.
  async gone(site) {
    const chosen = site === undefined ? this.#servers : [this.#servers[site]];
    const closed = chosen.map(({ server }) => new Promise((then) => server.close(then)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async back() {
    for (const { server, port } of this.#servers) if (!server.listening) await new Promise((then) => server.listen(port, "127.0.0.1", then));
  }

  async close() {
    this.release();
    await this.gone();
  }

  #connected(socket) {
    if (this.resets) {
      this.refused += 1;
      this.injected += 1;
      return socket.resetAndDestroy();
    }
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
  }

  #next(role) {
    const faults = this.#faults.get(role);
    const fault = Array.isArray(faults) ? faults.shift() : faults;
    if (fault) this.injected += 1;
    return fault ?? {};
  }

  async #serve(site, request, response) {
    const role = roleOf(request);
    const note = { site, role, method: request.method, url: request.url, headers: request.headers, body: "", at: performance.now() };
    this.seen.push(note);
    const fault = this.#next(role);
    if (fault.deaf || fault.stall) this.#stalled.push(request.socket);
    if (fault.reset === "request") return request.socket.resetAndDestroy();
    if (fault.deaf) return request.pause();
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    note.body = body.toString();
    const faulted = Object.keys(fault).length > 0;
    const answer = await this.#true(role, request, body, faulted ? fault.stored : true);
    note.stored = role === "lead" && answer.stored;
    fault.then?.(note);
    if (fault.hold) await this.#gate.promise;
    if (fault.after) await later(fault.after);
    if (fault.stall === "answer") return undefined;
    if (fault.reset === "answer") return request.socket.resetAndDestroy();
    return answered(request, response, answer, fault);
  }

  // The answer without a fault.
  async #true(role, request, body, stored) {
    if (role === "lead" && !stored) return { status: 500, headers: { "content-type": "text/plain" }, body: Buffer.from("The server has failed.") };
    if (role === "lead" || role === "thanks" || request.url === "/leads.css") return { ...(await this.#forward(request, body)), stored: role === "lead" };
    const { pathname } = new URL(request.url, "http://site");
    const headers = { "content-type": TYPES[extname(pathname)] ?? TYPES[".html"] };
    const text = this.files.get(pathname);
    if (text !== undefined) return { status: 200, headers, body: Buffer.from(text) };
    const file = pathname.startsWith("/leadpact/") && join(module, pathname.slice(9));
    const there = file && statSync(file, { throwIfNoEntry: false })?.isFile();
    return there ? { status: 200, headers, body: readFileSync(file) } : { status: 404, headers: { "content-type": TYPES[".html"] }, body: Buffer.from("<!doctype html><title>Not found</title><p>Not found") };
  }

  async #forward({ method, url, headers }, body) {
    // The real server compares where a form comes from with the host that it is sent to.
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.has(name) && name !== "host"));
    if (own.origin) own.origin = own.origin.replace(/:\d+$/, `:${new URL(this.#backend.address).port}`);
    const answer = await fetch(this.#backend.address + url, { method, headers: own, body: method === "POST" ? body : undefined, redirect: "manual" });
    const theirs = [...answer.headers].filter(([name]) => !OWN.has(name) && name !== "content-security-policy");
    return { status: answer.status, headers: Object.fromEntries(theirs), body: Buffer.from(await answer.arrayBuffer()) };
  }
}

// A key and a certificate that nobody vouches for, made for this run.
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), "leadpact-certificate-"));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
  try {
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"];
    execFileSync("openssl", ["req", "-x509", ...made, "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function answered(request, response, answer, fault) {
  const { status = answer.status, bomb, cut, drip, first, pad, reset, stall } = fault;
  let body = fault.body === undefined ? answer.body : Buffer.from(fault.body);
  if (first !== undefined) body = body.subarray(0, first);
  if (pad) body = Buffer.concat([body, Buffer.alloc(pad, 32)]);
  if (bomb) body = zeros(bomb);
  const own = fault.status || fault.body !== undefined ? { "content-type": answer.headers["content-type"] ?? "text/html" } : answer.headers;
  const headers = { ...own, ...(bomb && { "content-encoding": "gzip" }), ...fault.headers };
  if (status !== 204 && status !== 304) headers["content-length"] ??= body.length;
  for (const name of Object.keys(headers)) if (headers[name] === null) delete headers[name];
  response.writeHead(status, headers);
  if (cut !== undefined || stall === "body" || reset === "body") {
    response.flushHeaders();
    response.write(body.subarray(0, cut ?? Math.floor(body.length / 2)));
    if (stall === "body") return;
    await later(200); // for the first half to leave, and be shown
    if (reset === "body") request.socket.resetAndDestroy();
    else request.socket.destroySoon();
    return;
  }
  if (drip) {
    const piece = Math.max(1, Math.ceil(body.length / 10));
    for (let at = 0; at < body.length && !response.destroyed; at += piece) {
      response.write(body.subarray(at, at + piece));
      await later(drip);
    }
    return void response.end();
  }
  response.end(body);
}

const bombs = new Map();
function zeros(length) {
  if (!bombs.has(length)) bombs.set(length, gzipSync(Buffer.alloc(length), { level: 9 }));
  return bombs.get(length);
}
