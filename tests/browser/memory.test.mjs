// What is remembered between pages and visits, and how it is forgotten.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bound, events, open, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const KEY = "leadpact:memory";
const pact = {
  pact: 1,
  id: "memory",
  fields: [
    { id: "email", label: "E-mail", kind: "email", ask: "always" },
    { id: "team", label: "Team?", kind: "choice", ask: "always", options: [{ value: "small" }, { value: "large" }] },
    { id: "budget", label: "Budget?", kind: "yes_no" },
    { id: "note", label: "Note", kind: "text", ask: "always" },
  ],
  signals: [
    { id: "views", measure: "page_views" },
    { id: "visits", measure: "visits" },
    { id: "days", measure: "days_known" },
    { id: "depth", measure: "scroll_percent" },
    { id: "engaged", measure: "engaged_seconds" },
    { id: "downloads", measure: "events", name: "download" },
    { id: "source", measure: "query", name: "utm_source" },
  ],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria: [{ id: "funded", group: "fit", points: 60, when: { fact: "budget", is: true } }],
  qualification: { threshold: 50 },
  asking: { mode: "certain" },
};
const formOf = (attributes = "") => `<!doctype html><html lang="en"><title>Test</title><body><main>
<form data-leadpact="/test.json" action="/leads" method="post" ${attributes}><label>E-mail <input name="email" type="email"></label>
<label>Team? <select name="team"><option value=""></option><option>small</option><option>large</option></select></label>
<label>Note <input name="note"></label><p><button>Send</button></p></form></main>
<script type="module" src="/leadpact/leadpact.js"></script>`;

