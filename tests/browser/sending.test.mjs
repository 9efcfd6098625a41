// What is sent is whole, and one lead is one person's, whichever way the form goes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BY_FETCH, OUTBOX, arrived, kept, openSmall, press } from "./fetched.mjs";
import { criterion, entries, formOf, made, opened, send, small, stored, yes } from "./small.mjs";

let site;
before(async () => (site = await openSmall()));
after(() => site.close());

const NOTE = '<label>Note <textarea name="note"></textarea></label>';
const COMPANY = '<label>Company <input name="company"></label>';
const fetched = (inputs = "", attributes = "") => ({ html: formOf(inputs, { attributes: `${BY_FETCH} ${attributes}` }) });
const agree = (tab) => tab.evaluate(() => window.LeadPact.consent({ behaviour: true, by: "test" }));
const failed = (tab) => tab.waitForSelector("[part=failed] p");
let people = 0;
const person = () => `mia-${(people += 1)}@works.example`;
async function filled(options, email = person()) {
  const visitor = await opened(site, options);
  await visitor.page.fill("[name=email]", email);
  return { ...visitor, email };
}
const cameBack = async (tab) => {
  await tab.goBack({ waitUntil: "commit" });
  await tab.waitForSelector("form [name=email]");
};

test("REL-03: a page from the browser's cache, filled in by another person, is another lead; edited by the same, it is the same", async () => {
  const { page: tab, email } = await filled({ html: formOf(NOTE) });
  await send(tab);
  await cameBack(tab);
  assert.ok(await tab.evaluate(() => window.seen !== undefined), "it came from the cache");
  await tab.fill("[name=note]", "more");
  await send(tab);
  await cameBack(tab);
  const other = person();
  await tab.fill("[name=email]", other);
  await send(tab);
  const [[mine, ...more], [theirs]] = [await stored(site, email), await stored(site, other)];
  assert.deepEqual([more, mine.attempt, mine.answers.note, theirs.attempt], [[], 2, "more", 1]);
});

test("REL-03: what the browser sent where fetch could not is another lead as well, once another person fills in the form", async () => {
  const { page: tab, email } = await filled(fetched());
  await tab.evaluate(() => (Math.random = () => 0));
  await tab.route("**/leads", (route) => (route.request().resourceType() === "document" ? route.continue() : route.fulfill({ status: 503, body: "no" })));
  await press(tab);
  await tab.waitForURL(/thanks|merci/);
  await cameBack(tab);
  assert.ok(await tab.evaluate(() => window.seen !== undefined), "it came from the cache");
  await tab.unroute("**/leads");
  const other = person();
  await tab.fill("[name=email]", other);
  await press(tab);
  await arrived(tab);
  assert.deepEqual([(await stored(site, email)).length, (await stored(site, other)).length], [1, 1]);
});

test("REL-03: a form that stays when it is sent, and is filled in by another person, is another lead; by the same, it is the same", async () => {
  // Into another window; and by its page, which gathers it before it prevents the submit, or after.
  const own = (first) => `document.querySelector("form").addEventListener("submit", (event) => {
    if (${first}) event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    if (!${first}) event.preventDefault();
    fetch("/leads", { method: "POST", body }).then(() => (window.answered = true));
  });`;
  for (const [attributes, script] of [['target="_blank"'], ["", own(true)], ["", own(false)]]) {
    const { page: tab, email, context } = await filled({ html: formOf(NOTE, { attributes }) });
    if (script) await tab.evaluate(script);
    const sends = async () => {
      const window = script ? undefined : context.waitForEvent("page");
      await press(tab);
      if (script) await tab.waitForFunction(() => window.answered);
      await (await window)?.waitForURL(/thanks|merci/);
      await tab.evaluate(() => (window.answered = false));
    };
    await sends();
    await tab.fill("[name=note]", "more");
    await sends();
    const other = person();
    await tab.fill("[name=email]", other);
    await sends();
    const [[mine, ...more], [theirs]] = [await stored(site, email), await stored(site, other)];
    assert.deepEqual([more, mine.attempt, mine.answers.note, theirs.attempt], [[], 2, "more", 1]);
  }
});

