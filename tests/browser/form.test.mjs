// How a bound form behaves, on small pages with small pacts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { bound, events, open, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const yes = (fact) => ({ fact, is: true });
const criterion = (id, points, when) => ({ id, group: "fit", points, when });
const made = (fields, criteria, more = {}) => ({
  pact: 1,
  id: "test",
  fields: [{ id: "email", label: "E-mail", kind: "email", ask: "always" }, ...fields],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria,
  qualification: { threshold: 50 },
  asking: { mode: "certain" },
  ...more,
});
const flag = { id: "budget", label: "Budget?", kind: "yes_no" };
const small = made([flag], [criterion("funded", 60, yes("budget"))]);

const formOf = (inputs = "", attributes = "") => `<!doctype html><html lang="en"><title>Test</title><body><main>
<form data-leadpact="/test.json" action="/leads" method="post" ${attributes}>
<label>E-mail <input name="email" type="email"></label>${inputs}
<p class="last"><button>Send</button></p></form></main>
<script type="module" src="/leadpact/leadpact.js"></script>`;

async function opened({ pact = small, inputs, attributes, html, ...options } = {}) {
  const visitor = await visit(site, { html: html ?? formOf(inputs, attributes), pact, ...options });
  await visitor.go();
  await bound(visitor.page);
  return visitor;
}
const askFirst = async (page) => {
  await page.fill("[name=email]", "a@b.example");
  await page.press("[name=email]", "Tab");
  await page.waitForSelector(".leadpact-question");
};
const entries = (page) => page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("form"))));
const record = async (page) => JSON.parse((await entries(page)).leadpact);
const plain = (page) => page.evaluate(() => document.querySelector("form").outerHTML);

test("attaching twice gives the same lead, and detaching leaves the page as found", async () => {
  const visitor = await visit(site, { html: formOf(), pact: small });
  await visitor.page.route("**/leadpact.js", (route) => route.abort());
  await visitor.go();
  const before = await plain(visitor.page);
  await visitor.page.unroute("**/leadpact.js");
  await visitor.go();
  await bound(visitor.page);
  const same = await visitor.page.evaluate(async () => {
    const form = document.querySelector("form");
    return (await window.LeadPact.attach(form)) === (await window.LeadPact.attach("form")) && (await window.LeadPact.attach(form)) === window.lead;
  });
  assert.ok(same);
  await askFirst(visitor.page);
  await visitor.page.evaluate(() => window.LeadPact.detach("form"));
  assert.equal(await plain(visitor.page), before);
  assert.deepEqual(await entries(visitor.page), { email: "a@b.example" });
  await visitor.page.waitForTimeout(300);
  assert.equal(await plain(visitor.page), before, "it is not bound again by itself");
});

test("question stands before the submit group, named, announced once, after the focus", async () => {
  const { page } = await opened();
  const status = page.locator("form [role=status]");
  assert.equal(await status.textContent(), "");
  await page.focus("[name=email]");
  await page.keyboard.type("a@b.example");
  assert.deepEqual(await events(page, "asked"), [], "typing alone brings no question");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.name), "budget");
  assert.equal(await status.textContent(), "A question was added: Budget?");
  assert.equal(await page.locator(".leadpact-questions + .last").count(), 1);
  assert.equal(await page.getByRole("group", { name: /Budget\?/ }).count(), 1);
  const [{ field, why, gain }] = await events(page, "asked");
  assert.deepEqual([field, why, typeof gain], ["budget", "decides", "number"]);
});

test("a press on the button sends the form although a question was due", async () => {
  const { page } = await opened();
  await page.fill("[name=email]", "press@b.example");
  await page.locator("[name=email]").evaluate((input) => input.dispatchEvent(new Event("input", { bubbles: true })));
  await page.click("button");
  await page.waitForURL(/thanks|merci/);
});

