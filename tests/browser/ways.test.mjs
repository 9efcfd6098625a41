// The ways in and out that a page has: where questions go, what it is told, what it may change.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bound, open, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const pact = {
  pact: 1,
  id: "ways",
  revision: "r7",
  locales: ["en", "fr"],
  fields: [
    { id: "team", label: { en: "Team", fr: "Équipe" }, kind: "choice", ask: "always", options: [{ value: "small" }, { value: "large" }] },
    { id: "budget", label: "Budget?", kind: "yes_no" },
    { id: "soon", label: "Soon?", kind: "yes_no" },
  ],
  groups: [{ id: "fit", dimension: "fit" }],
  criteria: [
    { id: "size", label: { en: "Large team", fr: "Grande équipe" }, group: "fit", points: 30, when: { fact: "team", is: "large" } },
    { id: "funded", label: { en: "Funded", fr: "Financé" }, group: "fit", points: 30, when: { fact: "budget", is: true } },
    { id: "late", label: { en: "Not soon", fr: "Plus tard" }, group: "fit", points: -5, when: { fact: "soon", is: false } },
  ],
  qualification: { threshold: 50, needs: ["budget"], grades: { fit: [50, 25, 10], interest: [30, 15, 5] } },
  asking: { mode: "certain" },
  handoff: { routes: [{ to: "enterprise", offer: { label: { en: "Pick a time", fr: "Choisir un créneau" }, url: "https://calendar.example/team" } }] },
};
const script = '<script type="module" src="/leadpact/leadpact.js"></script>';
const form = (inside = "", outside = "", head = script) => `<!doctype html><html lang="en"><title>Test</title><body><main>${outside}
<form id="lead" data-leadpact="/test.json" action="/leads" method="post"><label>Team <select name="team"><option value=""></option><option>small</option><option>large</option></select></label>
${inside}<p class="last"><button>Send</button></p></form></main>${head}`;
async function opened(html = form(), more = {}) {
  const visitor = await visit(site, { html, pact, ...more });
  await visitor.go();
  await bound(visitor.page);
  return visitor;
}
const record = (page) => page.evaluate(() => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")));

test("questions go where the page has <leadpact-questions>", async () => {
  const { page } = await opened(form("<section><h2>More</h2><leadpact-questions></leadpact-questions></section><label>Note <textarea name=note></textarea></label>"));
  await page.selectOption("[name=team]", "large");
  assert.ok(await page.isVisible("section leadpact-questions [name=budget]"));
  assert.equal(await page.evaluate(() => document.querySelector("leadpact-questions").form.id), "lead");
  await page.check("[name=budget][value=yes]");
  assert.equal((await record(page)).assessment.score, 60);
});

test("<leadpact-questions> may stand outside of its form, whose id it names: what is answered there belongs to the form", async () => {
  const { page } = await opened(form("", "<aside><leadpact-questions form=lead></leadpact-questions></aside>"));
  await page.evaluate(() => document.querySelector("main").append(document.querySelector("aside")));
  await page.selectOption("[name=team]", "large");
  await page.check("aside [name=budget][value=yes]");
  assert.equal((await record(page)).assessment.score, 60);
  const [sent] = await Promise.all([page.waitForRequest("**/leads"), page.click("form button")]);
  assert.equal(new URLSearchParams(sent.postData()).get("budget"), "yes");
});

const own = '<fieldset data-leadpact-field="budget" class="mine" disabled hidden><legend>Our own words on budget</legend><label><input type=radio name=budget value=yes> Oh yes</label><label><input type=radio name=budget value=no> No</label></fieldset>';
test("a question that the page keeps ready in a disabled fieldset is shown as it is, when it is worth asking", async () => {
  const { page, seen } = await opened(form(own));
  assert.equal(await page.isVisible(".mine"), false);
  await page.selectOption("[name=team]", "large");
  assert.ok(await page.isVisible(".mine"));
  assert.equal(await page.locator(".leadpact-question").count(), 0);
  assert.match(await page.textContent("[role=status]"), /A question was added: Budget\?/);
  await page.check("[name=budget][value=yes]");
  const { facts, asked } = await record(page);
  assert.deepEqual([facts.budget, asked.map(({ field }) => field)], [true, ["budget"]]);
  await page.evaluate(() => window.LeadPact.detach("form"));
  assert.deepEqual(await page.evaluate(() => [document.querySelector(".mine").disabled, document.querySelector(".mine").hidden]), [true, true]);
  assert.deepEqual(seen.errors, []);
});

test("A11Y-05: a question that the page keeps ready above what has the focus is not shown there", async () => {
  const html = form().replace("<label>Team", `${own}<label>Team`);
  const { page } = await opened(html);
  await page.focus("[name=team]");
  await page.selectOption("[name=team]", "large");
  assert.equal(await page.isVisible(".mine"), false);
});

test("hidden inputs under names of the page's choice hold what is known, and say when it changes", async () => {
  const inputs = ["score", "decision", "grade", "missing", "reasons", "revision", "complete", "route"].map((what) => `<input type=hidden name="crm_${what}" data-leadpact-value="${what}">`).join("");
  const { page } = await opened(form(inputs));
  await page.evaluate(() => {
    window.heard = [];
    document.addEventListener("input", ({ target }) => target.name.startsWith("crm_") && window.heard.push(target.name));
  });
  await page.selectOption("[name=team]", "large");
  const values = () => page.evaluate(() => Object.fromEntries([...document.querySelectorAll("[data-leadpact-value]")].map(({ name, value }) => [name.slice(4), value])));
  assert.deepEqual(await values(), { score: "30", decision: "nurture", grade: "B-", missing: "Budget?", reasons: "Large team (+30)", revision: "r7", complete: "false", route: "enterprise" });
  assert.deepEqual((await page.evaluate(() => window.heard)).filter((name) => name === "crm_score"), ["crm_score"]);
  await page.check("[name=budget][value=yes]");
  const sent = await page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("form"))));
  assert.deepEqual([sent.crm_score, sent.crm_reasons, sent.crm_decision], ["60", "Large team (+30), Funded (+30)", "handoff"]);
});