test("REL-03: a page from the browser's cache that gathers its form as it is typed or pasted makes another person another lead", async () => {
  for (const writes of ["pressSequentially", "fill"]) {
    const { page: tab, email } = await filled({ html: formOf(NOTE) });
    await tab.evaluate(() => document.querySelector("form").addEventListener("input", ({ currentTarget }) => new FormData(currentTarget)));
    await send(tab);
    await cameBack(tab);
    const other = person();
    await tab.fill("[name=note]", "more");
    await tab.locator("[name=email]").clear();
    await tab.locator("[name=email]")[writes](other);
    await send(tab);
    assert.deepEqual([(await stored(site, email)).length, (await stored(site, other)).length], [1, 1], writes);
  }
});

test("H3: what is edited while fetch fails for good is not taken away by the browser's own request", async () => {
  const { page: tab, email } = await filled(fetched(NOTE));
  await tab.evaluate(() => (Math.random = () => 0));
  let made = 0;
  await tab.route("**/leads", async (route) => {
    if ((made += 1) === 2) await tab.fill("[name=email]", "");
    return route.fulfill({ status: 503, body: "no" });
  });
  await press(tab);
  await failed(tab);
  assert.equal(made, 3);
  assert.equal(await tab.inputValue("[name=email]"), "");
  await tab.unroute("**/leads");
  await tab.evaluate(() => window.dispatchEvent(new Event("online"))); // what waits is tried
  await tab.waitForFunction(() => document.querySelector("[part=failed] p") === null);
  assert.equal((await stored(site, email)).length, 1);
});

test("REL-04: where its page disables the inputs of what is being sent, the browser's own request has them all the same", async () => {
  const { page: tab, email } = await filled(fetched(NOTE));
  await tab.fill("[name=note]", "été");
  await tab.evaluate(() => {
    Math.random = () => 0;
    document.querySelector("form").addEventListener("submit", ({ target }) => setTimeout(() => [...target.elements].forEach((input) => (input.disabled = true))));
  });
  await tab.route("**/leads", (route) => (route.request().resourceType() === "document" ? route.continue() : route.fulfill({ status: 503, body: "no" })));
  await press(tab);
  await tab.waitForURL(/thanks|merci/);
  const [{ answers, facts, differences }] = await stored(site, email);
  assert.deepEqual([answers.note, facts.email, differences], ["été", email, []]);
});

test("F5: a page that looks at its form when it is sent has an id to be sent again under all the same", async () => {
  const { page: tab } = await filled(fetched());
  await agree(tab);
  const kept = await tab.evaluate(async () => {
    document.querySelector("form").addEventListener("submit", ({ target }) => new FormData(target));
    document.querySelector(".last button").click();
    await new Promise((then) => setTimeout(then));
    return Object.keys(sessionStorage).length;
  });
  assert.equal(kept, 1);
});

test("a form that its page gathers before it prevents the submit leaves no id behind", async () => {
  const { page: tab } = await filled();
  await agree(tab);
  const left = await tab.evaluate(async () => {
    document.querySelector("form").addEventListener("submit", (event) => (new FormData(event.target), event.preventDefault()));
    document.querySelector(".last button").click();
    await new Promise((then) => setTimeout(then));
    return Object.keys(sessionStorage);
  });
  assert.deepEqual(left, []);
});

test("F5: sent by the browser, a submission keeps its id through a reload in the middle, with consent", async () => {
  const { page: tab, email, context } = await filled();
  const held = [];
  await context.route("**/leads", async (route) => {
    if (held.length > 0) return route.continue();
    held.push(route.request().postData());
    await route.fetch({ maxRedirects: 0 }); // stored, and no answer comes
  });
  await agree(tab);
  await press(tab);
  for (let looks = 0; looks < 200 && (await stored(site, email)).length === 0; looks += 1) await tab.waitForTimeout(50);
  await tab.reload().catch(() => {}); // of two navigations one is given up
  await tab.waitForFunction(() => !window.seen && window.LeadPact?.attach(document.querySelector("form")).then(() => true));
  await agree(tab);
  await tab.fill("[name=email]", email);
  await send(tab);
  const [lead, ...more] = await stored(site, email);
  assert.deepEqual([more.length, lead.attempt], [0, 2]);
});

