// A plain server of what build.mjs made, which keeps the leads it is sent, and a browser in front of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const built = at("../../target/embed");
const module = process.env.LEADPACT_PKG ?? at("../../pkg");
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm" };

// What every guide says: nothing inline, nothing from strings, and wasm may be compiled.
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:; form-action 'self'";

// Astro writes one of its own into its pages; Turbo has a style for its progress bar, by a nonce that the pages name; htmx 2
// keeps pages as text to come back to, with the style of our region.
const STYLES = { turbo: "'nonce-turbo'", htmx2: "'unsafe-inline'" };
function policyOf(path, site) {
  const fixture = path.split("/")[1];
  if (fixture === "remote") return POLICY.replaceAll("'self'", `'self' ${site.allowed}`);
  if (fixture !== "astro") return `${POLICY}; style-src 'self' ${STYLES[fixture] ?? ""}`;
}

// The module is served under two addresses, as two products of one site would.
function fileOf(path) {
  if (path.startsWith("/leadpact/")) return join(module, path.slice(9));
  if (path.startsWith("/other/leadpact/")) return join(module, "explain", path.slice(15));
  if (path === "/pact.json") return at("pact.json");
  return join(built, path.endsWith("/") ? `${path}index.html` : path);
}

function serve(site, leads) {
  return async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://site").pathname));
    if (request.method === "POST") {
      const parts = [];
      for await (const part of request) parts.push(part);
      const headers = { "content-type": request.headers["content-type"] };
      leads.push(Object.fromEntries(await new Response(Buffer.concat(parts), { headers }).formData()));
      return response.writeHead(303, { location: "/thanks" }).end();
    }
    const page = path === "/thanks" ? "<!doctype html><title>Thanks</title><link rel=icon href=data:,><h1>Thanks</h1>" : site.pages.get(path);
    const policy = policyOf(path, site);
    try {
      const file = fileOf(path.replace(/^\/cors/, ""));
      const body = page ?? readFileSync(file);
      response.writeHead(200, { "content-type": TYPES[extname(page ? path : file)] ?? TYPES[".html"], ...(path.startsWith("/cors/") && { "access-control-allow-origin": "*" }), ...(policy && { "content-security-policy": policy }) });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  };
}

export async function open() {
  const leads = [];
  const site = { pages: new Map() }; // path → what only one test needs to be there
  const server = createServer(serve(site, leads));
  await new Promise((then) => server.listen(0, "127.0.0.1", then));
  const browser = await chromium.launch({ executablePath, args, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  return Object.assign(site, {
    address: `http://127.0.0.1:${server.address().port}`,
    browser,
    leads: (email) => leads.filter((lead) => lead.email === email),
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  });
}

// A page in a context of its own, which notes whatever it prints and whatever goes wrong, and counts the forms that are bound.
export async function visit(site, path, { before, ...options } = {}) {
  const context = await site.browser.newContext(options);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => ["error", "warning", "assert"].includes(message.type()) && wrong.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`${error.name}: ${error.message}`));
  await page.addInitScript(() => {
    window.ready = 0;
    document.addEventListener("leadpact:ready", () => (window.ready += 1));
  });
  if (before) await page.addInitScript(before);
  await page.goto(site.address + path);
  return { page, context, wrong };
}

export const ready = (page, count = 1) => page.waitForFunction((count) => window.ready >= count, count);

export const shows = (where, score) => where.locator("output", { hasText: new RegExp(`^${score}$`) }).waitFor();

// Fills a fixture's form as a visitor does, and says what score the page showed at the end.
export async function fill(where, email) {
  await where.locator("[name=email]").pressSequentially(email);
  await shows(where, 10);
  assert.equal(await where.locator("[name=soon]").count(), 0, "no question before a pick");
  await where.locator("[name=team]").selectOption("11+");
  await where.locator("[name=soon][value=yes]").check();
  await shows(where, 60);
  assert.equal(await where.locator(".leadpact-questions").count(), 1, "one region");
  return Number(await where.locator("output").textContent());
}

// What arrived: one lead, whose record scores what the page showed.
export function delivered(site, email, shown, wrong) {
  const leads = site.leads(email);
  assert.equal(leads.length, 1, "one lead");
  const { leadpact, leadpact_id, ...fields } = leads[0];
  assert.deepEqual(fields, { email, team: "11+", soon: "yes" });
  const record = JSON.parse(leadpact ?? "null");
  assert.equal(record?.assessment.score, shown);
  assert.deepEqual([record.id, record.facts.soon, record.facts.team], [leadpact_id, true, "11+"]);
  assert.deepEqual(wrong, [], "nothing is printed and nothing goes wrong");
  return record;
}

// The whole way of a visitor, from an address to the lead; `then` waits for what the page says after it.
export async function drive(site, path, email, { open, then = (page) => page.waitForURL("**/thanks") } = {}) {
  const { page, context, wrong } = await visit(site, path);
  await open?.(page);
  await ready(page);
  const shown = await fill(page, email);
  await page.getByRole("button", { name: "Send" }).click();
  await then(page);
  const record = delivered(site, email, shown, wrong);
  await context.close();
  return record;
}
