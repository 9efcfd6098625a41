// One visitor: opens the form, agrees, types, answers the question, sends; and what must hold whatever failed meanwhile.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "../../browser/server.mjs";
import { listen, pact as small, pageOf } from "../page.mjs";
import { Faulty } from "../server.mjs";

const PATIENCE = 15_000; // milliseconds that a session may take to come to something
// Milliseconds: that the module may be silent for while it sends and else, and that all its tries take, as time passes for it.
const RESTS = { busy: 1700, still: 700, longest: 4000 };

// What wasm-bindgen's own code calls while the script is evaluated: where that fails, the browser says so, and there is no
// module.
const EARLY = ["new TextDecoder", "textDecoder.decode", "new TextEncoder"];

// With a calendar, an offer and signals, so that as much of the module works as can.
const pact = {
  ...small,
  handoff: {
    routes: [{ to: "sales", offer: { label: "Book a call", url: "https://works.example/call" } }],
    sla: [{ respond_within_hours: 8, channels: ["email"], attempts: 1, every_hours: 24 }],
    calendar: { zone: "Europe/Paris", hours: { mon: ["09:00-18:00"], tue: ["09:00-18:00"], wed: ["09:00-18:00"] } },
  },
};
const AGREES = `<script>(window.leadpact ??= []).push((LeadPact) => LeadPact.consent({ behaviour: true, by: "torture" }));
addEventListener("submit", (event) => (torture.submitted = event));</script>`;

// A form's page for each mode, and the real server behind it.
export async function openSite({ head = "" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "leadpact-torture-"));
  const file = join(folder, "pact.json");
  writeFileSync(file, JSON.stringify(pact));
  const backend = await serve({ pacts: file });
  const server = await Faulty.open(backend);
  server.files.set("/pact.json", JSON.stringify(pact));
  const page = (mode) => pageOf(mode, { attributes: mode === "B" ? "data-leadpact-outbox" : "", before: AGREES, head });
  const close = async () => {
    await server.close();
    backend.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const address = (mode, query) => {
    server.files.set("/form", page(mode));
    server.seen.length = 0;
    return `${server.address}/form?${new URLSearchParams(query)}`;
  };
  const leads = async (email) => (await backend.leads()).filter(({ answers, facts }) => [answers.email, facts.email].includes(email));
  return { server, leads, address, close };
}

// In the page: everything up to the press of the button. A page in which nothing moves any more is not waited for.
async function visit({ values, quick }) {
  const { torture, told } = window;
  const until = async (holds) => {
    const end = Date.now() + quick.most;
    while (!holds() && Date.now() < end && !(torture.failed > 0 && torture.quiet() > quick.quiet)) await torture.wait(5);
  };
  const input = (name) => document.getElementsByName(name)[0];
  const type = (name) => {
    input(name).focus();
    input(name).value = values[name];
    for (const type of ["input", "change"]) input(name).dispatchEvent(new Event(type, { bubbles: true }));
  };
  input("email").focus();
  await until(() => told.some(({ type }) => type === "leadpact:ready" || type === "leadpact:error"));
  for (const name of Object.keys(values)) type(name);
  input("company").focus();
  input("company").dispatchEvent(new KeyboardEvent("keydown", { key: "Tab", bubbles: true }));
  await until(() => input("budget"));
  input("budget")?.click();
  await torture.wait(quick.rest); // what is remembered is written now
  torture.press = () => torture.wait(0).then(() => document.querySelector(".last button").click());
  torture.press();
}

// In the page: what the visitor sees, once it says how it went or nothing moves any more.
async function look({ busy, still, longest }) {
  const start = Date.now();
  let seen;
  do {
    seen = now();
    if (seen.path === "/thanks" || seen.sent || (seen.failed && !seen.busy)) return seen;
    await window.torture.wait(10);
  } while (Math.min(seen.quiet, Date.now() - start) < (seen.busy ? busy : still) && Date.now() - start < longest);
  return { ...seen, rests: true };

  function now() {
    const form = document.querySelector("form");
    const { torture } = window;
    // By their words, as a visitor sees them.
    const shows = (tag, words) => [...document.querySelectorAll(tag)].some((one) => one.textContent === words && one.checkVisibility());
    return {
      path: location.pathname,
      sent: shows("p", "Your request has arrived. Thank you."),
      failed: shows("button", "Try again"),
      busy: form?.getAttribute("aria-busy") === "true",
      values: form && Object.fromEntries(["email", "company", "story", "own"].map((name) => [name, document.getElementsByName(name)[0].value])),
      quiet: torture?.quiet() ?? 0,
      prevented: torture?.submitted?.defaultPrevented ?? false,
      ...(torture ? { faults: torture.failed, calls: torture.calls } : JSON.parse(sessionStorage.getItem("torture-said"))),
    };
  }
}

