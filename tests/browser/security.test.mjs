// What the page's own files and the pact's texts and addresses could do to a page, and cannot.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PAYLOADS } from "./payloads.mjs";
import { program } from "./server.mjs";
import { open } from "./site.mjs";
import { at, criterion, flag, formOf, made, opened, record, send, small, stored, yes } from "./small.mjs";
import { URLS } from "./urls.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const folder = process.env.LEADPACT_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
const shipped = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
const read = (name) => readFileSync(join(folder, name));

// What turns a text into markup or a program.
const SINKS = {
  "an HTML sink": /\.(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bsetHTML(Unsafe)?\b|\bparseFromString\b|\bparseHTMLUnsafe\b|\bcreateContextualFragment\b|\bsrcdoc\b/,
  "a document that is written": /\bdocument\.write(ln)?\b|\bdocument\[["'`]write/,
  "a program from a text": /\beval\b|\bnew Function\b|[^.\w]Function\(|\bsetTimeout\(["'`]|\bsetInterval\(["'`]|\bexecScript\b|\bimport\((?!\.|["']\.\/delivery\.js["'])/,
  "a handler in an attribute": /\bsetAttribute\(["'`]on|[{,]["'`]?on(click|load|error|focus|blur|change|input|submit|message|key\w+|mouse\w+|pointer\w+)["'`]?:|\.on(click|load|error|focus|blur|change|input|submit|message|key\w+|mouse\w+|pointer\w+)=[^=]/,
  "a program as an address": /javascript:|vbscript:|data:text\/html/i,
};
const sinksIn = (code) => Object.keys(SINKS).filter((name) => SINKS[name].test(code));

test("SEC-01: each sink that is looked for is found", () => {
  const bad = [
    "a.innerHTML=b", "a.insertAdjacentHTML(b,c)", "document.write(a)", "eval(a)", "x=Function(a)", "new Function(a)", 'setTimeout("a()")', "setInterval(`a`)",
    'a.setAttribute("onclick",b)', "a.onclick=b", 'node("p",{onfocus:b})', 'a.href="javascript:b"', "import(a)", "new DOMParser().parseFromString(a)",
  ];
  for (const code of bad) assert.notDeepEqual(sinksIn(code), [], code);
});

test("SEC-19: the published package needs no other one, and runs nothing when it is installed", () => {
  const manifest = JSON.parse(read("package.json"));
  const runs = ["dependencies", "peerDependencies", "optionalDependencies", "bundleDependencies", "scripts", "bin"];
  assert.deepEqual(runs.filter((key) => key in manifest), []);
  for (const name of shipped) assert.doesNotMatch(read(name).toString(), /\bfrom\s*["'](?!\.)|\brequire\(/, name);
});

test("SEC-01: no file that is shipped turns a text into markup or a program", () => {
  assert.ok(shipped.length >= 4 + 7, `${shipped.length} files`);
  for (const name of shipped) assert.deepEqual(sinksIn(read(name).toString()), [], name);
});

test("SEC-16: no file that is shipped listens to messages of other windows, or sends any", () => {
  for (const name of shipped) assert.doesNotMatch(read(name).toString(), /postMessage|["'`]message["'`]|onmessage|BroadcastChannel/, name);
});

test("SEC-18: no file that is shipped holds a secret, signs, or names another site", () => {
  for (const name of shipped) {
    const code = read(name).toString();
    assert.doesNotMatch(code, /hmac|secret|api[_-]?key|importKey|\.sign\(|bearer |password["'`]?[:=]["'`]/i, name);
    const others = [...code.matchAll(/https?:\/\/[^\s"'`]+/g)].map(([address]) => address).filter((address) => !/\bex[ae]mple\b/.test(address));
    assert.deepEqual(others, [], name);
  }
});

test("SEC-02: a hostile text of the pact shows as it is, wherever it stands, and runs nothing", async () => {
  assert.ok(PAYLOADS.length >= 80, `${PAYLOADS.length} texts`);
  const { page, seen } = await opened(site, { html: formOf("", { attributes: 'lang="en"' }), hook: () => (window.alert = () => (window.ran = true)) });
  page.on("dialog", (dialog) => dialog.dismiss());
  const shows = async (text) => {
    const { attach, detach } = await import("/leadpact/leadpact.js");
    const form = document.createElement("form");
    form.method = "post";
    form.innerHTML = '<input name="email" type="email"><button>Send</button>';
    document.querySelector("main").append(form);
    const words = { label: text, help: text };
    const pact = {
      pact: 1, id: "hostile",
      fields: [
        { id: "email", label: text, kind: "email" },
        { id: "few", kind: "choice", options: [{ value: "a", label: text }, { value: "b" }], ...words },
        { id: "many", kind: "choice", options: [..."abcdefghi"].map((value) => ({ value, label: text })), ...words },
        { id: "number", kind: "number", unit: text, placeholder: text, ...words },
        { id: "lines", kind: "paragraph", placeholder: text, ...words },
      ],
      groups: [{ id: "fit", dimension: "fit" }], criteria: [],
      qualification: { threshold: 0, needs: ["email", "few", "many", "number", "lines"] },
      asking: { mode: "queue", per_step: 9 },
      handoff: { routes: [{ to: "sales", offer: { label: text, url: "https://calendar.example/" } }] },
    };
    await attach(form, { pact });
    form.querySelector("[name=email]").value = "a@b.example";
    form.querySelector("[name=email]").dispatchEvent(new Event("change", { bubbles: true }));
    const words_of = (css) => [...form.querySelectorAll(css)].map((one) => [...one.childNodes].filter((child) => !child.matches?.(".leadpact-mark")).map((child) => child.textContent).join("").trim());
    const places = {
      labels: words_of("[part=label]"), help: words_of(".leadpact-help"), few: words_of("[name=few]").length && [form.querySelector(".leadpact-option span").textContent],
      options: words_of("option").slice(1), unit: words_of(".leadpact-unit"), offer: words_of("[part=offer-link]"),
      placeholders: [...form.querySelectorAll("[placeholder]")].map((input) => input.placeholder),
    };
    const strange = [...form.querySelectorAll("*")].map(({ localName }) => localName).filter((name) => !/^(input|button|div|p|fieldset|legend|label|span|select|option|textarea|a|ul|li|strong|section|h\d|ol|output)$/.test(name));
    const handlers = [...form.querySelectorAll("*")].flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on"));
    await new Promise((then) => setTimeout(then));
    detach(form);
    form.remove();
    return { places, strange, handlers, ran: window.ran };
  };
  for (const text of PAYLOADS) {
    const { places, strange, handlers, ran } = await page.evaluate(shows, text);
    assert.deepEqual([strange, handlers, ran], [[], [], undefined], text);
    for (const [place, texts] of Object.entries(places)) {
      assert.ok(texts.length > 0, `${place}: ${text}`);
      for (const one of texts) assert.equal(one, text.trim(), place);
    }
  }
  assert.deepEqual(seen.errors, []);
});

test("SEC-02: a text under a hostile key for its language is refused or shows as it is", async () => {
  const { page, seen } = await opened(site, { hook: () => (window.alert = () => (window.ran = true)) });
  const drawn = await page.evaluate(async ({ texts, pact }) => {
    const { attach } = await import("/leadpact/leadpact.js");
    const drawn = [];
    for (const text of texts) {
      const form = document.createElement("form");
      form.innerHTML = '<input name="email" type="email">';
      document.body.append(form);
      const before = form.outerHTML;
      const [email, budget] = pact.fields;
      const lead = await attach(form, { pact: { ...pact, fields: [email, { ...budget, label: { [text]: text } }] } }).catch(() => undefined);
      if (lead) form.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
      drawn.push({ text, plain: !lead && form.outerHTML === before, lang: form.querySelector("legend")?.lang, label: form.querySelector("legend")?.firstChild.textContent });
    }
    return { drawn, ran: window.ran };
  }, { texts: PAYLOADS, pact: small });
  assert.equal(drawn.ran, undefined);
  for (const { text, plain, lang, label } of drawn.drawn) assert.ok(plain || (lang === text && label === text), text);
  assert.deepEqual(seen.errors, []);
});

test("SEC-03: the engine and the browser agree which addresses an offer and an endpoint may have", async () => {
  assert.ok(URLS.length >= 60, `${URLS.length} addresses`);
  const offering = (url) => made([], [], { qualification: { threshold: 0 }, handoff: { routes: [{ to: "sales", offer: { label: "Book", url } }] } });
  const delivering = (endpoint) => made([], [], { handoff: { deliver: { endpoint } } });
  const checked = (pact) => {
    const { status, stderr } = spawnSync(program, ["check", "-"], { input: JSON.stringify(pact), encoding: "utf8" });
    assert.ok(status === 0 || status === 1, stderr);
    return status === 0;
  };
  const { page } = await opened(site);
  // What the page makes of it: whether the pact is read, and the link that is drawn.
  const inPage = (pact) => page.evaluate(async (pact) => {
    const { attach, detach } = await import("/leadpact/leadpact.js");
    const form = document.createElement("form");
    form.innerHTML = '<input name="email" type="email">';
    document.body.append(form);
    const lead = await attach(form, { pact }).catch(() => undefined);
    if (lead) form.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
    const href = form.querySelector("[part=offer-link]")?.href;
    detach(form);
    form.remove();
    return { reads: Boolean(lead), href };
  }, pact);
  const wrong = [];
  for (const { url, offer, endpoint } of URLS) {
    const link = (await inPage(offering(url))).href;
    const said = { "check, offer": checked(offering(url)), "page, offer": Boolean(link), "check, endpoint": checked(delivering(url)), "page, endpoint": (await inPage(delivering(url))).reads };
    for (const [who, takes] of Object.entries(said)) if (takes !== (who.endsWith("offer") ? offer : endpoint)) wrong.push(`${who}: ${JSON.stringify(url).slice(0, 60)}`);
    if (link) assert.match(link, /^https:\/\/[^/?#@\\]+([/?#]|$)/, url);
    if (!endpoint) continue;
    const there = new URL(url, "https://page.example/a/b");
    assert.ok(there.protocol === "https:" && !there.username && !there.password, url);
    assert.ok(!url.startsWith("/") || there.origin === "https://page.example", url);
  }
  assert.deepEqual(wrong, []);
});

for (const [name, place] of [["first", 0], ["middle", 0.5], ["last", 1]]) {
  test(`SEC-06: where the ${name} byte of the wasm is another, it is not run, and the plain form arrives`, async () => {
    const { page, seen, go } = await at(site, { hook: () => ((window.compiled = 0), (WebAssembly.compile = () => ((window.compiled += 1), Promise.reject(new Error("compiled"))))) });
    await page.route("**/*.wasm", async (route) => {
      const answer = await route.fetch();
      const body = await answer.body();
      body[Math.round(place * (body.length - 1))] ^= 1;
      await route.fulfill({ response: answer, body });
    });
    await go();
    await page.waitForFunction(() => document.querySelector("form") && window.LeadPact);
    await page.evaluate(() => window.LeadPact.attach("form").catch(() => {}));
    assert.equal(await page.evaluate(() => window.compiled), 0);
    assert.equal(await page.locator(".leadpact-questions").count(), 0);
    const email = `${name}@flipped.example`;
    await page.fill("[name=email]", email);
    await send(page);
    assert.equal((await stored(site, email)).length, 1);
    assert.deepEqual(seen.errors, []);
  });
}

const integrity = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

test("SEC-06: each script asks for the wasm beside it by the hash that it has", () => {
  for (const under of ["", "explain/"]) {
    const hash = integrity(read(`${under}leadpact_bg.wasm`));
    for (const name of ["leadpact.js", "leadpact.classic.js"]) assert.ok(read(under + name).includes(hash), under + name);
  }
});

test("SEC-06: the hashes that the build prints are those that browsers take, and no others", async () => {
  const printer = fileURLToPath(new URL("../../xtask/js/integrity.mjs", import.meta.url));
  for (const [name, type] of [["leadpact.js", 'type="module"'], ["leadpact.classic.js", ""]]) {
    const printed = spawnSync(process.execPath, [printer, join(folder, name)], { encoding: "utf8" }).stdout.trim();
    assert.equal(printed, integrity(read(name)));
    for (const [hash, there] of [[printed, true], [integrity("another"), false]]) {
      const module = `<script ${type} src="/leadpact/${name}" integrity="${hash}"></script>`;
      const { page, go, context } = await at(site, { html: formOf("", { module }) });
      await go();
      assert.equal(await page.evaluate(() => Boolean(window.LeadPact)), there, `${name} ${hash}`);
      await context.close();
    }
  }
});

test("SEC-16: messages of other windows change nothing", async () => {
  const { page } = await opened(site, { hook: () => {
    window.listened = [];
    const own = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, ...rest) { return window.listened.push(type), own.call(this, type, ...rest); };
  } });
  const state = () => page.evaluate(() => JSON.stringify([window.lead.assess(), document.querySelector("form").outerHTML, { ...localStorage }, window.seen]));
  const before = await state();
  await page.evaluate(async () => {
    const forged = [{ behaviour: true }, { leadpact: { behaviour: true } }, "leadpact:consent", { type: "leadpact:consent", detail: { behaviour: true } }, { answer: ["budget", true] }];
    const frame = document.createElement("iframe");
    frame.srcdoc = `<script>for (const said of ${JSON.stringify(forged)}) parent.postMessage(said, "*")<\/script>`;
    document.body.append(frame);
    await new Promise((then) => (frame.onload = then));
    for (const said of forged) window.postMessage(said, "*");
    await new Promise((then) => setTimeout(then, 100));
    frame.remove();
  });
  assert.equal(await state(), before);
  const listened = await page.evaluate(() => window.listened);
  assert.ok(listened.includes("submit"), "the spy sees our listeners");
  assert.ok(!listened.includes("message"));
});

const trapped = formOf("", { attributes: "data-leadpact-honeypot" });

test("SEC-20: a trap that a program filled in is a flag in the record, not an answer, and the lead arrives", async () => {
  const { page } = await opened(site, { html: trapped });
  const trap = page.locator(".leadpact-questions [aria-hidden=true] input");
  assert.equal(await trap.count(), 1);
  assert.deepEqual(await trap.evaluate((input) => [input.tabIndex, input.autocomplete, input.type, input.required]), [-1, "off", "text", false]);
  await page.locator("[name=email]").pressSequentially("bot@trap.example");
  // As browsers fill in: a value, and events that say so.
  await trap.evaluate((input) => {
    input.value = "https://spam.example";
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
  });
  assert.equal((await record(page)).automated, true);
  const name = await trap.getAttribute("name");
  await send(page);
  const [lead] = await stored(site, "bot@trap.example");
  assert.ok(!JSON.stringify(lead).includes("spam.example") && !(name in lead.answers));
});

test("SEC-20: a person is not flagged; a quick one may be, and is not kept from sending", async () => {
  const slow = await opened(site, { html: trapped });
  await slow.page.waitForFunction(() => performance.now() > 2100);
  await slow.page.locator("[name=email]").pressSequentially("slow@person.example");
  assert.ok(!("automated" in (await record(slow.page))));
  const quick = await opened(site, { html: trapped, hook: () => (performance.now = () => 300) });
  await quick.page.locator("[name=email]").pressSequentially("quick@person.example");
  assert.equal((await record(quick.page)).automated, true);
  await send(quick.page);
  assert.equal((await stored(site, "quick@person.example")).length, 1);
});

test("SEC-20: a script that fills and sends is flagged, and its lead arrives", async () => {
  const { page } = await opened(site, { pact: made([flag], [criterion("funded", 60, yes("budget"))]) });
  await page.waitForFunction(() => performance.now() > 2100);
  await page.evaluate(() => (document.querySelector("[name=email]").value = "script@robot.example"));
  assert.equal((await record(page)).automated, true);
  await page.evaluate(() => document.querySelector("form").requestSubmit());
  await page.waitForURL(/thanks|merci/);
  assert.equal((await stored(site, "script@robot.example")).length, 1);
});
