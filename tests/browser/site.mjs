// The real server, and a browser in front of it.
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

export { program } from "./server.mjs";
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function open(options) {
  const server = await serve(options);
  const browser = await chromium.launch({ executablePath, args, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  return { ...server, browser, close: async () => (await browser.close(), server.close()) };
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
