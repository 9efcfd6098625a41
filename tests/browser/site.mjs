// The real server with an empty store, and a browser in front of it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const program = process.env.LEADPACT_BIN ?? at("target/release/leadpact");
const www = process.env.LEADPACT_WWW ?? at("www");
const module = process.env.LEADPACT_PKG ?? at("pkg");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function open() {
  const folder = mkdtempSync(join(tmpdir(), "leadpact-"));
  const serve = ["serve", "--pact", join(www, "pacts"), "--www", www, "--module", module, "--db", join(folder, "leads.sqlite"), "--port", "0"];
  const server = spawn(program, serve, { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((found, failed) => {
    let said = "";
    server.on("error", failed);
    server.on("exit", (code) => failed(new Error(`the server ended with ${code}`)));
    server.stdout.on("data", (chunk) => {
      const match = (said += chunk).match(/http:\/\/\S+/);
      if (match) found(match[0].replace(/\/$/, ""));
    });
  });
  const browser = await chromium.launch({ executablePath, args, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  return {
    address,
    browser,
    leads: async () => (await fetch(`${address}/leads.json`)).json(),
    async close() {
      await browser.close();
      server.removeAllListeners("exit");
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// A page in a context of its own, which notes what it asks for, what it prints, and what goes wrong.
export async function visit(site, { path, html, pact, locale = "fr-FR", headers, ...options } = {}) {
  const context = await site.browser.newContext({ locale, ...options });
  const page = await context.newPage();
  const seen = { requests: [], console: [], errors: [] };
  page.on("request", (request) => seen.requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  page.on("console", (message) => seen.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.errors.push(error.message));
  const give = (url, contentType, body) => page.route((address) => address.pathname === url, (route) => route.fulfill({ contentType, body, headers }));
  if (html) await give("/test.html", "text/html; charset=utf-8", html);
  if (pact) await give("/test.json", "application/json", JSON.stringify(pact));
  return { page, context, seen, go: () => page.goto(site.address + (path ?? "/test.html")) };
}

// Resolves when the form is bound, with a log of its events in `window.seen`.
export const bound = (page, form = "form[data-leadpact]") =>
  page.evaluate(async (selector) => {
    window.seen = [];
    for (const type of ["assessed", "asking", "asked", "handoff", "error"]) {
      document.addEventListener(`leadpact:${type}`, ({ detail }) => window.seen.push({ type, ...detail, lead: undefined }));
    }
    const { attach } = await import("/leadpact/leadpact.js");
    window.lead = await attach(selector);
  }, form);

export const events = (page, type) => page.evaluate((type) => window.seen.filter((event) => event.type === type), type);