test("a cancelled question is not asked", async () => {
  const { page } = await opened();
  await page.evaluate(() => document.addEventListener("leadpact:asking", (event) => event.preventDefault()));
  await page.fill("[name=email]", "a@b.example");
  await page.press("[name=email]", "Tab");
  assert.equal(await page.locator(".leadpact-question").count(), 0);
  assert.equal((await events(page, "asked")).length, 0);
});

test("what no longer applies is hidden and not sent, and comes back with its answer", async () => {
  const sites = { id: "sites", label: "Sites", kind: "number", when: yes("budget") };
  const pact = made([flag, sites], [criterion("funded", 30, yes("budget")), criterion("many", 30, { fact: "sites", at_least: 3 })]);
  const { page } = await opened({ pact });
  await askFirst(page);
  await page.check("[name=budget][value=yes]");
  await page.fill("[name=sites]", "5");
  await page.press("[name=sites]", "Tab");
  assert.equal(await page.evaluate(() => window.lead.score), 60);
  await page.check("[name=budget][value=no]");
  assert.ok(await page.locator("[name=sites]").isHidden());
  assert.ok(!("sites" in (await entries(page))));
  assert.ok(!("sites" in (await record(page)).facts));
  await page.check("[name=budget][value=yes]");
  assert.equal(await page.inputValue("[name=sites]"), "5");
  assert.equal((await record(page)).facts.sites, 5);
  assert.equal(await page.evaluate(() => window.lead.score), 60);
});

test("every kind of question is drawn with its label, help and way to decline, and declined ones are not asked again", async () => {
  const option = (value) => ({ value, label: value.toUpperCase() });
  const field = (id, kind, more) => ({ id, kind, label: `Your ${id}`, help: `Help for ${id}`, decline: true, ...more });
  const fields = [
    field("few", "choice", { options: ["a", "b"].map(option) }),
    field("many", "choice", { options: [..."abcdefghi"].map(option) }),
    field("several", "choices", { options: ["a", "b"].map(option) }),
    field("number", "number", { min: 1, max: 9, unit: "people" }),
    field("line", "text", { placeholder: "like this" }),
    field("lines", "paragraph"),
    field("phone", "phone"),
    field("site", "url"),
    field("flag", "yes_no"),
  ];
  const qualification = { threshold: 0, needs: fields.map(({ id }) => id) };
  const { page, seen } = await opened({ pact: made(fields, [], { qualification, asking: { mode: "queue", per_step: 9 } }) });
  await askFirst(page);
  assert.equal(await page.locator(".leadpact-question").count(), 9);
  for (const { id } of fields) {
    const input = page.locator(`[name=${id}]`).first();
    const named = await input.evaluate((node) => (node.closest("fieldset")?.querySelector("legend") ?? node.labels[0]).textContent);
    assert.equal(named, `Your ${id} (optional)`);
    const help = await input.evaluate((node) => {
      const holder = node.closest("fieldset") ?? node;
      return holder.getAttribute("aria-describedby").split(" ").map((part) => document.getElementById(part).textContent);
    });
    assert.equal(help[0], `Help for ${id}`);
  }
  const types = await page.locator(".leadpact-question [name]:not([type=radio],[type=checkbox])").evaluateAll((all) => all.map(({ name, type }) => `${name}: ${type}`));
  assert.deepEqual(types, ["many: select-one", "number: number", "line: text", "lines: textarea", "phone: tel", "site: url"]);
  assert.equal(await page.getAttribute("[name=phone]", "autocomplete"), "tel");
  await page.fill("[name=phone]", "0612345678");
  for (const box of await page.getByLabel("I’d rather not say").all()) await box.check();
  await page.locator("[name=many]").selectOption({ label: "I’d rather not say" });
  assert.equal(await page.inputValue("[name=phone]"), "");
  const { facts } = await record(page);
  for (const { id } of fields) assert.deepEqual(facts[id], { declined: true }, id);
  assert.equal((await entries(page)).few, "", "the plain form sends a blank");
  await page.check("[name=several][value=a]");
  await page.fill("[name=phone]", "0687654321");
  const after = (await record(page)).facts;
  assert.deepEqual([after.several, after.phone], [["a"], "0687654321"]);
  assert.deepEqual(seen.errors, []);
});