test("who listens late hears the last state at once, and who listens early every one", async () => {
  const { page } = await opened();
  await page.selectOption("[name=team]", "large");
  const heard = await page.evaluate(() => {
    const heard = [];
    const { on, consent } = window.LeadPact;
    consent({ behaviour: false, by: "me" });
    const stops = ["ready", "assessed", "leadpact:decided"].map((name) => on("form", name, ({ type, detail }) => heard.push([type, detail.score, detail.decision])));
    on(document, "consent", ({ detail }) => heard.push(["consent", detail.state]));
    stops.forEach((stop) => stop());
    document.querySelector("[name=team]").value = "small";
    document.querySelector("[name=team]").dispatchEvent(new Event("change", { bubbles: true }));
    return heard;
  });
  assert.deepEqual(heard, [["leadpact:ready", null, null], ["leadpact:assessed", 30, "nurture"], ["leadpact:decided", 30, "nurture"], ["consent", "denied"]].map((one) => one.map((part) => part ?? undefined)));
});

test("answered and decided are told; what a listener makes of the record is what is sent", async () => {
  const { page } = await opened();
  await page.evaluate(() => {
    window.told = [];
    for (const type of ["answered", "decided"]) document.addEventListener(`leadpact:${type}`, ({ detail }) => window.told.push([type, detail.field ?? detail.decision, detail.asked]));
    document.addEventListener("leadpact:handoff", ({ detail }) => (detail.record.facts.campaign = "spring"));
  });
  await page.selectOption("[name=team]", "large");
  await page.check("[name=budget][value=yes]");
  assert.deepEqual(await page.evaluate(() => JSON.stringify(window.told)), JSON.stringify([["decided", "nurture"], ["answered", "team", false], ["decided", "handoff"], ["answered", "budget", true]].map((one) => (one.length < 3 ? [...one, null] : one))));
  assert.equal((await record(page)).facts.campaign, "spring");
});

test("what a route offers is shown once it is earned, told to who cannot see it, and taken back when it no longer is", async () => {
  const { page } = await opened();
  await page.selectOption("[name=team]", "large");
  assert.equal(await page.isVisible(".leadpact-offer"), false);
  await page.check("[name=budget][value=yes]");
  const link = page.getByRole("link", { name: "Pick a time" });
  assert.ok(await link.isVisible());
  assert.deepEqual([await link.getAttribute("href"), await link.getAttribute("rel")], ["https://calendar.example/team", "noopener"]);
  assert.match(await page.textContent("[role=status]"), /Pick a time/);
  await page.check("[name=budget][value=no]");
  assert.equal(await link.isVisible(), false);
});

test("the classic script binds the form, finds its own wasm, and answers what waited in the queue", async () => {
  const head = `<script>window.leadpact = window.leadpact || []; leadpact.push((LeadPact) => { window.early = Object.keys(LeadPact).length; LeadPact.on(document.querySelector("form"), "ready", () => (window.isReady = true)); });</script>
<script src="/leadpact/leadpact.classic.js"></script><script>leadpact.push(() => (window.late = true), () => { throw new Error("of the page"); }, () => (window.after = true));</script>`;
  const { page, go, seen } = await visit(site, { html: form("", "", head), pact });
  await go();
  await page.waitForFunction(() => window.isReady);
  assert.deepEqual(await page.evaluate(() => [window.early > 5, window.late, window.after]), [true, true, true]);
  await page.selectOption("[name=team]", "large");
  assert.ok(await page.isVisible("[name=budget]"));
  assert.deepEqual(seen.errors, ["of the page"]);
});