async function opened({ agrees = true, attributes, clock, before } = {}) {
  const visitor = await visit(site, { html: formOf(attributes), pact });
  if (clock) await visitor.page.clock.install({ time: new Date(clock) });
  if (before) await visitor.page.addInitScript(before);
  await visitor.go();
  await bound(visitor.page);
  if (agrees) await agree(visitor.page);
  return visitor;
}
const agree = (page) => page.evaluate(() => window.LeadPact.consent({ behaviour: true }));
const popup = (page) => Promise.all([page.waitForEvent("popup"), page.evaluate(() => void window.open("about:blank"))]).then(([tab]) => tab);
// Another page of the same visitor, in the same tab or in another one, which the page may open itself.
async function again({ page, context }, { tab = false, opens = false } = {}) {
  const next = opens ? await popup(page) : tab ? await context.newPage() : page;
  if (tab) {
    await next.route((address) => address.pathname === "/test.html", (route) => route.fulfill({ contentType: "text/html", body: formOf() }));
    await next.route((address) => address.pathname === "/test.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(pact) }));
  }
  await next.goto(`${site.address}/test.html`);
  await bound(next);
  await agree(next);
  return next;
}
const record = (page) => page.evaluate(() => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")));
const facts = async (page) => Object.fromEntries(Object.entries((await record(page)).facts).map(([id, fact]) => [id, fact?.value ?? fact]));
const entry = (page) => page.evaluate((key) => JSON.parse(localStorage.getItem(key)), KEY);
// What is noted is written within a second; leaving the page writes at once.
const written = (page) => page.waitForFunction((key) => localStorage.getItem(key), KEY);
const settle = (page) => page.waitForTimeout(1300);

test("counts go on over pages, and a visit over all pages of half an hour", async () => {
  const visitor = await opened();
  await written(visitor.page);
  const page = await again(visitor);
  const { views, visits, depth } = await facts(page);
  assert.deepEqual([views, visits, depth], [2, 1, 100]);
});

test("after half an hour without activity a visit begins, and days are counted from the first one", async () => {
  const visitor = await opened({ clock: "2026-11-25T10:00:00Z" });
  await visitor.page.clock.runFor(1_500);
  await visitor.page.clock.setSystemTime(new Date("2026-11-27T11:00:00Z"));
  const page = await again(visitor);
  const { visits, days, views } = await facts(page);
  assert.deepEqual([visits, days, views], [2, 2, 2]);
});

test("A11Y-11: a remembered answer is not asked again, stands in the form, and can be corrected", async () => {
  const visitor = await opened();
  const { page } = visitor;
  await page.selectOption("[name=team]", "large");
  await page.check("[name=budget][value=yes]");
  await page.fill("[name=note]", "for my eyes");
  await settle(page);
  assert.deepEqual((await entry(page)).answers, { team: "large", budget: true }, "texts are not remembered unless the pact says so");
  await again(visitor);
  assert.deepEqual([await page.inputValue("[name=team]"), await page.inputValue("[name=note]")], ["large", ""]);
  const { team, budget } = await facts(page);
  assert.deepEqual([team, budget], ["large", undefined], "what nobody has seen yet is not sent");
  await page.fill("[name=note]", "x");
  await page.press("[name=note]", "Tab");
  assert.ok(await page.isChecked("[name=budget][value=yes]"), "what came back is shown with the next step");
  assert.equal((await facts(page)).budget, true);
  assert.deepEqual(await events(page, "asked"), []);
  assert.match(await page.textContent("[role=status]"), /A question was added: *Budget\?/);
  await page.check("[name=budget][value=no]");
  assert.equal((await facts(page)).budget, false);
  await settle(page);
  assert.equal((await entry(page)).answers.budget, false);
});

test("another person's address opens the questions again, and takes their counts away", async () => {
  const visitor = await opened();
  const { page } = visitor;
  const typed = async (address) => (await page.fill("[name=email]", address), await page.press("[name=email]", "Tab"));
  await typed("ada@works.example");
  await page.selectOption("[name=team]", "large");
  await settle(page);
  assert.match((await entry(page)).person, /^[0-9a-f]{1,8}$/);
  assert.ok(!JSON.stringify(await entry(page)).includes("ada"));
  await again(visitor);
  await typed("Ada@works.example ".trim());
  await page.waitForTimeout(200);
  assert.equal((await facts(page)).team, "large", "the same person keeps what was remembered");
  await typed("bob@works.example");
  await page.waitForFunction(() => document.querySelector("[name=team]").value === "");
  const { team, views } = await facts(page);
  assert.deepEqual([team, views], [undefined, 1]);
  await settle(page);
  assert.deepEqual((await entry(page)).answers, {});
});

test("two tabs lose nothing of each other", async () => {
  const visitor = await opened();
  await settle(visitor.page);
  const other = await again(visitor, { tab: true });
  for (let n = 0; n < 3; n += 1) await other.evaluate(() => window.LeadPact.event("download"));
  for (let n = 0; n < 2; n += 1) await visitor.page.evaluate(() => window.LeadPact.event("download"));
  await visitor.page.selectOption("[name=team]", "small");
  await other.bringToFront();
  await settle(other);
  await settle(visitor.page);
  const { signals, answers } = await entry(other);
  assert.deepEqual([signals.downloads.value, signals.views.value, signals.visits.value, answers.team], [5, 2, 1, "small"]);
});

test("two forms with one pact count what both see once", async () => {
  const visitor = await opened({ agrees: false });
  const { page } = visitor;
  await page.evaluate(async () => {
    const second = document.querySelector("form").cloneNode(true);
    document.querySelector("main").append(second);
    await window.LeadPact.attach(second);
  });
  await agree(page);
  await page.evaluate(() => window.LeadPact.event("download"));
  await settle(page);
  const { signals } = await entry(page);
  assert.deepEqual([signals.views.value, signals.visits.value, signals.downloads.value], [1, 1, 1]);
});

test("of two forms with one pact the second goes on remembering once the first is gone", async () => {
  const { page } = await opened();
  await page.evaluate(async () => {
    const second = document.querySelector("form").cloneNode(true);
    document.querySelector("main").append(second);
    await window.LeadPact.attach(second);
    window.LeadPact.event("download");
    window.LeadPact.detach(document.querySelector("form"));
    window.LeadPact.event("download");
    second.elements.team.value = "small";
    second.elements.team.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await settle(page);
  const { signals, answers } = await entry(page);
  assert.deepEqual([signals.views.value, signals.visits.value, signals.downloads.value, answers.team], [1, 1, 2, "small"]);
});

test("two tabs without Web Locks lose nothing of each other that grows", async () => {
  const before = () => Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
  const visitor = await opened({ before });
  await visitor.context.addInitScript(before);
  await settle(visitor.page);
  const other = await again(visitor, { tab: true });
  assert.equal(await other.evaluate(() => navigator.locks), undefined);
  for (let n = 0; n < 3; n += 1) await other.evaluate(() => window.LeadPact.event("download"));
  await settle(other);
  for (let n = 0; n < 2; n += 1) await visitor.page.evaluate(() => window.LeadPact.event("download"));
  await settle(visitor.page);
  const { signals } = await entry(other);
  assert.deepEqual([signals.downloads.value, signals.views.value, signals.visits.value], [5, 2, 1]);
});

const TABS = 5;
const TIMES = 10;
const download = (tab) => tab.evaluate((times) => { for (let n = 0; n < times; n += 1) window.LeadPact.event("download"); }, TIMES);
const downloads = async (page) => (await entry(page)).signals.downloads?.value ?? 0;
// What is counted in the end, and that it never fell on the way. A lock that is taken is tried again a second later.
async function counted(tabs) {
  let most = 0;
  for (let waits = 0; waits < 60 && most !== tabs.length * TIMES; waits += 1) {
    await tabs[0].waitForTimeout(500);
    const now = await downloads(tabs[0]);
    assert.ok(now >= most, `${now} after ${most}`);
    most = now;
  }
  return most;
}

// Tabs that a page opens share its process, and so see at once what each other writes.
test("G6: five tabs at once make one visit, and no tab's counts are lost", async () => {
  const visitor = await opened();
  await settle(visitor.page);
  const tabs = [visitor.page];
  while (tabs.length < TABS) tabs.push(await again(visitor, { tab: true, opens: true }));
  await Promise.all(tabs.map(download));
  assert.equal(await counted(tabs), TABS * TIMES);
  const { signals } = await entry(visitor.page);
  assert.deepEqual([signals.views.value, signals.visits.value], [TABS, 1]);
});

// What one tab writes reaches another process in its own time, so that the next one in the lock may not have seen it.
test("G6: five tabs at once in processes of their own make one visit, and count nothing twice", async () => {
  const visitor = await opened();
  await settle(visitor.page);
  const tabs = [visitor.page];
  while (tabs.length < TABS) tabs.push(await again(visitor, { tab: true }));
  await Promise.all(tabs.map(download));
  await settle(visitor.page);
  await Promise.all(tabs.map(settle));
  const { signals } = await entry(visitor.page);
  assert.equal(signals.visits.value, 1);
  assert.ok(signals.views.value <= TABS, signals.views.value);
  assert.ok(signals.downloads.value >= TIMES && signals.downloads.value <= TABS * TIMES, signals.downloads.value);
});

test("CONS-03: where the page has it so, what was seen before consent is held in memory, and counted once it is given", async () => {
  const { page } = await opened({ agrees: false, attributes: 'data-leadpact-before-consent="memory"' });
  await page.evaluate(() => (window.LeadPact.event("download"), window.LeadPact.page("/pricing"), window.LeadPact.event("download")));
  assert.deepEqual(Object.keys((await record(page)).facts), [], "nothing of it is in a record before");
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  await agree(page);
  const { views, visits, downloads } = await facts(page);
  assert.deepEqual([views, visits, downloads], [2, 1, 2]);
});

test("CONS-03: what was held in memory is dropped once the visitor refuses, whatever they say later", async () => {
  const { page } = await opened({ agrees: false, attributes: 'data-leadpact-before-consent="memory"' });
  await page.evaluate(() => window.LeadPact.event("download"));
  await page.evaluate(() => window.LeadPact.consent({ behaviour: false }));
  await agree(page);
  const { views, downloads } = await facts(page);
  assert.deepEqual([views, downloads], [1, 0]);
});

test("an answer too long for the entry is not remembered; all else is", async () => {
  const long = { ...pact, fields: pact.fields.map((field) => (field.id === "note" ? { ...field, remember: true } : field)) };
  const { page, go } = await visit(site, { html: formOf(), pact: long });
  await go();
  await bound(page);
  await agree(page);
  await page.fill("[name=note]", "é".repeat(8_200));
  await page.selectOption("[name=team]", "small");
  await settle(page);
  assert.deepEqual((await entry(page)).answers, { team: "small" });
});

test("PRIV-15: a visitor's arm of an experiment is drawn once, and kept with consent only", async () => {
  const experiment = { ...pact, asking: { ...pact.asking, holdout: 0.5 } };
  const { page, go } = await visit(site, { html: formOf(), pact: experiment });
  const drawn = async (agrees) => {
    await go();
    await bound(page);
    if (agrees) await agree(page);
    const { draw } = (await record(page)).experiment;
    await settle(page);
    return draw;
  };
  const without = [await drawn(false), await drawn(false), await drawn(false)];
  assert.equal(new Set(without).size, 3, "without consent each page draws anew");
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  const kept = [await drawn(true), await drawn(true), await drawn(true)];
  assert.equal(new Set(kept).size, 1);
  assert.equal((await entry(page)).drawn, kept[0]);
});

test("PRIV-17: there is no draft of the form on the device, of a password least of all", async () => {
  const html = formOf().replace("<p><button", '<label>Password <input type="password" name="note"></label><p><button');
  const { page, go } = await visit(site, { html, pact });
  await go();
  await bound(page);
  await agree(page);
  await page.fill("[name=email]", "canary@works.example");
  for (const input of await page.$$("[name=note]")) await input.fill("canary-draft");
  await settle(page);
  const there = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.ok(!(await there()).includes("canary"));
  await page.click("form button");
  await page.waitForURL(/thanks|merci/);
  assert.ok(!(await there()).includes("canary"));
});

test("PRIV-04: withdrawn in one tab, nothing is left in any tab within a second", async () => {
  const visitor = await opened();
  await settle(visitor.page);
  const other = await again(visitor, { tab: true });
  await settle(other);
  await other.evaluate(() => window.LeadPact.consent({ behaviour: false }));
  await visitor.page.waitForFunction(() => !window.lead.behaviour, undefined, { timeout: 1000 });
  await visitor.page.waitForTimeout(1500);
  for (const page of [other, visitor.page]) {
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    assert.equal("views" in (await facts(page)), false);
  }
});

test("PRIV-04: a tab whose form comes after another tab withdrew remembers nothing", async () => {
  const visitor = await opened();
  await settle(visitor.page);
  const other = await again(visitor, { tab: true });
  const form = await other.evaluate(() => {
    const form = document.querySelector("form");
    form.remove();
    return form.outerHTML;
  });
  await other.waitForTimeout(300);
  await visitor.page.evaluate(() => window.LeadPact.consent({ behaviour: false }));
  await other.waitForFunction(() => localStorage.length === 0);
  await other.evaluate((form) => document.querySelector("main").insertAdjacentHTML("beforeend", form), form);
  await bound(other);
  await settle(other);
  assert.deepEqual(await other.evaluate(() => [Object.keys(localStorage), window.lead?.behaviour ?? false]), [[], false]);
});

test("PRIV-08: what is swept away for its age is not taken for a withdrawal in another tab", async () => {
  const visitor = await opened();
  await settle(visitor.page);
  const left = JSON.stringify({ v: 1, since: Date.now() - 396 * 86_400_000, active: Date.now(), salt: "1", signals: {}, answers: {} });
  await visitor.page.evaluate((left) => localStorage.setItem("leadpact:old", left), left);
  const other = await again(visitor, { tab: true });
  assert.equal(await other.evaluate(() => localStorage.getItem("leadpact:old")), null);
  await visitor.page.waitForTimeout(500);
  assert.equal(await visitor.page.evaluate(() => window.lead.behaviour), true);
});

test("PRIV-08: what a pact of another name left is gone after 395 days", async () => {
  const visitor = await visit(site, { html: formOf(), pact });
  const left = (days) => JSON.stringify({ v: 1, since: Date.now() - days * 86_400_000, active: Date.now(), salt: "1", signals: {}, answers: {} });
  await visitor.go();
  await bound(visitor.page);
  await visitor.page.evaluate((entries) => Object.entries(entries).forEach((entry) => localStorage.setItem(...entry)), { "leadpact:old": left(396), "leadpact:other": left(394), "of the page": "1" });
  await agree(visitor.page);
  await settle(visitor.page);
  assert.deepEqual((await visitor.page.evaluate(() => Object.keys(localStorage))).sort(), [KEY, "leadpact:other", "of the page"]);
});

test("PRIV-08: what is kept is there on day 89 and gone on day 91, however often it was read", async () => {
  const visitor = await opened({ clock: "2026-01-01T10:00:00Z" });
  await visitor.page.clock.runFor(1_500);
  const on = async (day) => {
    await visitor.page.clock.setSystemTime(new Date(Date.UTC(2026, 0, 1 + day, 11)));
    const page = await again(visitor);
    await page.clock.runFor(1_500);
    return (await facts(page)).visits;
  };
  assert.deepEqual([await on(40), await on(89), await on(91)], [2, 3, 1]);
});

test("PRIV-08: a retention above 395 days is refused, and the form stays a plain form", async () => {
  const visitor = await visit(site, { html: formOf('data-leadpact-retention="400"'), pact });
  await visitor.go();
  const refused = await visitor.page.evaluate(async () => {
    const { attach } = await import("/leadpact/leadpact.js");
    return attach("form").then(() => "bound", (error) => error.message);
  });
  assert.match(refused, /1 to 395 days/);
});

test("PRIV-09: export gives all that is on the device, and erase leaves nothing", async () => {
  const { page } = await opened();
  await settle(page);
  const [exported, there] = await page.evaluate(() => [window.LeadPact.export(), { ...localStorage }]);
  assert.deepEqual(exported, there);
  assert.deepEqual(Object.keys(exported), [KEY]);
  await page.evaluate(() => window.LeadPact.erase());
  await page.evaluate(() => window.LeadPact.event("download"));
  await settle(page);
  assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), window.LeadPact.export(), window.lead.behaviour]), [[], {}, false]);
});