test("texts of the pact show as they are, in their own language, under a strict policy", async () => {
  const evil = "<img src=x onerror=alert(1)>";
  const pact = made([{ ...flag, label: { fr: evil }, help: evil }], small.criteria);
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
  const { page, seen } = await opened({ pact, headers: { "content-security-policy": policy } });
  await askFirst(page);
  assert.ok((await page.locator("legend").textContent()).startsWith(evil));
  assert.equal(await page.locator("legend").getAttribute("lang"), "fr");
  assert.equal(await page.locator(".leadpact-help").getAttribute("lang"), null);
  assert.equal(await page.locator("img").count(), 0);
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(seen.console.filter((line) => !line.includes("favicon")), []);
});

test("the same content has one id and attempt; an edit raises the attempt", async () => {
  const { page } = await opened();
  await page.fill("[name=email]", "a@b.example");
  const first = await record(page);
  const again = await record(page);
  assert.match(first.id, /^[0-9a-f]{32}$/);
  assert.deepEqual([again.id, again.attempt], [first.id, 1]);
  await page.fill("[name=email]", "b@b.example");
  const edited = await record(page);
  assert.deepEqual([edited.id, edited.attempt], [first.id, 2]);
});

test("values set without events are in the record", async () => {
  const { page } = await opened();
  await page.evaluate(() => (document.querySelector("[name=email]").value = "autofilled@b.example"));
  assert.equal((await record(page)).facts.email, "autofilled@b.example");
});

test("passwords, hidden inputs and files are never read", async () => {
  const fields = ["secret", "token", "upload"].map((id) => ({ id, label: id, kind: "text", ask: "never" }));
  const inputs = '<input type="password" name="secret" value="x1"><input type="hidden" name="token" value="x2"><input type="file" name="upload">';
  const { page } = await opened({ pact: made(fields, []), inputs });
  assert.deepEqual((await record(page)).facts, {});
});

test("inputs that hide the form's own members do no harm", async () => {
  const names = ["elements", "method", "closest", "contains", "append", "dispatchEvent", "getAttribute", "addEventListener", "getRootNode", "querySelector", "submit", "id", "lang"];
  const inputs = names.map((name) => `<input name="${name}" aria-label="${name}">`).join("");
  const { page, seen } = await opened({ inputs, attributes: 'lang="en"' });
  await page.evaluate(() => document.getElementsByName("email")[0].focus());
  await page.keyboard.type("clobbered@b.example");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => document.querySelector(".leadpact-question [name=budget]"));
  assert.equal((await record(page)).facts.email, "clobbered@b.example");
  await page.evaluate(() => document.querySelector("form button").click());
  await page.waitForURL(/thanks|merci/);
  assert.deepEqual(seen.errors, []);
});

test("a form that sends by GET gets no record", async () => {
  const { page } = await opened({ html: formOf().replace('method="post"', 'method="get"') });
  assert.deepEqual(Object.keys(await entries(page)), ["email"]);
  assert.equal((await events(page, "error")).length, 1);
});

test("the method of the button that sends decides whether the record rides along", async () => {
  const buttons = '<button id="asks" formmethod="get">Preview</button>';
  const { page, seen } = await opened({ inputs: buttons });
  await page.fill("[name=email]", "preview@b.example");
  const address = page.waitForRequest((request) => request.url().includes("email="));
  await page.click("#asks");
  assert.ok(!(await address).url().includes("leadpact"));
  assert.deepEqual(seen.errors, []);

  const other = await opened({ html: formOf('<button id="posts" formmethod="post">Go</button>').replace('method="post"', 'method="get"') });
  await other.page.fill("[name=email]", "posted@b.example");
  const sent = other.page.waitForRequest((request) => request.method() === "POST");
  await other.page.click("#posts");
  assert.ok(new URLSearchParams((await sent).postData()).get("leadpact"));

  const held = await opened({ inputs: buttons });
  const names = await held.page.evaluate(async () => {
    const form = document.querySelector("form");
    form.addEventListener("submit", (event) => event.preventDefault());
    document.querySelector("#asks").click();
    return [...new FormData(form).keys()];
  });
  assert.ok(names.includes("leadpact"), "cancelled: the form's own method counts");
});