test("the wasm may be elsewhere: an attribute or ready() says where", async () => {
  const at = async (head, work) => {
    const { page, go, seen } = await visit(site, { html: form("", "", head).replace("data-leadpact=", "data-later="), pact });
    await page.route("**/elsewhere/*.wasm", async (route) => route.fulfill({ response: await route.fetch({ url: `${site.address}/leadpact/leadpact_bg.wasm` }) }));
    await go();
    await page.waitForFunction(() => window.LeadPact);
    await page.evaluate(work);
    await page.evaluate(() => window.LeadPact.attach("form", { pact: "/test.json" }));
    return seen.requests.filter((request) => request.endsWith(".wasm"));
  };
  assert.deepEqual(await at('<script type="module" src="/leadpact/leadpact.js" data-leadpact-wasm="/elsewhere/one.wasm"></script>', () => {}), ["GET /elsewhere/one.wasm"]);
  assert.deepEqual(await at(script, () => window.LeadPact.ready({ wasm: "/elsewhere/two.wasm" })), ["GET /elsewhere/two.wasm"]);
});

test("an extra question that is wrong is named in a summary that has the focus and leads to it, and again at the question", async () => {
  const required = { ...pact, fields: pact.fields.map((field) => (field.id === "budget" ? { ...field, required: true } : field)) };
  const { page } = await visitAnd(required);
  await page.selectOption("[name=team]", "large");
  await page.click("form button");
  const summary = page.locator("[role=alert]");
  await summary.filter({ hasText: "look" }).waitFor();
  assert.match(await summary.textContent(), /One answer needs another look.*Budget\? – Answer this question\./);
  assert.ok(await summary.evaluate((element) => element === document.activeElement));
  assert.equal(await page.locator("[name=budget][aria-invalid=true]").count(), 2);
  const described = await page.locator("[name=budget]").first().getAttribute("aria-describedby");
  assert.equal(await page.textContent(`#${described}`), "Answer this question.");
  await summary.getByRole("link").click();
  assert.equal(await page.evaluate(() => document.activeElement.name), "budget");
  await page.check("[name=budget][value=no]");
  assert.equal(await page.locator("[aria-invalid]").count(), 0);
  assert.equal(await summary.isVisible(), false);
  await page.click("form button");
  await page.waitForURL(/thanks|merci/);
});
test("a page that looks at its form's validity at every key is not interrupted", async () => {
  const required = { ...pact, fields: pact.fields.map((field) => (field.id === "budget" ? { ...field, required: true } : field)) };
  const { page } = await visitAnd(required, "<label>Note <input name=note></label>");
  await page.evaluate(() => document.addEventListener("input", () => document.querySelector("form").checkValidity()));
  await page.selectOption("[name=team]", "large");
  await page.focus("[name=note]");
  await page.keyboard.type("hello");
  await page.waitForTimeout(100);
  assert.deepEqual(await page.evaluate(() => [document.activeElement.name, document.activeElement.value, document.querySelector("[role=alert]").textContent]), ["note", "hello", ""]);
});

test("a form that was reset and sent again is another lead", async () => {
  const { page } = await opened();
  await page.selectOption("[name=team]", "large");
  const first = await record(page);
  await page.selectOption("[name=team]", "small");
  const edited = await record(page);
  await page.evaluate(() => document.querySelector("form").reset());
  await page.waitForTimeout(100);
  await page.selectOption("[name=team]", "large");
  const second = await record(page);
  assert.deepEqual([edited.id === first.id, first.attempt, edited.attempt, second.id === first.id, second.attempt], [true, 1, 2, false, 1]);
});

test("a field that the page holds in a hidden input is not asked", async () => {
  const { page } = await opened(form("<input type=hidden name=budget value=yes>"));
  await page.selectOption("[name=team]", "large");
  assert.equal(await page.locator("[name=budget]").count(), 1);
});

test("a click on another button of the page keeps no question back", async () => {
  const typed = { ...pact, fields: [{ ...pact.fields[0], kind: "text", options: undefined }, ...pact.fields.slice(1)], criteria: [{ id: "any", group: "fit", points: 30, when: { fact: "team", known: true } }, pact.criteria[1]] };
  const typing = await visit(site, { html: form("", '<button type="button" id="other">Close</button>').replace(/<select name="team">.*?<\/select>/, '<input name="team">'), pact: typed });
  await typing.go();
  await bound(typing.page);
  await typing.page.fill("[name=team]", "some");
  await typing.page.click("#other");
  assert.ok(await typing.page.isVisible("[name=budget]"));
});
async function visitAnd(pact, inside, outside) {
  const visitor = await visit(site, { html: form(inside, outside), pact });
  await visitor.go();
  await bound(visitor.page);
  return visitor;
}