const whole = { v: 1, since: 1, active: 1, salt: "1", signals: {}, answers: {} };
const wrong = {
  "no JSON": "{", "another shape": "[]", "no time": JSON.stringify({ ...whole, since: "x" }),
  "a count below 0": JSON.stringify({ ...whole, since: Date.now(), signals: { views: { value: -1, last: 1 } } }),
  "an answer that is an object": JSON.stringify({ ...whole, since: Date.now(), answers: { team: { a: 1 } } }),
  "a version of before": JSON.stringify({ ...whole, since: Date.now(), v: 0 }),
  "too long": JSON.stringify({ ...whole, since: Date.now(), answers: { note: "x".repeat(17_000) } }),
};
for (const [what, text] of Object.entries(wrong)) {
  test(`REL-12: an entry with ${what} is dropped whole`, async () => {
    const { page, seen } = await opened({ before: `sessionStorage.once ??= (localStorage.setItem("${KEY}", ${JSON.stringify(text)}), "1")` });
    const { views, visits } = await facts(page);
    assert.deepEqual([views, visits, seen.errors], [1, 1, []]);
    await settle(page);
    assert.equal((await entry(page)).v, 1);
  });
}

test("REL-12: what a newer version wrote is left alone", async () => {
  const text = '{"v":2,"since":1,"what":"ever"}';
  const { page } = await opened({ before: `localStorage.setItem("${KEY}", ${JSON.stringify(text)})` });
  await page.evaluate(() => window.LeadPact.event("download"));
  await settle(page);
  assert.equal(await page.evaluate((key) => localStorage.getItem(key), KEY), text);
  assert.equal((await facts(page)).downloads, 1);
});