test("a lead with very long answers arrives, without its record", async () => {
  const stories = ["one", "two", "three"].map((id) => ({ id, label: id, kind: "paragraph" }));
  const inputs = stories.map(({ id }) => `<textarea name="${id}" aria-label="${id}"></textarea>`).join("");
  const { page } = await opened({ pact: made(stories, []), inputs });
  const story = "é".repeat(8 * 1024);
  await page.fill("[name=email]", "long@b.example");
  await page.evaluate((story) => document.querySelectorAll("textarea").forEach((area) => (area.value = story)), story);
  assert.deepEqual(Object.keys(await entries(page)), ["email", "one", "two", "three", "leadpact_id"]);
  assert.match((await events(page, "error"))[0].message, /too large/);
  await page.click("button");
  await page.waitForURL(/thanks|merci/);
  assert.ok((await site.leads()).some((lead) => JSON.stringify(lead.answers).includes("long@b.example")));
});

test("the record can be edited before it leaves", async () => {
  const { page } = await opened();
  await page.evaluate(() => document.addEventListener("leadpact:handoff", ({ detail }) => (detail.record.note = "ours")));
  assert.equal((await record(page)).note, "ours");
});

test("consent is recorded as texts, whatever the page says it with", async () => {
  const { page, seen } = await opened();
  await page.evaluate(() => window.LeadPact.consent({ behaviour: 1, by: null, at: new Date(0), text_version: 3, more: {} }));
  assert.deepEqual((await record(page)).consent, { behaviour: false, at: "1970-01-01T00:00:00.000Z", text_version: "3" });
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true, at: new Date(NaN) }));
  assert.deepEqual((await record(page)).consent, { behaviour: true });
  await page.evaluate(() => window.LeadPact.consent(null));
  assert.deepEqual((await record(page)).consent, { behaviour: false });
  assert.deepEqual([await events(page, "error"), seen.errors], [[], []]);
});

test("one of several boxes is required, not all", async () => {
  const tools = { id: "tools", label: "Tools", kind: "choices", required: true, options: ["a", "b"].map((value) => ({ value })) };
  const pact = made([tools], [criterion("used", 60, { fact: "tools", includes: "a" })]);
  const { page } = await opened({ pact });
  await askFirst(page);
  const valid = () => page.evaluate(() => document.querySelector("form").checkValidity());
  assert.equal(await valid(), false);
  await page.click(".last button");
  await page.waitForSelector("[role=alert]:focus");
  assert.match(await page.textContent(":focus"), /One answer needs another look.*Tools – Choose at least one answer\./);
  await page.check("[name=tools][value=b]");
  assert.equal(await valid(), true);
  await page.uncheck("[name=tools][value=b]");
  assert.equal(await valid(), false);
  await page.evaluate(() => (document.querySelector("[name=tools]").checked = true));
  await page.click(".last button");
  await page.waitForURL(/thanks|merci/);
});

test("values of the address that name a person are not kept", async () => {
  const values = { kept: "launch-2026-11", mail: "a%40b.example", wide: "a＠b.example", twice: "a%2540b.example", phone: "tel:+33 6 12 34 56 78", digits: "p0612345678" };
  const signals = Object.keys(values).map((id) => ({ id, measure: "query", name: id }));
  const visitor = await visit(site, { html: formOf(), pact: made([], [], { signals }), path: `/test.html?${Object.entries(values).map((pair) => pair.join("=")).join("&")}` });
  await visitor.go();
  await bound(visitor.page);
  await visitor.page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  assert.deepEqual((await record(visitor.page)).facts, { kept: "launch-2026-11" });
});

