// Names that hide what scripts rely on: of the form's own members, of the window's and the document's, of every object's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bound, open } from "./site.mjs";
import { MODULE, at, criterion, formOf, made, opened, record, send, stored, yes } from "./small.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

// What a form's own inputs can hide, as an `id` or a `name`.
const MEMBERS = [
  "submit", "action", "method", "elements", "id", "length", "querySelector", "querySelectorAll", "nodeName", "tagName", "localName", "attributes", "parentNode", "parentElement", "dispatchEvent",
  "addEventListener", "removeEventListener", "closest", "matches", "contains", "getAttribute", "setAttribute", "hasAttribute", "append", "appendChild", "before", "after", "remove", "getRootNode", "ownerDocument", "isConnected",
  "children", "childNodes", "firstChild", "nodeType", "classList", "dataset", "style", "lang", "hidden", "enctype", "encoding", "target", "name", "reset", "requestSubmit", "checkValidity", "reportValidity",
  "noValidate", "innerHTML", "textContent", "insertBefore", "compareDocumentPosition", "constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "form", "type", "value", "then", "toJSON", "nonce", "tabIndex",
];

// One module, a form for each name: what is typed is asked about, and is in the record.
async function eachName({ names, pact, as }) {
  const { attach, detach } = await import("/leadpact/leadpact.js");
  const errors = [];
  addEventListener("error", ({ message }) => errors.push(message));
  const wrong = [];
  for (const name of names) {
    const form = document.createElement("form");
    const set = Element.prototype.setAttribute;
    for (const [key, value] of [["method", "post"], ["action", "/leads"]]) set.call(form, key, value);
    const hides = Object.assign(document.createElement("input"), { type: "text" });
    set.call(hides, as, name);
    const email = Object.assign(document.createElement("input"), { type: "email", value: "ada@works.example" });
    set.call(email, "name", "email");
    const sends = document.createElement("button");
    Element.prototype.append.call(form, hides, email, sends);
    document.querySelector("main").append(form);
    const failed = [];
    const note = ({ detail }) => failed.push(detail.message);
    document.addEventListener("leadpact:error", note);
    await attach(form, { pact }).catch((error) => failed.push(error.message));
    email.dispatchEvent(new Event("change", { bubbles: true }));
    // Between the inputs, on the form itself.
    EventTarget.prototype.dispatchEvent.call(form, new MouseEvent("click", { bubbles: true }));
    Element.prototype.querySelector.call(form, "[name=budget][value=yes]")?.click();
    let sent = {};
    const caught = (event) => (event.preventDefault(), (sent = Object.fromEntries(new FormData(form))));
    addEventListener("submit", caught);
    sends.click();
    removeEventListener("submit", caught);
    const record = JSON.parse(sent.leadpact ?? "{}");
    if (failed.length > 0 || record.assessment?.score !== 60 || sent.email !== "ada@works.example") wrong.push([name, ...failed, record.assessment?.score]);
    detach(form);
    Element.prototype.remove.call(form);
    document.removeEventListener("leadpact:error", note);
  }
  return { wrong, errors };
}

const pact = made([{ id: "budget", label: "Budget?", kind: "yes_no" }], [criterion("funded", 60, yes("budget"))]);
for (const as of ["name", "id"]) {
  test(`SEC-08: whatever member an input hides by its ${as}, the question is asked and the record is sent`, async () => {
    const { page, seen } = await opened(site);
    await page.evaluate(() => window.LeadPact.consent({ behaviour: true })); // its listeners, too
    const { wrong, errors } = await page.evaluate(eachName, { names: MEMBERS, pact, as });
    assert.deepEqual([wrong, errors, seen.errors], [[], [], []]);
  });
}

