// Delivery by fetch beyond its first try: sent again, in the background, from another tab, or not at all any more.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BY_FETCH, OUTBOX, arrived, kept, openSmall, press } from "./fetched.mjs";
import { formOf, opened, small, stored } from "./small.mjs";

let site;
before(async () => (site = await openSmall()));
after(() => site.close());

const NOTE = '<label>Note <input name="note"></label>';
const html = (attributes = "", inputs = NOTE) => formOf(inputs, { attributes: `${BY_FETCH} ${attributes}` });
const failed = (tab) => tab.waitForSelector("[part=failed] p");
const idle = (tab) => tab.waitForFunction(() => document.querySelector("form").getAttribute("aria-busy") === null);
const busy = (tab) => tab.waitForFunction(() => document.querySelector("form").getAttribute("aria-busy"));
const agree = (tab) => tab.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test" }));
const bound = (tab) => tab.waitForFunction(() => window.LeadPact?.attach(document.querySelector("form")).then(() => true));
const ids = (posted) => new Set(posted.map(({ body }) => JSON.parse(body).leadpact_id));
// The server is not asked: it answers so, the first time this, and at last by the real one.
async function answers(tab, ...list) {
  const made = [];
  await tab.route("**/leads", async (route) => {
    made.push({ body: route.request().postData(), type: route.request().resourceType() });
    const answer = list.length > 1 ? list.shift() : list[0];
    if (answer === "real") return route.continue();
    if (answer === "none") return route.abort();
    return route.fulfill(answer);
  });
  return made;
}
const NO = { status: 503, body: "no" };

