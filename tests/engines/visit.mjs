// A visitor's tabs: what people do there, and what pages say of it.
import { after, before } from "node:test";
import { By, Key, until as is } from "selenium-webdriver";
import { serve } from "./site.mjs";
import { engine, start } from "./engine.mjs";
import { NOTES } from "./watch.mjs";

let session;
const sites = [];
let home; // a tab that stays, from which cookies are thrown away: ports share them
before(async () => {
  session = await start();
  sites.push(await serve({ "/": page("", { module: "" }) }));
  await session.browser.get(sites[0].address);
  home = await session.browser.getWindowHandle();
});
after(async () => {
  await session?.close();
  await Promise.all(sites.map((site) => site.close()));
});

export { engine };
export const rest = (milliseconds) => new Promise((then) => setTimeout(then, milliseconds));
const MODULE = `<script type="module" src="/leadpact/leadpact.js"></script>`;
// No icon, so that no engine asks for one.
export const page = (body, { head = "", module = MODULE } = {}) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title><link rel="icon" href="data:,">${NOTES}${head}</head><body><main>${body}</main>${module}</body></html>`;

// A site of these pages in a tab of its own, at its first page.
export async function visit(pages, { path = Object.keys(pages)[0], ...options } = {}) {
  const site = await serve(pages, options);
  sites.push(site);
  await session.browser.switchTo().window(home);
  await session.browser.manage().deleteAllCookies();
  const tab = await open(site);
  await tab.go(path);
  return { site, tab };
}

export async function open(site) {
  const { browser } = session;
  await browser.switchTo().window(home);
  await browser.switchTo().newWindow("tab");
  return new Tab(browser, site, await browser.getWindowHandle());
}

// A tab may not be the one that the driver looks at: every call turns to it first.
class Tab {
  constructor(browser, site, handle) {
    Object.assign(this, { browser, site, handle });
  }

  async #turned() {
    await this.browser.switchTo().window(this.handle);
    return this.browser;
  }

  go = async (path) => (await this.#turned()).get(this.site.address + path);
  back = async () => (await this.#turned()).navigate().back();
  reload = async () => (await this.#turned()).navigate().refresh();
  close = async () => (await this.#turned()).close();

  // Runs a function of the test in the page; what it promises is waited for.
  run = async (work, ...given) => (await this.#turned()).executeScript(`return (${work}).apply(null, arguments)`, ...given);

  // Until the page says so: what never comes fails the test.
  async until(work, ...given) {
    const browser = await this.#turned();
    await browser.wait(() => this.run(work, ...given).catch(() => false), 20_000, `never: ${work}`, 50);
  }

  // Where a page scrolls smoothly, drivers click where a thing was, or say that it cannot be seen.
  async find(css) {
    const found = await (await this.#turned()).wait(is.elementLocated(By.css(css)), 20_000);
    await this.run((found) => found.scrollIntoView({ block: "center", behavior: "instant" }), found);
    return found;
  }

  click = async (css) => (await this.find(css)).click();
  press = async (css, key) => (await this.find(css)).sendKeys(Key[key]);

  async type(css, text) {
    const input = await this.find(css);
    await input.clear();
    await input.sendKeys(text);
  }

  choose = async (css, value) => this.click(`${css} option[value="${value}"]`);

  // The module has the form.
  bound = () => this.until(() => Boolean(window.lead));

  consent = (behaviour, more = {}) => this.run((given) => window.LeadPact.consent(given), { behaviour, ...more });

  async submit() {
    await this.click("form button");
    await this.until(() => document.title === "Thanks");
  }

  record = () => this.run(() => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")));
  events = (type) => this.run((type) => window.seen.events.filter((event) => event.type === type), type);
  states = async () => (await this.events("consent")).map(({ by, state }) => (by ? `${by}: ${state}` : state));
  dump = () => this.run(() => window.dump());
  entry = (id) => this.run((key) => JSON.parse(localStorage.getItem(key)), `leadpact:${id}`);
}

// What the facts of a record say, without the times.
export const said = ({ facts }) => Object.fromEntries(Object.entries(facts).map(([id, fact]) => [id, fact?.value ?? fact]));