test("a form that is bound anew before it is known to have arrived goes on with its submission", async () => {
  const { page: tab } = await filled();
  const id = (await entries(tab)).leadpact_id;
  await tab.evaluate(() => (window.LeadPact.detach("form"), window.LeadPact.attach("form", { pact: "/test.json" })));
  assert.equal((await entries(tab)).leadpact_id, id);
});

test("F5: ten minutes later, and once it has arrived in the background, what is sent is another submission", async () => {
  // Sent to a server that is not there, and loaded again.
  const again = async (attributes = "") => {
    const { page: tab, email } = await filled(fetched("", attributes));
    await agree(tab);
    await tab.route("**/leads", (route) => route.abort());
    await press(tab);
    await failed(tab);
    await tab.reload();
    await tab.waitForFunction(() => window.LeadPact?.attach(document.querySelector("form")).then(() => true));
    await agree(tab);
    return { tab, email };
  };
  const ids = (tab) => tab.evaluate(() => Object.values(sessionStorage).map((text) => text.split(" ")[0]));
  const late = await again();
  const [before] = await ids(late.tab);
  await late.tab.evaluate(() => {
    const own = Date.now;
    Date.now = () => own() + 11 * 60_000;
  });
  assert.notEqual((await entries(late.tab)).leadpact_id, before);

  const arrives = await again(OUTBOX);
  assert.equal((await ids(arrives.tab)).length, 1);
  await arrives.tab.unroute("**/leads");
  await arrives.tab.evaluate(() => window.dispatchEvent(new Event("online")));
  await arrives.tab.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("leadpact:outbox:")));
  assert.deepEqual(await ids(arrives.tab), []);
  assert.equal((await stored(site, arrives.email)).length, 1);
  assert.ok(await arrives.tab.isVisible(".leadpact-sent"), "its visitor, who may be about to send it again, reads so");
});

test("F5: what arrived late leaves the id of a later attempt that is under way", async () => {
  const { page: tab, email } = await filled(fetched(NOTE));
  await agree(tab);
  await tab.route("**/leads", (route) => route.abort());
  await press(tab);
  await failed(tab);
  await tab.fill("[name=note]", "more");
  await tab.unroute("**/leads");
  // Of the two, only the first attempt arrives, in the background.
  await tab.route("**/leads", async (route) => (JSON.parse(route.request().postData()).leadpact.attempt === 1 ? route.continue() : undefined));
  await press(tab);
  await tab.waitForFunction(() => document.querySelector("form").getAttribute("aria-busy"));
  await tab.evaluate(() => {
    document.addEventListener("leadpact:sent", () => (window.arrived = true));
    window.dispatchEvent(new Event("online"));
  });
  await tab.waitForFunction(() => window.arrived);
  assert.equal((await stored(site, email)).length, 1);
  assert.equal(await tab.evaluate(() => Object.values(sessionStorage).length), 1);
});

test("F5: of two forms with one pact each has an id of its own through a reload", async () => {
  const two = formOf().replace(/(<form[^]*<\/form>)/, (form) => form.replace("<form", `<form ${BY_FETCH} id="a"`) + form.replace("<form", `<form ${BY_FETCH} id="b"`));
  const visitor = await opened(site, { html: two });
  const { page: tab } = visitor;
  const ready = () => tab.evaluate(() => Promise.all([...document.forms].map((form) => window.LeadPact.attach(form))).then(() => {}));
  const [a, b] = [person(), person()];
  await ready();
  await agree(tab);
  await tab.route("**/leads", (route) => route.fulfill({ status: 503, body: "no", headers: { "Retry-After": "3600" } }));
  await tab.fill("#a [name=email]", a);
  await tab.click("#a button");
  await tab.waitForSelector("#a [part=failed] p");
  const [key] = await tab.evaluate(() => Object.keys(sessionStorage));
  const [id] = (await tab.evaluate((key) => sessionStorage.getItem(key), key)).split(" ");
  await tab.unroute("**/leads");
  await tab.reload();
  await tab.waitForFunction(() => window.LeadPact);
  await ready();
  await agree(tab);
  await tab.fill("#b [name=email]", b);
  await tab.click("#b button");
  await tab.waitForSelector("#b .leadpact-sent:not([hidden])");
  await tab.fill("#a [name=email]", a);
  await tab.click("#a button");
  await tab.waitForSelector("#a .leadpact-sent:not([hidden])");
  assert.equal((await stored(site, a))[0].id, id);
  assert.notEqual((await stored(site, b))[0].id, id);
});

