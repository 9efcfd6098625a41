// Engines without Playwright: what goes before the page's scripts stands in the page itself, and it notes its own errors.
import { readFileSync } from "node:fs";
import { listen } from "../page.mjs";

const intercept = readFileSync(new URL("intercept.js", import.meta.url), "utf8");
const NOTED = "torture-errors";

// In the page: keeps what nobody caught, also for the page that comes after it.
function note(key) {
  const { getItem, setItem } = Storage.prototype;
  const keep = (error) => {
    const said = `${error}\n${error?.stack ?? ""}`;
    if (!/torture|\/leadpact\//.test(said)) return;
    setItem.call(sessionStorage, key, JSON.stringify([...JSON.parse(getItem.call(sessionStorage, key) ?? "[]"), said]));
  };
  addEventListener("error", ({ error, message }) => keep(error ?? message));
  addEventListener("unhandledrejection", ({ reason }) => keep(reason));
}

// `intercept` first: it empties the storage that errors are noted in.
export const HEAD = `<script>${intercept}</script><script>(${note})(${JSON.stringify(NOTED)});(${listen})()</script>`;

// What a visitor needs of a page.
export class Page {
  constructor(driver) {
    this.driver = driver;
  }

  on() {}

  goto(address) {
    return this.driver.get(address);
  }

  async evaluate(work, given) {
    const run = `const done = arguments[arguments.length - 1]; Promise.resolve((${work})(arguments[0])).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const said = await this.driver.executeAsyncScript(run, given ?? null);
    if (!said || said.error) throw new Error(said?.error ?? "the page went away");
    return said.value;
  }

  errors() {
    return this.evaluate((key) => JSON.parse(sessionStorage.getItem(key) ?? "[]"), NOTED);
  }
}
