// The tests beside this one find nothing, and must be able to: here is a page that does all that ours may not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { shows } from "../browser/canaries.mjs";
import { READERS, SPIES } from "./watch.mjs";
import { page, rest, visit } from "./visit.mjs";

test("the spies see every call that could store, and what is stored past them", async () => {
  const { tab } = await visit({ "/": page("", { head: SPIES, module: "" }) });
  const calls = await tab.run(async () => {
    localStorage.setItem("a", "1");
    sessionStorage.getItem("b");
    localStorage.c = "2";
    document.cookie = "d=1";
    String(document.cookie);
    indexedDB.open("e");
    await globalThis.caches?.open("f");
    new BroadcastChannel("g").close();
    return window.spied.calls;
  });
  const expected = ["localStorage", "setItem a", "sessionStorage", "getItem b", "localStorage", "cookie =", "cookie", "indexedDB", "open e", "caches", "open f", "new BroadcastChannel"];
  assert.deepEqual(calls, expected);
  assert.deepEqual(await tab.run(() => window.spied.unspied), []);
  await rest(300);
  const { local, cookie, databases, caches } = await tab.dump();
  assert.deepEqual([local, cookie, databases, caches], [{ a: "1", c: "2" }, "d=1", ["e"], ["f"]]);
  await tab.reload();
  assert.deepEqual(await tab.run(() => window.spied.calls), expected, "calls are kept over pages");
});

test("the server and the browser tell of every request that a page makes or tries", async () => {
  const { site, tab } = await visit({ "/": page("", { module: "" }) });
  const before = site.requests.length;
  await tab.run(() => {
    fetch("/own?x=canary-own");
    navigator.sendBeacon("/beacon", "canary-secret");
    fetch("https://elsewhere.example/").catch(() => {});
    new Image().src = "https://elsewhere.example/pixel";
  });
  await rest(1000);
  const sent = site.requests.slice(before);
  const own = sent.filter(({ url }) => url !== "/violated");
  assert.deepEqual(own.map(({ method, url }) => `${method} ${url}`).sort(), ["GET /own?x=canary-own", "POST /beacon"]);
  assert.deepEqual(own.flatMap((request) => shows(JSON.stringify(request))).sort(), ["canary-own", "canary-secret"]);
  assert.deepEqual(site.violations().map(({ body }) => JSON.parse(body)["csp-report"]["effective-directive"]).sort(), ["connect-src", "img-src"]);
});

test("whatever a script of ours reads of an input is seen, and what others read is not", async () => {
  const form = `<form><input name="a" value="1"><input name="b" type="checkbox"><textarea name="c"></textarea><select name="d"></select></form>`;
  const reader = () => {
    const form = document.querySelector("form");
    const { a, b, c, d } = form.elements;
    void [a.value, a.getAttribute("value"), b.checked, c.value, d.selectedIndex, new FormData(form)];
  };
  const module = `<script src="/leadpact/reader.js"></script>`;
  const { tab } = await visit({ "/": page(form, { head: READERS, module }), "/leadpact/reader.js": `(${reader})()` });
  await tab.type("[name=c]", "x");
  assert.equal(await tab.run(() => document.querySelector("[name=a]").value), "1");
  assert.deepEqual(await tab.run(() => window.read), ["a", "a", "b", "c", "d", "FormData"]);
});