test("H10: by fetch, a button that encodes the form its own way, or a file, is the browser's to send", async () => {
  const file = { name: "cv.txt", mimeType: "text/plain", buffer: Buffer.from("what a person wrote") };
  for (const [inputs, button, chosen] of [
    ['<label>CV <input type="file" name="cv"></label>', '<button formenctype="multipart/form-data">', true],
    ['<label>CV <input type="file" name="cv"></label>', '<button formenctype="multipart/form-data">', false],
    ["", '<button formenctype="text/plain">', false],
  ]) {
    const { html } = fetched(inputs);
    const { page: tab, email } = await filled({ html: html.replace("<button>", button) });
    const posted = tab.waitForRequest("**/leads");
    if (chosen) await tab.setInputFiles("[name=cv]", file);
    await send(tab);
    const request = await posted;
    assert.equal(request.resourceType(), "document");
    assert.equal(request.headers()["content-type"].split(";")[0], /formenctype="(.*?)"/.exec(button)[1]);
    const [lead] = await stored(site, email);
    assert.ok(lead.assessment && lead.differences.length === 0, JSON.stringify(lead.differences));
  }
});

test("H7, SEC-09: a page or a form in another encoding delivers what was typed, and a record that can be read", async () => {
  const typed = { company: "Société « Énergie » 2000 €", note: "deux\nlignes, été" };
  const pact = made([{ id: "company", label: "Company", kind: "text", ask: "never" }, { id: "note", label: "Note", kind: "paragraph", ask: "never" }], []);
  const site = await openSmall(pact);
  const latin = async (tab) => {
    await tab.unroute("**/test.html");
    const html = formOf(COMPANY + NOTE).replace("<title>", '<meta charset="windows-1252"><title>');
    await tab.route("**/test.html", (route) => route.fulfill({ contentType: "text/html; charset=windows-1252", body: Buffer.from(html, "latin1") }));
    await tab.reload();
    await tab.evaluate(() => import("/leadpact/leadpact.js").then(({ attach }) => attach("form")).then(() => {}));
  };
  for (const [attributes, encoding, more] of [["", "UTF-8"], ['accept-charset="ISO-8859-1"', "UTF-8"], ["", "windows-1252", latin]]) {
    const { page: tab } = await opened(site, { html: formOf(COMPANY + NOTE, { attributes }), pact });
    await more?.(tab);
    assert.equal(await tab.evaluate(() => document.characterSet), encoding);
    const email = person();
    await tab.fill("[name=email]", email);
    for (const [name, text] of Object.entries(typed)) await tab.fill(`[name=${name}]`, text);
    await send(tab);
    const [lead] = await stored(site, email);
    assert.deepEqual([lead.answers.company, lead.answers.note.replace("\r\n", "\n")], Object.values(typed));
    assert.deepEqual([lead.facts.company, lead.facts.note, lead.differences], [...Object.values(typed), []]);
  }
  await site.close();
});

// Asked for a budget, the visitor must say how much; a script or the browser then says otherwise without a word.
const pact = made(
  [{ id: "budget", label: "Budget?", kind: "yes_no" }, { id: "much", label: "How much?", kind: "number", when: yes("budget"), required: true }],
  [criterion("funded", 40, yes("budget")), criterion("much", 20, { fact: "much", at_least: 10 })],
  { asking: { mode: "certain", per_step: 9 } },
);
for (const answered of [false, true]) {
  test(`REL-16: a question that applies no longer, by a value set without an event, neither blocks nor is sent (${answered ? "answered" : "open"})`, async () => {
    const { page: tab } = await opened(site, { pact, html: formOf('<label>Budget <select name="budget"><option value=""><option value="yes">Yes<option value="no">No</select></label>') });
    await tab.selectOption("[name=budget]", "yes");
    await tab.waitForSelector("[name=much]");
    if (answered) await tab.fill("[name=much]", "12");
    const email = person();
    await tab.fill("[name=email]", email);
    await tab.evaluate(() => (document.querySelector("[name=budget]").value = "no"));
    const posted = tab.waitForRequest("**/leads");
    await press(tab);
    const sent = new URLSearchParams((await posted).postData());
    assert.deepEqual([sent.get("budget"), sent.has("much"), JSON.parse(sent.get("leadpact")).facts.much], ["no", false, undefined]);
    await tab.waitForURL(/thanks|merci/);
    assert.equal((await stored(site, email)).length, 1);
  });
}