test("another person's address takes back where the first one came from", async () => {
  const visitor = await opened();
  const { page } = visitor;
  await page.evaluate((address) => history.replaceState(null, "", address), `${site.address}/test.html?utm_source=spring`);
  await page.evaluate(() => window.LeadPact.page("/again"));
  const typed = async (address) => (await page.fill("[name=email]", address), await page.press("[name=email]", "Tab"));
  await typed("ada@works.example");
  await settle(page);
  assert.equal((await entry(page)).signals.source, "spring");
  await again(visitor);
  await typed("bob@works.example");
  await page.waitForFunction((key) => JSON.parse(localStorage.getItem(key)).signals.source === undefined, KEY);
  assert.equal((await facts(page)).source, undefined);
});

test("a person that another tab heard of first is another person here, too", async () => {
  const visitor = await opened();
  const other = await again(visitor, { tab: true });
  await visitor.page.bringToFront();
  await visitor.page.fill("[name=email]", "ada@works.example");
  await visitor.page.press("[name=email]", "Tab");
  await visitor.page.selectOption("[name=team]", "large");
  await settle(visitor.page);
  await other.bringToFront();
  await other.fill("[name=email]", "bob@works.example");
  await other.press("[name=email]", "Tab");
  await settle(other);
  assert.deepEqual((await entry(other)).answers, {});
});