test("SEC-08: a form in which all of these are hidden at once arrives, with its record", async () => {
  const inputs = MEMBERS.map((name) => `<input name="${name}" aria-label="${name}">`).join("");
  const { page, seen } = await opened(site, { html: formOf(inputs) });
  await page.evaluate(() => document.getElementsByName("email")[0].focus());
  await page.keyboard.type("all@hidden.example");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => document.querySelector(".leadpact-question [name=budget]"));
  await send(page);
  const [lead] = await stored(site, "all@hidden.example");
  assert.equal(lead.facts.email?.value ?? lead.facts.email, "all@hidden.example");
  assert.deepEqual(seen.errors, []);
});

// What elements of the page can hide of the window by an id, and frames by a name.
const GLOBALS = ["LeadPact", "leadpact", "document", "currentScript", "location", "navigation", "crypto", "localStorage", "URL", "fetch", "WebAssembly", "Engine", "wasm", "first"];
const named = {
  "ids of elements": GLOBALS.map((id) => `<p id="${id}"></p><a id="${id}" href="https://evil.example/">x</a>`).join(""),
  "names of forms": GLOBALS.map((name) => `<form name="${name}"><input name="push"><input name="attach"></form>`).join(""),
  "names of frames": ["LeadPact", "leadpact", "Engine", "wasm"].map((name) => `<iframe name="${name}" srcdoc=""></iframe>`).join(""),
  "an image as the current script": '<img name="currentScript" src="data:,">',
};
const CLASSIC = '<script src="/leadpact/leadpact.classic.js"></script>';
for (const [what, before] of Object.entries(named)) {
  for (const [kind, module] of [["module", MODULE], ["classic script", CLASSIC]]) {
    test(`SEC-08: ${what} hide nothing that the ${kind} needs`, async () => {
      const { page, go, seen } = await at(site, { html: formOf("", { before, module }) });
      await go();
      await page.waitForFunction(() => typeof window.LeadPact?.attach === "function" && typeof window.leadpact.push === "function");
      const attached = await page.evaluate(() => window.LeadPact.attach("form[data-leadpact]").then(() => true, ({ message }) => message));
      assert.equal(attached, true);
      await page.fill("[name=email]", "named@b.example");
      const sent = await page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("form[data-leadpact]"))));
      assert.equal(JSON.parse(sent.leadpact).facts.email, "named@b.example");
      assert.deepEqual(seen.errors, []);
      assert.ok(!seen.requests.some((request) => request.includes("evil")));
    });
  }
}

// Names that every object has, or that make one.
const KEYS = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "__defineGetter__", "__lookupSetter__", "then", "toJSON"];

// In the page: a pact, facts and a state that are named so; what is recorded of them.
async function pollute({ text, keys, frozen }) {
  const whole = () => JSON.stringify([Object.prototype, Array.prototype, Function.prototype, Map.prototype].map((one) => Object.entries(Object.getOwnPropertyDescriptors(one)).map(([key, { value, ...rest }]) => [key, typeof value, rest.writable])));
  const before = whole();
  if (frozen) for (const one of [Object, Array, Function, String, Map, Promise]) Object.freeze(one.prototype);
  const { attach, detach, consent, event, page, erase, export: exported } = await import("/leadpact/leadpact.js");
  const said = [];
  for (const key of keys) {
    const pact = JSON.parse(text.replaceAll("KEY", key));
    const form = document.createElement("form");
    form.method = "post";
    form.innerHTML = `<input name="email" type="email"><input name="${key}" value="9"><button></button>`;
    document.querySelector("main").append(form);
    const poison = `{"v":1,"since":${Date.now() - 1000},"active":${Date.now() - 1000},"salt":"s","signals":{"${key}":{"value":3,"last":${Date.now() - 900}}},"answers":{"${key}":true,"email":"a@b.example"}}`;
    localStorage.setItem(`leadpact:${pact.id}`, poison);
    const lead = await attach(form, { pact }).catch(({ message }) => message);
    consent(JSON.parse(`{"behaviour":true,"by":"page","${key}":{"polluted":true}}`));
    event(key);
    page(`/${key}`);
    form.querySelector("input").value = "ada@works.example";
    form.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
    const sent = Object.fromEntries(new FormData(form));
    const record = typeof lead === "string" ? lead : JSON.parse(sent.leadpact ?? '"no record"');
    exported();
    detach(form);
    const kept = localStorage.getItem(`leadpact:${pact.id}`);
    form.remove();
    erase();
    said.push({ key, record, kept, email: sent.email });
  }
  return { said, whole: whole() === before || frozen, plain: [{}.polluted, {}.value, [].polluted, Object.keys(Object.prototype).length] };
}