// Notes how each request of fetch was made.
const noted = () => {
  window.made = [];
  const own = window.fetch;
  window.fetch = (url, how) => {
    if (how?.method === "POST") window.made.push({ keepalive: how.keepalive, bytes: new TextEncoder().encode(how.body).length });
    return window.refuses?.(how) ? Promise.reject(new TypeError("made to fail")) : own(url, how);
  };
};
const madeBy = (tab) => tab.evaluate(() => window.made.map(({ keepalive }) => keepalive));

test("REL-05: what takes 60,000 bytes outlives its page, and one byte more does not", async () => {
  // What the rest of a lead takes is not known before it is sent.
  const bytesWith = async (note) => {
    const { page: tab, email } = await filled({ ...fetched(NOTE), hook: noted });
    await tab.fill("[name=note]", note);
    await tab.waitForFunction(() => performance.now() > 2000); // none is said to be automated
    await press(tab);
    await arrived(tab);
    assert.equal((await stored(site, email)).length, 1);
    const [{ keepalive, bytes }] = await tab.evaluate(() => window.made);
    return { keepalive, bytes, email };
  };
  const base = await bytesWith("é");
  for (const [bytes, keepalive] of [[59_999, true], [60_000, true], [60_001, false], [65_537, false], [70_000, false]]) {
    // Another visitor's address may be a letter longer, and so may the time.
    const more = bytes - base.bytes;
    const sent = await bytesWith("é".repeat(1 + Math.floor(more / 2)) + "x".repeat(more % 2));
    assert.ok(Math.abs(sent.bytes - bytes) <= 2, `${sent.bytes} bytes`);
    assert.equal(sent.keepalive, sent.bytes <= 60_000, `${sent.bytes} bytes`);
    if (Math.abs(bytes - 60_000) > 3) assert.equal(sent.keepalive, keepalive);
  }
});

test("REL-05: of two leads at once that pass the quota together, one does not outlive its page", async () => {
  const two = formOf(NOTE).replace(/(<form[^]*<\/form>)/, (form) => form.replace("<form", `<form ${BY_FETCH} id="a"`) + form.replace("<form", `<form ${BY_FETCH} id="b"`));
  const { page: tab } = await opened(site, { html: two, hook: noted });
  await tab.evaluate(() => Promise.all([...document.forms].map((form) => window.LeadPact.attach(form))).then(() => {}));
  for (const form of ["#a", "#b"]) {
    await tab.fill(`${form} [name=email]`, person());
    await tab.fill(`${form} [name=note]`, "x".repeat(40_000));
  }
  await tab.evaluate(() => document.querySelectorAll("form .last button").forEach((button) => button.click()));
  for (const form of ["#a", "#b"]) await tab.waitForSelector(`${form} .leadpact-sent:not([hidden])`);
  assert.deepEqual((await madeBy(tab)).sort(), [false, true]);
});

test("REL-05: where the quota is taken, a try is made once more without it; where the network is gone, later tries are made once", async () => {
  for (const [refuses, expected] of [
    [({ keepalive }) => keepalive, [true, false]],
    [() => true, [true, false, true, true]],
  ]) {
    const { page: tab, email } = await filled({ ...fetched(), hook: noted });
    await tab.evaluate((refuses) => ((window.refuses = eval(refuses)), (Math.random = () => 0)), String(refuses)); // eslint-disable-line no-eval
    await press(tab);
    await (expected.length === 2 ? arrived(tab) : failed(tab));
    assert.deepEqual(await madeBy(tab), expected);
    assert.equal((await stored(site, email)).length, expected.length === 2 ? 1 : 0);
  }
});

test("E8: by fetch, long answers in any letters arrive with their record", async () => {
  const stories = ["one", "two", "three"].map((id) => ({ id, label: id, kind: "paragraph", ask: "never" }));
  const inputs = stories.map(({ id }) => `<textarea name="${id}" aria-label="${id}"></textarea>`).join("");
  const { page: tab, email } = await filled({ ...fetched(inputs), pact: made(stories, []) });
  const story = "é".repeat(8 * 1024);
  for (const { id } of stories) await tab.fill(`[name=${id}]`, story);
  const posted = tab.waitForRequest("**/leads");
  await press(tab);
  await arrived(tab);
  assert.equal(JSON.parse((await posted).postData()).leadpact.facts.three, story);
  assert.equal((await stored(site, email)).length, 1);
});

