// What the tests of accessibility share: axe with every rule, rules of our own, and the ways through the demo's states.
import axe from "axe-core";
import { bound as attached, visit } from "./site.mjs";

// All of WCAG 2.x A and AA, and axe's own good practice. No rule is disabled, here or anywhere.
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// What axe has against the page, or against a part of it.
export async function violations(page, part) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(
    async ([part, values]) => (await window.axe.run(part ?? document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] })).violations,
    [part, TAGS],
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
}

// Our own rules over everything that the module has drawn: a list of "A11Y-nn: what is wrong".
export const broken = (page) =>
  page.evaluate(() => {
    const wrong = [];
    const say = (id, what, element) => wrong.push(`${id}: ${what}: ${element.outerHTML.slice(0, 200)}`);
    const seen = (element) => element && element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.textContent.trim() !== "";
    const words = document.documentElement.lang.startsWith("fr") ? ["(obligatoire)", "(facultatif)"] : ["(required)", "(optional)"];
    const drawn = ".leadpact-questions .leadpact-question";
    for (const box of document.querySelectorAll(`${drawn}:not([hidden])`)) {
      const legend = box.localName === "fieldset" ? box.firstElementChild : undefined;
      const own = legend ?? box.querySelector("label[for]");
      if (legend && legend.localName !== "legend") say("A11Y-03", "a fieldset begins with its legend", box);
      if (!seen(own)) say("A11Y-02", "a question has a label in sight", box);
      const inputs = [...box.querySelectorAll("input,select,textarea")];
      for (const input of inputs) {
        const label = input.labels[0];
        if (!seen(label)) say("A11Y-02", "an input has a label in sight", input);
        if (input.placeholder && label.textContent.includes(input.placeholder)) say("A11Y-02", "a placeholder is no label", input);
        if (input.type === "radio" && !legend) say("A11Y-03", "radio buttons stand in a fieldset", box);
        for (const { name } of input.attributes) {
          if (/^aria-/.test(name) && !["aria-describedby", "aria-invalid"].includes(name)) say("A11Y-04", `HTML does without ${name}`, input);
        }
        if (input.hasAttribute("role")) say("A11Y-04", "inputs are what they are", input);
        for (const id of (input.getAttribute("aria-describedby") ?? "").split(" ")) {
          if (id && !document.getElementById(id)) say("A11Y-02", `${id} is described by nothing`, input);
        }
        const fills = { email: "email", tel: "tel", url: "url" }[input.type];
        if (fills && !input.autocomplete) say("A11Y-09", "inputs about the person say what fills them in", input);
      }
      if (inputs.filter(({ type }) => type === "checkbox").length > 1 && !legend) say("A11Y-03", "check boxes stand in a fieldset", box);
      if (box.querySelector(".leadpact-question")) say("A11Y-03", "no question stands within another", box);
      const required = inputs.some((input) => input.required || input.validity.customError);
      const mark = own?.querySelector(".leadpact-mark")?.textContent;
      const declined = box.querySelector("[data-leadpact-declines]:checked");
      const several = legend && box.querySelector("input[type=checkbox][name]");
      if (!words.includes(mark)) say("A11Y-10", "the label says whether an answer is required, in the page's language", box);
      if (required && mark !== words[0]) say("A11Y-10", "what is required is marked", box);
      if (!required && !declined && !several && mark === words[0]) say("A11Y-10", "what is marked is required", box);
      for (const part of box.querySelectorAll("[lang='']")) say("A11Y-15", "an empty lang says nothing", part);
    }
    for (const region of document.querySelectorAll(".leadpact-questions")) {
      for (const role of ["status", "alert"]) {
        const regions = region.querySelectorAll(`[role=${role}]`);
        if (regions.length !== 1 || !regions[0].checkVisibility()) say("A11Y-08", `one region of role ${role} is there`, region);
      }
      for (const part of region.querySelectorAll("[aria-live],[aria-expanded],[aria-controls],[aria-label]")) say("A11Y-04", "no ARIA where HTML does it", part);
    }
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    for (const id of ids) if (ids.filter((other) => other === id).length > 1) wrong.push(`A11Y-04: two elements have the id ${id}`);
    return wrong;
  });

// What is wider than the screen, tables and code that scroll by themselves aside.
export const overflowing = (page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const out = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > width + 1);
    return out.slice(0, 5).map((element) => element.outerHTML.slice(0, 160));
  });

export async function opened(site, path, { width = 1280, height = 800, ...more } = {}) {
  const locale = path.startsWith("/en/") ? "en-GB" : "fr-FR";
  const visitor = await visit(site, { path, locale, viewport: { width, height }, reducedMotion: "reduce", ...more });
  await visitor.go();
  return visitor;
}

