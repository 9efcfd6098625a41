// One visitor, from an address to the lead: a browser context, a server that fails as it is told, and a real one behind it
// with a store of its own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { chromium } from "playwright-core";
import { serve } from "../browser/server.mjs";
import { MODES, listen, pact, pageOf } from "./page.mjs";
import { Faulty } from "./server.mjs";
import { PATIENCE, until } from "./until.mjs";

export { until };

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP *.invalid ~NOTFOUND"];

export const launch = (more = {}) => chromium.launch({ executablePath, args, ignoreDefaultArgs: ["--disable-back-forward-cache"], ...more });

// A browser whose tabs are as a visitor's: Playwright has every page believe that it is in front and has the focus.
export async function launchTabs() {
  const profile = mkdtempSync(join(tmpdir(), "leadpact-profile-"));
  const own = spawn(executablePath, [...args, "--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const endpoint = await new Promise((found, failed) => {
    let said = "";
    own.on("exit", () => failed(new Error(`the browser ended: ${said}`)));
    own.stderr.on("data", (chunk) => {
      const match = (said += chunk).match(/ws:\S+/);
      if (match) found(match[0]);
    });
  });
  const browser = await chromium.connectOverCDP(endpoint, { noDefaults: true });
  const ended = new Promise((then) => own.on("exit", then));
  // It may be gone with its last tab.
  const close = async () => {
    await browser.close().catch(() => {});
    own.kill("SIGKILL");
    await ended;
    clear(profile);
  };
  return { newContext: async () => browser.contexts()[0], close };
}