test("E3: answered thrice with 5xx, the browser sends the form, though it says that it is offline", async () => {
  const { page: tab, email } = await filled({ ...fetched(), hook: () => Object.defineProperty(navigator, "onLine", { get: () => false }) });
  await tab.evaluate(() => (Math.random = () => 0));
  await tab.route("**/leads", (route) => (route.request().resourceType() === "document" ? route.continue() : route.fulfill({ status: 500, body: "no" })));
  await press(tab);
  await tab.waitForURL(/thanks|merci/);
  assert.equal((await stored(site, email)).length, 1);
});

test("E6: a page that shows what it was sent is no acknowledgement", async () => {
  const { page: tab } = await filled(fetched());
  await tab.evaluate(() => (Math.random = () => 0));
  await tab.route("**/leads", (route) => route.fulfill({ contentType: "text/html", body: `<!doctype html><p>You sent ${route.request().postData()}` }));
  await press(tab);
  await failed(tab);
  assert.equal(await tab.isVisible(".leadpact-sent"), false);
});

// The outbox.
const waits = { ...fetched(NOTE, OUTBOX) };
async function unsent(options = {}) {
  const visitor = await filled({ ...waits, ...options });
  await visitor.context.setOffline(true);
  await press(visitor.page);
  await failed(visitor.page);
  assert.equal((await kept(visitor.page)).length, 1);
  return visitor;
}

test("REL-11, B6: by a clock that was put back, what waits on the device is sent, and kept no longer than a day from then", async () => {
  const clock = () => {
    const own = Date.now;
    window.back = 0;
    Date.now = () => own() - window.back;
  };
  const { page: tab, email, context } = await unsent({ hook: clock });
  await tab.evaluate(() => (window.back = 3_600_000));
  const [entry] = await tab.evaluate(() => {
    window.dispatchEvent(new Event("pageshow")); // it is looked at, and the network is still gone
    return Object.entries(localStorage).filter(([key]) => key.startsWith("leadpact:outbox:")).map(([, text]) => JSON.parse(text).expires - Date.now());
  });
  assert.ok(entry > 0 && entry <= 24 * 3_600_000, `${entry} ms`);
  await context.setOffline(false);
  await arrived(tab);
  assert.equal((await stored(site, email)).length, 1);
  assert.deepEqual(await kept(tab), []);
});

test("REL-11, C2: where storage is full by now, what waits on the device is sent all the same", async () => {
  const { page: tab, email, context } = await unsent();
  await tab.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await context.setOffline(false);
  await arrived(tab);
  assert.equal((await stored(site, email)).length, 1);
  assert.deepEqual(await kept(tab), []);
});

test("REL-11, F3: with an outbox, a lead is on the device from its first try on, and gone once it has arrived", async () => {
  const { page: tab, email, context } = await filled(waits);
  await tab.route("**/leads", () => {}); // nobody answers
  await press(tab);
  await tab.waitForFunction(() => document.querySelector("form").getAttribute("aria-busy"));
  assert.equal((await kept(tab)).length, 1);
  const storage = await tab.evaluate(() => Object.entries(localStorage));
  await tab.close();
  // The page is gone, and with it whatever it held.
  const next = await context.newPage();
  await next.route("**/test.html", (route) => route.fulfill({ contentType: "text/html", body: waits.html }));
  await next.route("**/test.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(made([], [])) }));
  await next.addInitScript(() => {
    const own = Date.now;
    Date.now = () => own() + 60_000; // it comes a minute later
  });
  assert.equal(storage.length, 1);
  await next.goto(`${site.address}/test.html`);
  await next.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("leadpact:outbox:")));
  assert.equal((await stored(site, email)).length, 1);
});