test("a module that stopped in its work is not called again, and the plain form arrives", async () => {
  const { page, seen } = await opened();
  await page.evaluate(() => {
    window.LeadPact.Lead.prototype.assess = () => {
      throw new WebAssembly.RuntimeError("unreachable");
    };
  });
  await page.fill("[name=email]", "trap@b.example");
  await page.press("[name=email]", "Tab");
  assert.equal((await events(page, "error")).length, 1);
  const assessed = (await events(page, "assessed")).length;
  await page.fill("[name=email]", "trapped@b.example");
  assert.equal((await events(page, "assessed")).length, assessed);
  assert.deepEqual(await entries(page), { email: "trapped@b.example" });
  const refused = await page.evaluate(() => {
    const later = document.body.appendChild(document.createElement("form"));
    later.dataset.leadpact = "/test.json";
    return window.LeadPact.attach(later).catch((error) => [error.message, later.children.length]);
  });
  assert.deepEqual(refused, ["the module stopped: it is not used again", 0]);
  await page.click("button");
  await page.waitForURL(/thanks|merci/);
  assert.equal(seen.console.filter((line) => line.startsWith("warning: LeadPact")).length, 1);
  assert.deepEqual(seen.errors, []);
});

test("forms that come later are bound, those that go are let go", async () => {
  const { page } = await opened();
  await page.evaluate(() => {
    const form = document.createElement("form");
    form.id = "later";
    form.method = "post";
    form.dataset.leadpact = "/test.json";
    document.body.append(form);
  });
  await page.waitForSelector("#later .leadpact-questions", { state: "attached" });
  await page.evaluate(() => document.querySelector("#later").remove());
});

test("module loaded twice binds once", async () => {
  const { page } = await opened();
  await page.evaluate(() => import("/leadpact/leadpact.js?again"));
  await page.waitForTimeout(300);
  assert.equal(await page.locator(".leadpact-questions").count(), 1);
});

test("a page that comes back is read again and not sent again", async () => {
  const { page } = await opened();
  await page.fill("[name=email]", "back@b.example");
  await page.click("button");
  await page.waitForURL(/thanks|merci/);
  await page.goBack({ waitUntil: "commit" });
  await page.waitForFunction(() => document.querySelector("form"));
  await bound(page);
  assert.equal(await page.inputValue("[name=email]"), "back@b.example");
  assert.equal((await record(page)).facts.email, "back@b.example");
  const mine = (await site.leads()).filter((lead) => JSON.stringify(lead.answers).includes("back@b.example"));
  assert.equal(mine.length, 1);
});

test("measures count what happens while it may be measured, and nothing else", async () => {
  const signal = (id, measure, more) => ({ id, measure, ...more });
  const signals = [
    signal("views", "page_views"),
    signal("others", "page_views", { path: "/other/**" }),
    signal("visits", "visits"),
    signal("engaged", "engaged_seconds"),
    signal("depth", "scroll_percent"),
    signal("downloads", "events", { name: "download" }),
    signal("source", "query", { name: "utm_source" }),
    signal("person", "query", { name: "who" }),
    signal("from", "referrer"),
  ];
  const visitor = await visit(site, { html: formOf('<button type="button" data-leadpact-event="download">Get</button>'), pact: made([], [], { signals }) });
  const { page } = visitor;
  await page.goto(`${site.address}/test.html?utm_source=old&utm_source=fair&who=ada%40b.example`, { referer: "https://news.example/x" });
  await bound(page);
  await page.click("[data-leadpact-event]");
  await page.evaluate(() => window.LeadPact.event("download"));
  await page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
  await page.click("[data-leadpact-event]");
  await page.evaluate(() => (window.LeadPact.event("download"), window.LeadPact.event("nothing"), window.LeadPact.page("/again")));
  await page.waitForTimeout(1300);
  const { facts } = await record(page);
  const grown = (id) => facts[id]?.value ?? facts[id];
  assert.deepEqual(["views", "others", "visits", "depth", "downloads", "source", "person", "from"].map(grown), [2, 0, 1, 100, 2, "fair", undefined, "news.example"]);
  assert.ok(grown("engaged") >= 1);
});