// A browser that nobody looks into, from one address on.
export function look(address) {
  const profile = mkdtempSync(join(tmpdir(), "leadpact-profile-"));
  const own = spawn(executablePath, [...args, "--headless=new", `--user-data-dir=${profile}`, "--remote-debugging-pipe", address], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  return async () => {
    const ended = new Promise((then) => own.on("exit", then));
    own.kill("SIGKILL");
    await ended;
    clear(profile);
  };
}

// Processes of a browser that is gone may write a moment longer.
function clear(profile) {
  try {
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // the system's own to clear
  }
}

let sessions = 0;

export class Session {
  faults = 0; // injected in the page, beside those of the server
  errors = []; // uncaught in the page
  console = [];
  requests = []; // as the browser tells of them, other sites included
  submitted; // the number of requests when the visitor pressed the button
  ends = []; // what is to be closed with it
  #folder;

  static async open(browser, { mode, page = {}, serve: faults = {}, hook, given, script, context = {}, pactText, alone, secure }) {
    const session = new Session();
    session.mode = mode;
    session.own = MODES[mode];
    session.#folder = mkdtempSync(join(tmpdir(), "leadpact-faults-"));
    const file = join(session.#folder, "pact.json");
    writeFileSync(file, JSON.stringify(pact));
    session.backend = await serve({ pacts: file });
    session.server = await Faulty.open(session.backend, { secure });
    session.server.files.set("/pact.json", pactText ?? JSON.stringify(pact));
    session.server.files.set("/form", typeof page === "function" ? page(session) : pageOf(mode, page));
    for (const [role, fault] of Object.entries(faults)) session.server.fail(role, fault);
    session.browser = browser;
    session.alone = alone;
    session.context = await browser.newContext({ locale: "en-GB", ignoreHTTPSErrors: secure, ...context });
    session.context.setDefaultTimeout(PATIENCE);
    session.values = session.person();
    session.page = await session.tab({ hook, given, script });
    return session;
  }

  // All is well: the server, its page and its pact.
  async heal() {
    this.server.heal();
    this.server.files.set("/pact.json", JSON.stringify(pact));
    this.server.files.set("/form", pageOf(this.mode));
    await this.server.back();
  }

  // Words that nobody else would type.
  person() {
    const number = (sessions += 1);
    return { email: `canary-mail-${process.pid}-${number}@kiwi.example`, company: `canary-company-${number}x`, story: `canary story ${number}, été`, own: `canary-own-${number}x` };
  }

  // A `hook` is a fault; a `script` is none.
  async tab({ hook, given, script } = {}) {
    const page = await this.context.newPage();
    await page.addInitScript(listen);
    if (script) await page.addInitScript(script);
    if (hook) {
      this.faults += 1;
      await page.addInitScript(hook, given);
    }
    this.watch(page);
    return page;
  }

  watch(page) {
    page.on("pageerror", (error) => this.errors.push(`${error.name}: ${error.message}`));
    page.on("console", (message) => this.console.push({ type: message.type(), text: message.text(), url: message.location().url }));
    page.on("request", (request) => this.requests.push({ url: request.url(), method: request.method(), body: request.postData() ?? "" }));
  }

  blocks(pattern) {
    return this.page.route(pattern, (route) => {
      this.faults += 1;
      return route.abort("blockedbyclient");
    });
  }

  get address() {
    return `${this.server.address}/form`;
  }

  go(page = this.page) {
    return page.goto(this.address, { waitUntil: "commit" });
  }

  // What the module has said, oldest first.
  told = (type, page = this.page) => page.evaluate((type) => window.told.filter((one) => one.type === `leadpact:${type}`), type);
  ready = (page = this.page) => page.waitForFunction(() => window.told.some(({ type }) => type === "leadpact:ready"));
  failed = (page = this.page) => page.waitForFunction(() => window.told.some(({ type }) => type === "leadpact:error"));

  // Resolves when a request of this role was faulted, and answered as far as it ever is.
  async faulted(least = 1) {
    await until(() => this.server.injected >= least);
  }

  // Types as a visitor does.
  async fill(page = this.page, values = this.values) {
    await page.waitForSelector("form [name=own]", { state: "attached" });
    for (const [name, value] of Object.entries(values)) await page.fill(`[name=${name}]`, value);
  }

  // Answers the question that the pact asks.
  async answer(page = this.page) {
    // Whoever goes on by Tab from a field of the pact is asked.
    await page.focus("[name=company]");
    await page.keyboard.press("Tab");
    await page.check("[name=budget][value=yes]");
  }

  submits() {
    this.submitted ??= { told: this.requests.length, came: this.server.seen.length };
  }

  async press(page = this.page) {
    this.submits();
    // By the page's own button, as a visitor; what it leads to is waited for elsewhere.
    await page.click(".last button", { noWaitAfter: true });
  }

  typed = (page = this.page) => page.evaluate((names) => Object.fromEntries(names.map((name) => [name, document.querySelector(`[name=${name}]`)?.value])), Object.keys(this.values));

  // As the browser's own button does; what comes just then has come.
  halt = async (page = this.page) => (await this.context.newCDPSession(page)).send("Page.stopLoading").catch(() => {});

  // The record of what was posted last.
  record() {
    const { body } = this.posts().at(-1);
    const said = body.startsWith("{") ? JSON.parse(body).leadpact : new URLSearchParams(body).get("leadpact");
    return typeof said === "string" ? JSON.parse(said) : said;
  }

  // The ids of what was posted.
  ids = () => new Set(this.posts().map(({ body }) => body.match(/leadpact_id(?:=|":"|"\r\n\r\n)([0-9a-f]{32})/)?.[1]));

  // What was posted, oldest first.
  posts = () => this.server.seen.filter(({ role }) => role === "lead");

  // Resolves when so many leads have been posted, and when the server has stored so many requests.
  posted = (count = 1) => until(() => this.posts().length >= count);
  stored = (count = 1, patience) => until(() => this.posts().filter(({ stored }) => stored).length >= count, patience);

  leads = () => this.backend.leads();

  async close() {
    for (const end of this.ends) await end();
    await this.context.close().catch(() => {}); // its browser may be gone
    if (this.alone) await this.browser.close();
    await this.server.close();
    this.backend.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

// The processes of this browser's pages, ended as a system short of memory ends them.
export async function kill(session) {
  const devtools = await session.browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  assert.ok(renderers.length > 0);
  const crashed = session.page.waitForEvent("crash");
  for (const { id } of renderers) process.kill(id, "SIGKILL");
  await crashed;
  session.faults += 1;
  await later(300);
  await session.page.close();
}