test("REL-11, D8: with an outbox, what fetch could not deliver is on the device until it is known to have arrived", async () => {
  const { page: tab, email, context } = await filled(waits);
  await tab.evaluate(() => (Math.random = () => 0));
  await context.route("**/leads", (route) => route.fulfill({ status: 503, contentType: "text/html", body: "<!doctype html><p>no" }));
  await press(tab);
  await tab.waitForURL("**/leads"); // the browser's own request came to the same
  await context.unroute("**/leads");
  await cameBack(tab);
  await tab.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("leadpact:outbox:")), undefined, { timeout: 60_000 });
  assert.equal((await stored(site, email)).length, 1);
});

test("REL-11: what another tab has erased while a page was sending it is not put back", async () => {
  const { page: tab } = await filled(waits);
  await tab.evaluate(() => (Math.random = () => 0));
  await tab.route("**/leads", async (route) => {
    // As a tab does of which this page is not told.
    await tab.evaluate(() => Object.keys(localStorage).forEach((key) => localStorage.removeItem(key)));
    await route.abort();
  });
  await press(tab);
  await failed(tab);
  assert.deepEqual(await kept(tab), []);
});

test("REL-11: with an outbox, what the endpoint refuses or acknowledges leaves nothing on the device", async () => {
  for (const status of [200, 422]) {
    const { page: tab } = await filled(waits);
    if (status === 422) await tab.route("**/leads", (route) => route.fulfill({ status, body: "no" }));
    await press(tab);
    await (status === 200 ? arrived(tab) : failed(tab));
    assert.deepEqual(await kept(tab), []);
  }
});

test("REL-11: what was kept on the device is not replaced by another person who fills in the form", async () => {
  const { page: tab, email, context } = await unsent();
  const other = person();
  await tab.fill("[name=email]", other);
  await press(tab);
  await tab.waitForFunction(() => Object.keys(localStorage).filter((key) => key.startsWith("leadpact:outbox:")).length === 2);
  await failed(tab);
  await context.setOffline(false);
  await tab.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("leadpact:outbox:")));
  assert.deepEqual([(await stored(site, email)).length, (await stored(site, other)).length], [1, 1]);
});

test("PRIV-18, REL-11: a lead with a password, a card or a code in it is never on the device, and its visitor reads so", async () => {
  const secrets = ['type="password"', 'autocomplete="section-a cc-number"', 'autocomplete="one-time-code"'];
  for (const [secret, typed] of [...secrets.map((secret) => [secret, true]), [secrets[0], false]]) {
    const { page: tab, email, context } = await filled(fetched(`<label>Own <input name="own" ${secret}></label>`, OUTBOX));
    if (typed) await tab.fill("[name=own]", "4111");
    await context.setOffline(true);
    await press(tab);
    await failed(tab);
    assert.equal((await kept(tab)).length, typed ? 0 : 1, secret);
    if (typed) assert.match(await tab.textContent("[part=failed]"), /could not be kept on this device/);
    await context.setOffline(false);
    await arrived(tab);
    assert.equal((await stored(site, email)).length, 1);
  }
});

test("REL-11: what the visitor was told to be tried again is not replaced by another person who fills in the form", async () => {
  const full = () => {
    for (let at = 0; at < 5; at += 1) {
      const id = String(at).repeat(32);
      localStorage[`leadpact:outbox:${id}`] = JSON.stringify({ id, attempt: 1, body: "x", type: "text/plain", url: "https://elsewhere.example/", expires: Date.now() + 60_000, not_before: 0 });
    }
  };
  for (const [attributes, hook] of [[""], [OUTBOX, full]]) {
    const { page: tab, email, context } = await filled({ ...fetched("", attributes), hook });
    await context.setOffline(true);
    await press(tab);
    await failed(tab);
    const other = person();
    await tab.fill("[name=email]", other);
    await press(tab);
    await tab.waitForFunction(() => document.querySelector("form").getAttribute("aria-busy") === null);
    await failed(tab);
    await context.setOffline(false);
    for (const who of [email, other]) {
      for (let looks = 0; looks < 200 && (await stored(site, who)).length === 0; looks += 1) await tab.waitForTimeout(50);
      assert.equal((await stored(site, who)).length, 1, `${who} ${attributes}`);
    }
  }
});

