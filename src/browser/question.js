// Extra questions: a region before the submit button to which questions are only ever added.
import { DECLINES } from "./control.js";

const FEW = 7; // up to so many options are all in sight
const TYPES = { text: "text", paragraph: "", email: "email", phone: "tel", url: "url", number: "number" };
const COMPLETES = { email: "email", phone: "tel", url: "url" };
const WORDS = {
  en: { yes: "Yes", no: "No", decline: "I’d rather not say", choose: "Choose…", optional: "optional", required: "required",
    some: "Choose at least one answer.", one: "A question was added:", many: (n) => `${n} questions were added:` },
  fr: { yes: "Oui", no: "Non", decline: "Je préfère ne pas répondre", choose: "Choisissez…", optional: "facultatif",
    required: "obligatoire", some: "Choisissez au moins une réponse.", one: "Une question a été ajoutée :", many: (n) => `${n} questions ont été ajoutées :` },
};
const UNSEEN = { position: "absolute", width: "1px", height: "1px", margin: "-1px", overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap" };

let forms = 0;

// Texts are only ever text: there is no way from a pact to markup.
function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export class Questions {
  #drawn = new Map(); // field → { box, label, required, first: the first of the boxes of which one must be ticked }
  #own;
  #lang;
  #prefix = `leadpact-${(forms += 1)}-`;

  constructor(form, controls, lang) {
    const language = lang.slice(0, 2).toLowerCase();
    this.#own = WORDS[language] ?? WORDS.en;
    this.#lang = WORDS[language] ? undefined : "en";
    this.status = node("p", { class: "leadpact-status", role: "status", lang: this.#lang });
    Object.assign(this.status.style, UNSEEN);
    this.region = node("div", { class: "leadpact-questions" }, this.status);
    // A copy of the page that Turbo or htmx kept brings the questions of a form that is gone.
    for (const old of Element.prototype.querySelectorAll.call(form, ".leadpact-questions")) old.remove();
    const place = beforeSending(form, controls);
    if (place) place.before(this.region);
    else Element.prototype.append.call(form, this.region);
  }

  // What the pact says, in its language; what we say, in ours.
  #text = (tag, words, attributes) => node(tag, { lang: words.lang, ...attributes }, words.text);
  #say = (tag, word, attributes) => node(tag, { lang: this.#lang, ...attributes }, this.#own[word] ?? word);

  names() {
    return [...this.#drawn.keys()];
  }

  // Whether the element comes after the region, so that a question would appear above it.
  isBehind(element) {
    const where = element ? this.region.compareDocumentPosition(element) : 0;
    return Boolean(where & Node.DOCUMENT_POSITION_FOLLOWING) && !(where & Node.DOCUMENT_POSITION_CONTAINED_BY);
  }

  fieldOf(input) {
    return this.names().find((name) => this.#drawn.get(name).box.contains(input));
  }

  add(question) {
    const id = this.#prefix + question.field;
    const inSight = question.kind === "yes_no" || (question.kind.startsWith("choice") && question.options.length <= FEW);
    const fieldset = inSight || question.kind === "choices";
    const box = node(fieldset ? "fieldset" : "div", { class: "leadpact-question" });
    const mark = this.#say("span", `(${question.required ? this.#own.required : this.#own.optional})`, { class: "leadpact-mark" });
    const label = this.#text(fieldset ? "legend" : "label", question.label, fieldset ? {} : { for: id });
    label.append(" ", mark);
    const described = ["help", "unit"].filter((part) => question[part]).map((part) => `${id}-${part}`).join(" ") || undefined;
    box.append(label);
    if (question.help) box.append(this.#text("p", question.help, { class: "leadpact-help", id: `${id}-help` }));
    if (fieldset && described) box.setAttribute("aria-describedby", described);
    box.append(...(fieldset ? this.#options(question) : this.#input(question, id, described)));
    const first = question.required && question.kind === "choices" ? box.querySelector("input") : undefined;
    this.#drawn.set(question.field, { box, label: question.label, required: question.required, first });
    this.region.append(box);
    this.insist();
  }

  #options({ kind, field, options, required, decline }) {
    const type = kind === "choices" ? "checkbox" : "radio";
    const all = kind === "yes_no" ? ["yes", "no"].map((word) => [word, this.#say("span", word)]) : options.map(({ value, label }) => [value, this.#text("span", label)]);
    const one = (name, value, text, declines) =>
      node("label", {}, node("input", { type, name, value, required: required && type === "radio", [DECLINES]: declines }), " ", text);
    const boxes = all.map(([value, text]) => one(field, value, text));
    // Sent as a blank: only the record says that it was declined.
    if (decline) boxes.push(one(type === "radio" ? field : undefined, "", this.#say("span", "decline"), true));
    return boxes;
  }

  #input(question, id, described) {
    const { kind, field, required, decline, min, max } = question;
    const common = { id, name: field, required, "aria-describedby": described };
    if (kind === "choice") {
      const option = (value, made) => (made.setAttribute("value", value), made);
      const options = question.options.map(({ value, label }) => option(value, this.#text("option", label)));
      if (decline) options.push(option("", this.#say("option", "decline", { [DECLINES]: true })));
      return [node("select", common, option("", this.#say("option", "choose")), ...options)];
    }
    const step = kind === "number" ? (question.step ?? "any") : undefined;
    const more = { placeholder: question.placeholder?.text, autocomplete: question.autocomplete ?? COMPLETES[kind], min, max, step };
    const input = node(TYPES[kind] ? "input" : "textarea", { type: TYPES[kind] || undefined, ...common, ...more });
    const parts = [input];
    if (question.unit) parts.push(" ", this.#text("span", question.unit, { class: "leadpact-unit", id: `${id}-unit` }));
    if (decline) parts.push(node("label", {}, node("input", { type: "checkbox", [DECLINES]: true }), " ", this.#say("span", "decline")));
    return parts;
  }

  // HTML can require one box, not one of several: the first one objects for all.
  insist() {
    for (const { box, first } of this.#drawn.values()) {
      first?.setCustomValidity(box.querySelector(":checked") ? "" : this.#own.some);
    }
  }

  // An answer and "I'd rather not say" exclude each other.
  settle(input) {
    this.#exclude(input);
    this.insist();
  }

  #exclude(input) {
    const { box, required } = this.#drawn.get(input.name || this.fieldOf(input)) ?? {};
    const declines = box?.querySelector(`input[type=checkbox][${DECLINES}]`);
    if (!declines) return;
    if (input !== declines) declines.checked = false;
    for (const answer of box.querySelectorAll(`input:not([${DECLINES}]),textarea`)) {
      if (answer.type !== "checkbox") answer.required = required && !declines.checked;
      if (!declines.checked) continue;
      if (answer.type === "checkbox") answer.checked = false;
      else answer.value = "";
    }
  }

  // Hides what does not apply, so that it is neither sent nor in the way; nothing is ever taken out.
  shown(applies) {
    const turned = [];
    for (const [name, { box }] of this.#drawn) {
      const show = applies(name);
      if (box.hidden !== show) continue;
      box.hidden = !show;
      for (const input of box.querySelectorAll("input,select,textarea")) input.disabled = !show;
      turned.push([name, show]);
    }
    return turned;
  }

  announce(count) {
    if (count === 0) return;
    const labels = [...this.#drawn.values()].slice(-count).map(({ label }) => this.#text("span", label));
    this.status.replaceChildren(count === 1 ? this.#own.one : this.#own.many(count), ...labels.flatMap((label) => [" ", label]));
  }

  remove() {
    this.region.remove();
  }
}

// The submit button, or the block around it that holds nothing to fill in.
function beforeSending(form, controls) {
  let place = [...controls].find((control) => control.type === "submit" && Node.prototype.contains.call(form, control));
  const fills = (block) => block.querySelector("input:not([type=submit],[type=hidden],[type=button]),select,textarea");
  while (place && place.parentElement !== form && !fills(place.parentElement)) place = place.parentElement;
  return place;
}