let people = 0;
async function filled(options = {}) {
  const visitor = await opened(site, { html: html(), ...options });
  visitor.email = `eve-${(people += 1)}@works.example`;
  await visitor.page.fill("[name=email]", visitor.email);
  await visitor.page.evaluate(() => {
    window.told = [];
    for (const type of ["sent", "error"]) document.addEventListener(`leadpact:${type}`, ({ detail }) => window.told.push([type, detail.id]));
  });
  return visitor;
}
// Another page of the same visitor, with the same form.
async function another({ context }, { text = html(), address = "/test.html" } = {}) {
  const tab = await context.newPage();
  await tab.route("**/test.html*", (route) => route.fulfill({ contentType: "text/html", body: text }));
  await tab.route("**/test.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(small) }));
  await tab.goto(site.address + address);
  await bound(tab);
  return tab;
}
// Time passes for the page alone: what waits is tried.
const LATER = 46_000;

test("E6: what waits in memory is tried on after a redirect", async () => {
  const { page: tab, email, context } = await filled();
  await tab.clock.install();
  const made = await answers(tab, { status: 302, headers: { location: "/login" }, body: "" }, "real");
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  await context.setOffline(false); // it is tried at once
  for (let tries = 0; tries < 200 && made.length === 0; tries += 1) await tab.waitForTimeout(10);
  await tab.waitForTimeout(200); // the answer is read
  await tab.clock.fastForward(LATER);
  await arrived(tab);
  assert.equal(made.length, 2);
  assert.equal((await stored(site, email)).length, 1);
});

test("REL-11: edited after a refusal in the background, another attempt waits and is sent", async () => {
  const { page: tab, email, context } = await filled({ html: html(OUTBOX) });
  const made = await answers(tab, { status: 422, body: "no" }, "real");
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  await context.setOffline(false);
  await tab.waitForFunction(() => /was not accepted/.test(document.querySelector("[part=failed]")?.textContent));
  await tab.fill("[name=note]", "more");
  await context.setOffline(true);
  await press(tab);
  await tab.waitForFunction(() => /kept on this device/.test(document.querySelector("[part=failed]")?.textContent));
  await context.setOffline(false);
  await arrived(tab);
  assert.equal((await stored(site, email))[0].answers.note, "more");
  assert.equal(ids(made).size, 1);
});

test("erased in the pause between two tries, it is not tried again, also where the page let go of the form", async () => {
  for (const lets of [false, true]) {
    const { page: tab } = await filled({ html: html(OUTBOX), hook: () => (Math.random = () => 0.1) });
    const made = await answers(tab, NO);
    await press(tab);
    await busy(tab);
    for (let tries = 0; tries < 100 && made.length === 0; tries += 1) await tab.waitForTimeout(10);
    await tab.waitForTimeout(100); // the answer is read, and the pause is on
    if (lets) await tab.evaluate(() => window.LeadPact.detach("form"));
    await tab.evaluate(() => window.LeadPact.erase());
    await idle(tab);
    await tab.waitForTimeout(1500);
    assert.equal(made.length, 1);
    assert.deepEqual(await kept(tab), []);
  }
});

test("erased in another tab, what waits in this one's memory is not sent", async () => {
  const visitor = await filled();
  const { page: tab, context, email } = visitor;
  const other = await another(visitor);
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  await other.evaluate(() => window.LeadPact.erase());
  await tab.waitForTimeout(200);
  await context.setOffline(false);
  await tab.waitForTimeout(700);
  assert.deepEqual(await stored(site, email), []);
  assert.deepEqual(await other.evaluate(() => [{ ...localStorage }, { ...sessionStorage }]), [{}, {}]);
});

test("H3: a page that gathers its form while it is being sent hears of its end all the same", async () => {
  const hook = () => document.addEventListener("input", ({ target }) => new FormData(target.form));
  for (const fails of [false, true]) {
    const { page: tab, email, context } = await filled({ hook });
    let go;
    const gate = new Promise((then) => (go = then));
    await tab.route("**/leads", (route) => gate.then(() => (fails ? route.abort() : route.continue())));
    await press(tab);
    await busy(tab);
    await tab.fill("[name=note]", "meanwhile");
    if (fails) await context.setOffline(true);
    go();
    await (fails ? failed(tab) : arrived(tab));
    if (fails) continue;
    assert.equal((await stored(site, email)).length, 1);
    await press(tab); // what was edited meanwhile is another submission
    await idle(tab);
    await arrived(tab);
    assert.equal((await stored(site, email)).length, 2);
  }
});

test("REL-11: a page whose language is written with an underscore says until when it is kept", async () => {
  const { page: tab, context } = await filled({ html: html(OUTBOX).replace('lang="en"', 'lang="fr_FR"') });
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  assert.match(await tab.textContent("[part=failed]"), /gardée sur cet appareil jusqu’au \d+/);
});

test("D8: what arrived after the form's own request stayed is not said to have failed, and is said once", async () => {
  const { page: tab, email } = await filled();
  await tab.clock.install();
  const made = await answers(tab, NO, NO, NO, { status: 204 }, "real");
  await press(tab);
  for (let at = 0; at < 40 && made.length < 4; at += 1) await tab.clock.fastForward(2000), await tab.waitForTimeout(30);
  assert.equal(made[3].type, "document");
  await press(tab);
  await arrived(tab);
  await tab.clock.fastForward(25_000);
  await tab.waitForTimeout(100);
  assert.equal(await tab.locator("[part=failed]").count(), 0);
  assert.equal(await tab.evaluate(() => window.told.filter(([type]) => type === "sent").length), 1);
  assert.equal((await stored(site, email)).length, 1);
});

test("a reset that the page cancels leaves the submission what it was", async () => {
  const { page: tab, context, email } = await filled({ html: html("", `${NOTE}<button type="reset">Reset</button>`) });
  const made = await answers(tab, "none", "real");
  await tab.evaluate(() => document.querySelector("form").addEventListener("reset", (event) => event.preventDefault()));
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  await tab.click("[type=reset]");
  await tab.waitForTimeout(50);
  assert.equal(await tab.locator("[part=failed]").count(), 1, "the failure is still said");
  await context.setOffline(false);
  await press(tab);
  await arrived(tab);
  assert.equal(ids(made).size, 1);
  assert.equal((await stored(site, email)).length, 1);
});

test("H3: what is sent again once the first has failed is said to have failed where the page objects to it", async () => {
  const { page: tab } = await filled();
  let go;
  const gate = new Promise((then) => (go = then));
  await tab.route("**/leads", (route) => gate.then(() => route.fulfill({ status: 422, body: "no" })));
  await press(tab);
  await busy(tab);
  await tab.fill("[name=note]", "meanwhile");
  await press(tab);
  await tab.fill("[name=email]", "no address");
  go();
  await failed(tab);
  assert.equal(await tab.evaluate(() => window.told.filter(([type]) => type === "error").length), 1);
});

test("H3: a page that resets its form when it hears that it arrived is not sent again", async () => {
  const { page: tab, email } = await filled();
  await tab.evaluate(() => document.addEventListener("leadpact:sent", ({ target }) => target.reset()));
  let go;
  const gate = new Promise((then) => (go = then));
  let made = 0;
  await tab.route("**/leads", (route) => ((made += 1), gate.then(() => route.continue())));
  await press(tab);
  await busy(tab);
  await tab.fill("[name=note]", "meanwhile");
  await press(tab);
  go();
  await tab.waitForFunction(() => window.told.length > 0);
  await idle(tab);
  await tab.waitForTimeout(200);
  assert.equal(made, 1);
  assert.ok(await tab.isVisible(".leadpact-sent"), "it stays said that it arrived");
  assert.equal((await stored(site, email)).length, 1);
});

test("REL-11: what was kept on a page with a query is sent by the same page with another", async () => {
  const visitor = await filled({ html: html(OUTBOX).replace('action="/leads"', 'action="/leads?from=mail"') });
  const { page: tab, context, email } = visitor;
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  await tab.close();
  await context.setOffline(false);
  const next = await another(visitor, { text: html(OUTBOX).replace('action="/leads"', 'action="/leads?from=web"') });
  await next.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("leadpact:outbox:")));
  assert.equal((await stored(site, email)).length, 1);
});