test("REL-11: another person who leaves the page with the form's own request replaces nobody", async () => {
  const { page: tab, email, context } = await unsent();
  const other = person();
  await tab.fill("[name=email]", other);
  await tab.route("**/leads", (route) => (route.request().resourceType() === "document" ? route.continue() : route.abort()));
  await context.setOffline(false);
  // It is tried, in vain, before the visitor leaves: a page that is gone in the middle holds it for half a minute.
  await tab.waitForFunction(() => Object.entries(localStorage).some(([key, text]) => key.startsWith("leadpact:outbox:") && JSON.parse(text).lease === 0));
  await tab.click("[part=way] >> nth=1");
  await tab.waitForURL(/thanks|merci/);
  await tab.unroute("**/leads");
  const next = await context.newPage();
  await next.route("**/test.html", (route) => route.fulfill({ contentType: "text/html", body: fetched("", OUTBOX).html }));
  await next.route("**/test.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(small) }));
  await next.goto(`${site.address}/test.html`);
  await next.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("leadpact:outbox:")));
  assert.deepEqual([(await stored(site, email)).length, (await stored(site, other)).length], [1, 1]);
});

test("REL-11: a page that gathers its form as it is typed leaves what was kept to its visitor", async () => {
  const { page: tab, email, context } = await filled(fetched(NOTE, OUTBOX));
  await tab.evaluate(() => document.querySelector("form").addEventListener("input", ({ currentTarget }) => new FormData(currentTarget)));
  let go;
  const gate = new Promise((then) => (go = then));
  await tab.route("**/leads", (route) => gate.then(() => route.abort()));
  await press(tab);
  await tab.waitForFunction(() => document.querySelector("form").getAttribute("aria-busy"));
  await tab.fill("[name=note]", "meanwhile");
  await context.setOffline(true);
  go();
  await failed(tab);
  await tab.unroute("**/leads");
  const other = person();
  await tab.fill("[name=email]", other);
  await press(tab);
  await tab.waitForFunction(() => Object.keys(localStorage).filter((key) => key.startsWith("leadpact:outbox:")).length === 2);
  await context.setOffline(false);
  await tab.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("leadpact:outbox:")));
  assert.deepEqual([(await stored(site, email)).length, (await stored(site, other)).length], [1, 1]);
});

test("H2: that it has arrived is not said to who fills in the form after its reset", async () => {
  const { page: tab } = await filled(fetched());
  await press(tab);
  await arrived(tab);
  await tab.evaluate(() => document.querySelector("form").reset());
  await tab.waitForTimeout(50); // the reset is done
  assert.ok(await tab.isVisible(".leadpact-sent"), "it stays to be read");
  await tab.fill("[name=email]", person());
  assert.ok(!(await tab.isVisible(".leadpact-sent")));
  // Once: what is told from now on is of this visitor's questions.
  await tab.evaluate(() => (document.querySelector(".leadpact-status").textContent = "One more question."));
  await tab.type("[name=email]", "x");
  assert.equal(await tab.textContent(".leadpact-status"), "One more question.");
});

test("D7: whatever a server asks for, what is kept for a day is tried within the hour", async () => {
  const { page: tab } = await filled(waits);
  await tab.route("**/leads", (route) => route.fulfill({ status: 503, body: "no", headers: { "Retry-After": "172800" } }));
  await press(tab);
  await failed(tab);
  const [[entry, now]] = await tab.evaluate(() => Object.values(localStorage).map((text) => [JSON.parse(text), Date.now()]));
  assert.ok(entry.not_before > now && entry.not_before <= now + 3_600_000, `${entry.not_before - now} ms`);
});

test("REL-04: refused, an attempt takes the one before with it", async () => {
  const { page: tab, email } = await filled(fetched(NOTE));
  await tab.clock.install();
  await tab.route("**/leads", (route) => route.abort());
  await press(tab);
  await tab.clock.runFor(20_000);
  await failed(tab);
  await tab.unroute("**/leads");
  await tab.route("**/leads", (route) => route.fulfill({ status: 422, body: "no" }));
  await tab.fill("[name=note]", "more");
  await press(tab);
  await tab.waitForFunction(() => /accepted/.test(document.querySelector("[part=failed]")?.textContent));
  await tab.unroute("**/leads");
  await tab.evaluate(() => window.dispatchEvent(new Event("online"))); // whatever waits is tried
  await tab.waitForTimeout(1000);
  assert.match(await tab.textContent("[part=failed]"), /accepted/);
  assert.equal((await stored(site, email)).length, 0);
});