test("a lead without a form is answered by handle, and each setter returns the score", async () => {
  const { page } = await opened();
  const said = await page.evaluate(async () => {
    await window.LeadPact.ready();
    const when = (fact, is) => ({ id: fact, group: "all", points: 10, when: { fact, ...is } });
    const lead = new window.LeadPact.Lead({
      pact: 1, id: "headless", locales: ["en", "fr"],
      fields: [
        { id: "role", label: { en: "Role", fr: "Fonction" }, kind: "text" }, { id: "size", label: "Size", kind: "number" },
        { id: "plan", label: "Plan", kind: "choice", options: [{ value: "free" }, { value: "team" }] },
        { id: "needs", label: "Needs", kind: "choices", options: [{ value: "api" }, { value: "sso" }] },
        { id: "budget", label: "Budget?", kind: "yes_no" },
      ],
      signals: [{ id: "views", measure: "page_views" }],
      groups: [{ id: "all", dimension: "fit" }, { id: "visit", dimension: "interest" }],
      criteria: [
        when("role", { contains: "boss" }), when("size", { at_least: 50 }), when("plan", { is: "team" }),
        when("needs", { includes: "sso" }), when("budget", { is: true }),
        { id: "looked", group: "visit", points: 1, each: "views", up_to: 9 },
      ],
      qualification: { threshold: 50 },
    }, "fr-CA");
    const [role, size, plan, needs, budget] = ["role", "size", "plan", "needs", "budget"].map((id) => lead.field(id));
    const scores = [
      lead.setText(role, "Boss"), lead.setNumber(size, 60), lead.setChoice(plan, 1), lead.setOption(needs, 1, true),
      lead.setFlag(budget, 1), lead.setNumber(size, NaN), lead.decline(budget), lead.clear(role), lead.setChoice(plan, 7),
    ];
    lead.setBehaviour(true);
    lead.observe("views", 3, Infinity);
    lead.answer("budget", true);
    lead.answer("needs", undefined);
    const refused = (work) => {
      try {
        work();
        return "nothing";
      } catch ({ message }) {
        return message;
      }
    };
    const errors = [() => lead.answer("sise", 1), () => lead.observe("views", NaN), () => new window.LeadPact.Lead()].map(refused);
    const { score, fit, interest, decision, behaviour } = lead;
    const labels = [lead.label("fields", "role"), lead.label("groups", "all"), lead.label("nothing", "x")];
    lead.free();
    return { scores, errors, labels, now: [score, fit, interest, decision, behaviour] };
  });
  assert.deepEqual(said.scores, [10, 20, 30, 40, 50, 40, 30, 20, 10]);
  assert.deepEqual(said.now, [13, 10, 3, "nurture", true]);
  assert.deepEqual(said.labels, ["Fonction", "all", "x"]);
  assert.match(said.errors[0], /^`sise`: the pact has no such field/);
  assert.match(said.errors[1], /^`views`: expected a number/);
  assert.match(said.errors[2], /^the pact cannot be read/);
});

test("the exported class has the members that its type declares", async () => {
  const { page } = await opened();
  const exported = await page.evaluate(() => Object.getOwnPropertyNames(window.LeadPact.Lead.prototype).filter((name) => !name.startsWith("_")));
  const types = readFileSync(new URL("../../src/browser/types.d.ts", import.meta.url), "utf8");
  const [, body] = types.match(/export class Lead \{(.*?)\n\}/s);
  const declared = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(([, name]) => name);
  assert.deepEqual(exported.sort(), declared.sort());
  const [, global] = types.match(/LeadPact: \{(.*?)\n {2}\s*\}/s);
  const shared = await page.evaluate(() => Object.keys(window.LeadPact));
  assert.deepEqual(shared.sort(), [...global.matchAll(/(\w+):/g)].map(([, name]) => name).sort());
});