const POISONS = {
  "the name of a field": '{"pact":1,"id":"p","fields":[{"id":"email","label":"E","kind":"email"},{"id":"KEY","label":"K","kind":"number","remember":true}],"groups":[{"id":"fit","dimension":"fit"}],"criteria":[{"id":"c","group":"fit","points":7,"when":{"fact":"KEY","at_least":5}}],"qualification":{"threshold":5}}',
  "the name of a signal": '{"pact":1,"id":"p","fields":[{"id":"email","label":"E","kind":"email"}],"signals":[{"id":"KEY","measure":"events","name":"KEY"}],"groups":[{"id":"visit","dimension":"interest"}],"criteria":[{"id":"c","group":"visit","points":1,"each":"KEY","up_to":7}],"qualification":{"threshold":5}}',
  "names of groups, criteria, routes and options": '{"pact":1,"id":"p","fields":[{"id":"email","label":"E","kind":"email"},{"id":"q","label":"Q","kind":"choice","options":[{"value":"KEY"},{"value":"b"}]}],"groups":[{"id":"KEY","dimension":"fit"}],"criteria":[{"id":"KEY","group":"KEY","points":7,"when":{"fact":"q","is":"KEY"}}],"qualification":{"threshold":0},"handoff":{"routes":[{"to":"KEY"}]}}',
  "a key that the pact passes over": '{"pact":1,"id":"p","x-note":{"KEY":{"polluted":true}},"fields":[{"id":"email","label":"E","kind":"email"}],"groups":[{"id":"fit","dimension":"fit"}],"criteria":[],"qualification":{"threshold":5}}',
  "a key of the pact": '{"pact":1,"id":"p","KEY":{"polluted":true},"fields":[{"id":"email","label":"E","kind":"email"}],"groups":[{"id":"fit","dimension":"fit"}],"criteria":[],"qualification":{"threshold":5}}',
};
for (const frozen of [false, true]) {
  for (const [what, text] of Object.entries(POISONS)) {
    test(`SEC-07: ${KEYS[0]} and the like as ${what} are names like any other${frozen ? ", in a page whose prototypes are frozen" : ""}`, async () => {
      const { page, seen } = await at(site, { html: "<!doctype html><html lang=en><title>Test</title><link rel=icon href=data:,><main></main>" }).then(async (visitor) => (await visitor.go(), visitor));
      const { said, whole, plain } = await page.evaluate(pollute, { text, keys: KEYS, frozen });
      assert.ok(whole);
      assert.deepEqual(plain.filter(Boolean), []);
      for (const { key, record, email, kept } of said) {
        assert.equal(email, "ada@works.example");
        // Either the pact is refused as it stands, or all of it is there.
        if (typeof record === "string") assert.match(record, /^the pact cannot be read|^expected/, `${key}: ${record}`);
        else if (what === "the name of a field") assert.deepEqual([record.facts[key], record.assessment.score, JSON.parse(kept).answers[key]], [9, 7, 9], key);
        else if (what === "the name of a signal") assert.deepEqual([record.facts[key]?.value, record.assessment.score, JSON.parse(kept).signals[key].value], [4, 4, 4], key);
      }
      assert.ok(what === "a key of the pact" || said.some(({ record }) => typeof record !== "string"), JSON.stringify(said[0]));
      assert.deepEqual(seen.errors, []);
    });
  }
}