// What was thrown, and where in the module.
function shorter(stack) {
  const [what, ...frames] = stack.split("\n");
  const ours = frames.filter((frame) => frame.includes("/leadpact/")).slice(0, 3);
  return [what, ...ours.map((frame) => frame.replace(/http:.*\/leadpact\//, "").trim())].join(" | ");
}

export class Visitor {
  #number = 0;
  #errors = [];

  constructor(page, site) {
    this.page = page;
    this.site = site;
    page.on("pageerror", (error) => {
      if (/torture|\/leadpact\//.test(`${error.message}\n${error.stack}`)) this.#errors.push(`${error.stack ?? error.message}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error" && message.text().includes("LeadPact")) this.#errors.push(message.text());
    });
  }

  static async open(browser, site) {
    const context = await browser.newContext({ locale: "en-GB" });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    await page.addInitScript(listen);
    await page.addInitScript({ path: new URL("intercept.js", import.meta.url).pathname });
    return new Visitor(page, site);
  }

  // Returns what was wrong, how many calls failed, and what was called where none was to fail.
  async session(mode, fault, quick = { most: 3000, quiet: 150, rest: 150 }) {
    const number = (this.#number += 1);
    const name = `torture-${process.pid}-${number}`;
    const values = { email: `${name}@kiwi.example`, company: `${name} works`, story: "été 1", own: "x1" };
    this.#errors = [];
    const query = { session: name, ...(fault && { fault: JSON.stringify(fault) }) };
    await this.page.goto(this.site.address(mode, query), { waitUntil: "domcontentloaded" });
    await this.page.evaluate(visit, { values, quick });
    const had = await this.#outcome();
    const wrong = await this.#judged(mode, values, had, fault);
    return { wrong, faults: had.faults ?? 0, calls: had.calls, silent: had.silent, again: had.again };
  }

  // Waits until the visitor sees how it went, or nothing moves any more; a page on its way out says nothing.
  async #outcome() {
    const end = Date.now() + PATIENCE;
    let seen = {};
    while (Date.now() < end) {
      const next = await this.page.evaluate(look, RESTS).catch(() => undefined);
      seen = next ?? seen;
      if (next && !(next.rests && this.#waits())) return seen;
      if (!next) await new Promise((then) => setTimeout(then, 10));
    }
    return { ...seen, late: true };
  }

  // Whether something that was sent waits for its answer, which of the form's own request is a page.
  #waits() {
    const own = ({ "content-type": type }) => /urlencoded/.test(type);
    return this.site.server.seen.some(({ role, stored, headers }) => role === "lead" && (stored === undefined || own(headers)));
  }

  async #judged(mode, values, had, fault) {
    const wrong = [];
    const expect = (holds, what) => holds || wrong.push(what);
    const shown = ({ path, sent }) => path === "/thanks" || sent;
    const before = (await this.site.leads(values.email)).length;
    expect(before <= 1, `doubled: ${before} leads`);
    if (shown(had)) expect(before > 0, "lost: shown as sent and not stored");
    else await this.#pressedAgain(had, values, before, expect, shown);
    if (mode === "A") expect(!had.prevented, "the form's own request was prevented");
    this.#errors.push(...((await this.page.errors?.()) ?? []));
    const early = fault?.nth === 1 && EARLY.includes(fault.call);
    for (const error of early ? [] : new Set(this.#errors.map(shorter))) wrong.push(`uncaught: ${error}`);
    return wrong;
  }

  // Nothing says that it arrived: all that was typed is there, and once all is well, pressing again makes one lead.
  async #pressedAgain(had, values, before, expect, shown) {
    had.again = true;
    had.silent = before > 0;
    const gone = Object.keys(values).filter((name) => had.values?.[name] !== values[name]);
    expect(gone.length === 0, `lost: what was typed is gone: ${gone}`);
    // A page that goes away by now is what was hoped for.
    await this.page.evaluate(() => (torture.heal(), void torture.press())).catch(() => {});
    await this.page.evaluate(() => torture.wait(30)).catch(() => {});
    const then = await this.#outcome();
    const after = (await this.site.leads(values.email)).length;
    expect(after === 1, `${after > 1 ? "doubled" : "lost"}: ${after} leads after pressing again`);
    expect(shown(then), `lost: pressed again, it is not shown as sent (${JSON.stringify({ ...then, values: undefined, calls: undefined })})`);
  }
}