test("a form that is bound anew while it is being sent goes on with its submission", async () => {
  const { page: tab, email } = await filled();
  const made = await answers(tab, "none", "none", "real");
  await press(tab);
  await busy(tab);
  await tab.evaluate(() => (window.LeadPact.detach("form"), window.LeadPact.attach(document.querySelector("form"))));
  await press(tab);
  await arrived(tab);
  await tab.waitForTimeout(300);
  assert.equal(ids(made).size, 1);
  assert.equal((await stored(site, email)).length, 1);
});

test("REL-11: of two forms with an outbox, the one that was sent hears that it arrived", async () => {
  const second = formOf(NOTE, { attributes: `${BY_FETCH} ${OUTBOX} id="second"`, module: "" });
  const { page: tab, context } = await filled({ html: html(OUTBOX, `${NOTE}`).replace("</main>", `${second}</main>`) });
  await tab.waitForFunction(() => window.LeadPact.attach("#second").then(() => true));
  await tab.evaluate(() => document.addEventListener("leadpact:sent", ({ target }) => (window.form = target.id)));
  await context.setOffline(true);
  await tab.fill("#second [name=email]", "second@works.example");
  await tab.click("#second .last button", { noWaitAfter: true });
  await failed(tab);
  await context.setOffline(false);
  await tab.waitForFunction(() => window.form !== undefined);
  assert.equal(await tab.evaluate(() => window.form), "second");
  assert.ok(await tab.isVisible("#second .leadpact-sent"));
});

