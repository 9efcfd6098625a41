// One question as HTML, by the kind of its field.
import { DECLINES } from "./control.js";
import { node } from "./node.js";

const FEW = 7; // up to so many options are all in sight
const TYPES = { text: "text", paragraph: "", email: "email", phone: "tel", url: "url", number: "number" };
const COMPLETES = { email: "email", phone: "tel", url: "url" };

// `id` is that of its input, `form` the id of a form that the question stands outside of; `texts` are ours, in `lang`.
export function draw(question, { id, form, texts, lang }) {
  // What the pact says, in its language; what we say, in ours.
  const told = (tag, words, attributes) => node(tag, { lang: words.lang, ...attributes }, words.text);
  const say = (tag, word, attributes) => node(tag, { lang, ...attributes }, texts[word] ?? word);

  const inSight = question.kind === "yes_no" || (question.kind.startsWith("choice") && question.options.length <= FEW);
  const fieldset = inSight || question.kind === "choices";
  const box = node(fieldset ? "fieldset" : "div", { class: "leadpact-question", part: "question" });
  const label = told(fieldset ? "legend" : "label", question.label, { part: "label", for: fieldset ? undefined : id });
  label.append(" ", say("span", `(${question.required ? texts.required : texts.optional})`, { class: "leadpact-mark", part: "mark" }));
  const described = ["help", "unit"].filter((part) => question[part]).map((part) => `${id}-${part}`).join(" ") || undefined;
  box.append(label);
  if (question.help) box.append(told("p", question.help, { class: "leadpact-help", part: "help", id: `${id}-help` }));
  if (fieldset && described) box.setAttribute("aria-describedby", described);
  box.append(...(fieldset ? options() : input()));
  return box;

  function options() {
    const { kind, field, required, decline } = question;
    const type = kind === "choices" ? "checkbox" : "radio";
    const all = kind === "yes_no" ? ["yes", "no"].map((word) => [word, say("span", word)]) : question.options.map(({ value, label }) => [value, told("span", label)]);
    const one = (name, value, text, own) =>
      node("label", { class: "leadpact-option", part: "option" }, node("input", { type, name, value, form, required: required && type === "radio", ...own }), " ", text);
    // The first has the id, which links to the question lead to.
    const boxes = all.map(([value, text], at) => one(field, value, text, at === 0 && { id }));
    // Sent as a blank: only the record says that it was declined.
    if (decline) boxes.push(one(type === "radio" ? field : undefined, "", say("span", "decline"), { [DECLINES]: true }));
    return boxes;
  }

  function input() {
    const { kind, field, required, decline, min, max, unit, placeholder, autocomplete, step } = question;
    const common = { id, name: field, form, required, part: "input", "aria-describedby": described };
    if (kind === "choice") {
      const option = (value, made) => (made.setAttribute("value", value), made);
      const list = question.options.map(({ value, label }) => option(value, told("option", label)));
      if (decline) list.push(option("", say("option", "decline", { [DECLINES]: true })));
      return [node("select", common, option("", say("option", "choose")), ...list)];
    }
    const more = { placeholder: placeholder?.text, autocomplete: autocomplete ?? COMPLETES[kind], min, max, step: kind === "number" ? (step ?? "any") : undefined };
    const type = TYPES[kind] || undefined;
    const parts = [node(type ? "input" : "textarea", { type, ...common, ...more })];
    if (unit) parts.push(" ", told("span", unit, { class: "leadpact-unit", part: "unit", id: `${id}-unit` }));
    if (decline) parts.push(node("label", { class: "leadpact-option", part: "option" }, node("input", { type: "checkbox", form, [DECLINES]: true }), " ", say("span", "decline")));
    return parts;
  }
}