// The gallery, when every form is in its state.
export async function gallery(site, path, more) {
  const visitor = await opened(site, path, more);
  await shown(visitor.page);
  return visitor;
}

export const shown = (page) => page.waitForFunction(() => [...document.querySelectorAll("form[data-leadpact]")].every((form) => "galleryShown" in form.dataset));

const FORM = "form[data-leadpact]";

export async function bound(page) {
  await page.waitForSelector(`${FORM} .leadpact-questions`, { state: "attached" });
  await page.waitForSelector(".consent");
}

// Fills what the page itself asks.
export async function fillIn(page, email) {
  for (const input of await page.locator(`${FORM} .field :is(input, select, textarea)`).all()) {
    if (await input.evaluate((node) => node.localName === "select")) await input.selectOption({ index: 1 });
    else if ((await input.getAttribute("type")) === "email") await input.fill(email);
    else if (!(await input.inputValue())) await input.fill("Ada Lovelace");
  }
  // What was typed last counts once the visitor goes on.
  await page.locator(`${FORM} .field :is(input, select, textarea)`).last().press("Tab");
}

// The question in sight that has no answer yet.
const open = (page) =>
  page.evaluateHandle((form) => {
    const answered = ({ type, checked, value }) => (["radio", "checkbox"].includes(type) ? checked : value !== "");
    return [...document.querySelectorAll(`${form} .leadpact-question:not([hidden])`)].find((box) => ![...box.querySelectorAll("input,select,textarea")].some(answered));
  }, FORM);

export async function answer(page) {
  const box = (await open(page)).asElement();
  if (!box) return undefined;
  const input = await box.$("select, textarea, input");
  const kind = await input.evaluate(({ type }) => type);
  if (kind === "select-one") await input.selectOption({ index: 1 });
  else if (kind === "radio" || kind === "checkbox") await input.check();
  else await input.fill(kind === "number" ? "42" : kind === "tel" ? "06 12 34 56 78" : "Ada");
  await input.press("Tab");
  return input.getAttribute("name");
}

export async function decline(page) {
  const box = page.locator(`${FORM} .leadpact-question:not([hidden]) input[data-leadpact-declines]`).first();
  if ((await box.count()) === 0) return false;
  await box.check();
  return true;
}

const both = (en, fr) => ({ en, fr });
// Four questions, one after the other.
const fields = [
  { id: "email", label: "E-mail", kind: "email", ask: "always" },
  { id: "budget", label: both("Budget?", "Un budget ?"), kind: "yes_no" },
  { id: "why", label: both("Why?", "Pourquoi ?"), kind: "text", when: { fact: "budget", is: true }, remember: true },
  { id: "soon", label: both("Soon?", "Bientôt ?"), kind: "yes_no", required: true },
];
export const pact = {
  pact: 1, id: "keys", locales: ["en", "fr"], fields,
  groups: [{ id: "fit", dimension: "fit" }], criteria: [],
  qualification: { threshold: 0, needs: ["budget", "why", "soon"] },
  asking: { mode: "queue", per_step: 1 },
};
const html = (lang, inputs = "", attributes = "") => `<!doctype html><html lang="${lang}"><title>Test</title><body><main><h1>Test</h1>
<form data-leadpact="/test.json" action="/leads" method="post" ${attributes}>
<label>E-mail <input name="email" type="email" autocomplete="email"></label>${inputs}<p><button>Send</button></p></form></main>
<script type="module" src="/leadpact/leadpact.js"></script>`;

// Notes what live regions say from the very start, as a screen reader would hear it.
const listen = () => {
  window.heard = [];
  const live = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest("[role=status],[role=alert]");
  const empty = new WeakSet();
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      for (const added of addedNodes) {
        for (const region of added.querySelectorAll?.("[role=status],[role=alert]") ?? []) if (region.textContent === "") empty.add(region);
      }
      const region = live(target);
      if (region && region.textContent) window.heard.push({ role: region.role, text: region.textContent, wasEmpty: empty.has(region) });
    }
  }).observe(document, { childList: true, subtree: true, characterData: true });
};

// A small page in this language with a form of one field, and a log of what its live regions say.
export async function small(site, lang = "en", { inputs, attributes, given = pact, document = html, ...more } = {}) {
  const visitor = await visit(site, { html: document(lang, inputs, attributes), pact: given, ...more });
  await visitor.page.addInitScript(listen);
  await visitor.go();
  await attached(visitor.page);
  return visitor;
}

// The accessibility tree as assistive technology gets it.
export async function tree(page) {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send("Accessibility.getFullAXTree");
  return nodes.filter(({ ignored }) => !ignored).map(({ role, name, properties = [], description }) => ({
    role: role.value, name: name?.value ?? "", description: description?.value ?? "", ...Object.fromEntries(properties.map(({ name, value }) => [name, value.value])),
  }));
}