test("REL-11: what an earlier page left is told of as such, and not to who listens late", async () => {
  const visitor = await filled({ html: html(OUTBOX) });
  const { page: tab, context } = visitor;
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  await tab.close();
  await context.setOffline(false);
  const next = await context.newPage();
  await next.addInitScript(() => document.addEventListener("leadpact:sent", ({ detail }) => (window.sent = detail)));
  await next.route("**/test.html*", (route) => route.fulfill({ contentType: "text/html", body: html(OUTBOX) }));
  await next.route("**/test.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(small) }));
  await next.goto(`${site.address}/test.html`);
  await next.waitForFunction(() => window.sent);
  assert.equal(await next.evaluate(() => window.sent.earlier), true);
  assert.equal(await next.evaluate(() => { let late = false; window.LeadPact.on("form", "sent", () => (late = true)); return late; }), false);
});

test("F5: let go of, bound anew and loaded again, a submission keeps its id; reset, it does not", async () => {
  for (const resets of [false, true]) {
    const { page: tab, email } = await filled();
    await agree(tab);
    const made = await answers(tab, "none");
    await press(tab);
    await failed(tab);
    await tab.evaluate(() => (window.LeadPact.detach("form"), window.LeadPact.attach(document.querySelector("form")).then(() => true)));
    await tab.reload();
    await tab.unroute("**/leads");
    await bound(tab);
    await agree(tab);
    if (resets) await tab.evaluate(() => document.querySelector("form").reset());
    const more = await answers(tab, "real");
    await tab.waitForTimeout(50); // the reset is done
    await tab.fill("[name=email]", email);
    await press(tab);
    await arrived(tab);
    assert.equal(ids([made.at(-1), ...more]).size, resets ? 2 : 1);
  }
});

// Holds each answer until it is let go, in their order.
async function held(tab, answer) {
  const made = [];
  const gates = [];
  await tab.route("**/leads", async (route) => {
    made.push({ body: route.request().postData(), type: route.request().resourceType() });
    await new Promise((then) => gates.push(then));
    return answer(route, made.length);
  });
  return { made, go: async () => {
    for (let tries = 0; tries < 200 && gates.length === 0; tries += 1) await tab.waitForTimeout(10);
    gates.shift()();
  } };
}
const reset = async (tab) => (await tab.evaluate(() => document.querySelector("form").reset()), tab.waitForTimeout(50));

test("H2: reset while it is being sent, what cannot be sent yet waits, and the empty form is not sent", async () => {
  const { page: tab, email, context } = await filled();
  await tab.clock.install();
  const made = await answers(tab, NO, NO, NO, "real");
  await press(tab);
  await busy(tab);
  await reset(tab);
  for (let at = 0; at < 40 && made.length < 3; at += 1) await tab.clock.fastForward(4000), await tab.waitForTimeout(30);
  await idle(tab);
  assert.equal(new URL(tab.url()).pathname, "/test.html");
  await tab.clock.fastForward(LATER);
  for (let tries = 0; tries < 100 && (await stored(site, email)).length === 0; tries += 1) await tab.waitForTimeout(50);
  assert.equal((await stored(site, email)).length, 1);
  assert.ok(made.every(({ type }) => type === "fetch"));
  await context.close();
});

test("H3: reset and sent by the next visitor while it is being sent, both arrive", async () => {
  const { page: tab, email } = await filled();
  const { made, go } = await held(tab, (route, number) => (number === 1 ? route.fulfill({ status: 422, body: "no" }) : route.continue()));
  await press(tab);
  await busy(tab);
  await reset(tab);
  await tab.fill("[name=email]", `next-${email}`);
  await press(tab);
  await go();
  await tab.waitForFunction(() => window.told.some(([type]) => type === "error"));
  await go();
  await arrived(tab);
  assert.equal((await stored(site, `next-${email}`)).length, 1);
  assert.equal(ids(made).size, 2);
});

test("pressed again after an erase, it is sent", async () => {
  const { page: tab, email } = await filled();
  const { go } = await held(tab, (route, number) => (number === 1 ? route.fulfill(NO) : route.continue()));
  await press(tab);
  await busy(tab);
  await tab.evaluate(() => window.LeadPact.erase());
  await press(tab);
  await go();
  await go();
  await arrived(tab);
  assert.equal((await stored(site, email)).length, 1);
});

test("bound anew, what waited is not sent again once it has arrived", async () => {
  const { page: tab, email, context } = await filled();
  await tab.clock.install();
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  await tab.evaluate(() => (window.LeadPact.detach("form"), window.LeadPact.attach(document.querySelector("form")).then(() => true)));
  const made = await answers(tab, "none", "none", "real");
  await context.setOffline(false);
  await press(tab);
  await arrived(tab);
  const count = made.length;
  await tab.clock.fastForward(LATER);
  await tab.waitForTimeout(300);
  assert.equal(made.length, count);
  assert.equal(await tab.evaluate(() => window.told.filter(([type]) => type === "sent").length), 1);
  assert.equal((await stored(site, email)).length, 1);
});

test("what is typed while a form is let go of is another attempt", async () => {
  const { page: tab, email, context } = await filled();
  const made = await answers(tab, "none", "none", "real");
  await context.setOffline(true);
  await press(tab);
  await failed(tab);
  await tab.evaluate(() => window.LeadPact.detach("form"));
  await tab.fill("[name=note]", "meanwhile");
  await tab.evaluate(() => window.LeadPact.attach(document.querySelector("form")).then(() => true));
  await context.setOffline(false);
  await press(tab);
  await arrived(tab);
  const [lead, ...more] = await stored(site, email);
  assert.equal(more.length, 0);
  assert.equal(lead.answers.note, "meanwhile");
  assert.equal(Math.max(...made.map(({ body }) => JSON.parse(body).leadpact.attempt)), 2);
});