test("correcting an address withdraws nothing in another tab", async () => {
  const visitor = await opened();
  const other = await again(visitor, { tab: true });
  for (const address of ["ada@work.example", "ada@works.example"]) {
    await other.fill("[name=email]", address);
    await other.press("[name=email]", "Tab");
    await settle(other);
  }
  assert.equal(await visitor.page.evaluate(() => window.lead.behaviour), true);
});

test("PRIV-04: a refusal said before the form is bound takes away what was kept", async () => {
  const visitor = await opened();
  await settle(visitor.page);
  await visitor.page.addInitScript(() => (window.leadpact = [(LeadPact) => LeadPact.consent({ behaviour: false })]));
  await visitor.go();
  await bound(visitor.page);
  assert.deepEqual(await visitor.page.evaluate(() => Object.keys(localStorage)), []);
});

test("PRIV-04: a page that comes back from the browser's cache writes nothing of what was erased meanwhile", async () => {
  const visitor = await opened();
  const { page } = visitor;
  await settle(page);
  await page.evaluate(() => (window.kept = true));
  await page.goto(`${site.address}/leads`);
  await page.evaluate(() => Object.keys(localStorage).forEach((key) => localStorage.removeItem(key)));
  await page.goBack({ waitUntil: "commit" });
  assert.equal(await page.evaluate(() => window.kept), true, "the page was kept");
  await settle(page);
  assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), window.lead.behaviour]), [[], false]);
});

test("counts that could not be written are not lowered", async () => {
  const { page } = await opened();
  for (let n = 0; n < 3; n += 1) await page.evaluate(() => window.LeadPact.event("download"));
  await settle(page);
  await page.evaluate(() => (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }));
  for (let n = 0; n < 3; n += 1) {
    await page.evaluate(() => window.LeadPact.event("download"));
    await settle(page);
  }
  assert.equal((await facts(page)).downloads, 6);
});

test("whoever was away in one tab and there in another makes no second visit", async () => {
  const visitor = await opened({ clock: "2026-11-25T10:00:00Z" });
  await visitor.page.clock.runFor(1_500);
  await visitor.page.evaluate((key) => {
    const entry = JSON.parse(localStorage.getItem(key));
    localStorage.setItem(key, JSON.stringify({ ...entry, active: Date.parse("2026-11-25T10:35:00Z") }));
  }, KEY);
  await visitor.page.mouse.click(5, 5);
  await visitor.page.clock.setSystemTime(new Date("2026-11-25T10:40:00Z"));
  await visitor.page.mouse.click(6, 6);
  assert.equal((await facts(visitor.page)).visits, 1);
});

test("an agreement that comes after everything was erased counts, from whatever source", async () => {
  const { page } = await opened({ agrees: false });
  const states = await page.evaluate(() => {
    const states = [];
    document.addEventListener("leadpact:consent", ({ detail }) => states.push(detail.state));
    window.LeadPact.consent({ behaviour: true, by: "klaro" }, "klaro");
    window.LeadPact.erase();
    window.LeadPact.consent({ behaviour: true, by: "klaro" }, "klaro");
    return states;
  });
  assert.deepEqual(states, ["granted", "withdrawn", "granted"]);
});

test("without storage everything goes on in memory", async () => {
  const { page, seen } = await opened({ before: () => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } }) });
  await page.evaluate(() => window.LeadPact.event("download"));
  await settle(page);
  assert.equal((await facts(page)).downloads, 1);
  assert.deepEqual([await events(page, "error"), seen.errors], [[], []]);
});

test("a key of the prototype in an entry is inert", async () => {
  const text = `{"v":1,"since":${Date.now()},"active":${Date.now()},"salt":"1","signals":{"__proto__":{"value":3,"last":1}},"answers":{"__proto__":"x","constructor":"y"}}`;
  const { page } = await opened({ before: `localStorage.setItem("${KEY}", ${JSON.stringify(text)})` });
  await settle(page);
  assert.deepEqual(await page.evaluate(() => [Object.keys(Object.prototype), ({}).value === undefined, ({}).constructor === Object]), [[], true, true]);
});
