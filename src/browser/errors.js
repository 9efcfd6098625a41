// What keeps a form from being sent, in words: a summary with links, and the same words at each of our questions. The
// browser says it itself, as long as none of our questions is concerned.
import { node } from "./node.js";
import { complaint } from "./texts.js";

export class Errors {
  #questions;
  #wrong; // the inputs that this try to send found wrong
  #summary;
  #marked = new Map(); // the box of a question that is called wrong → the words there

  constructor(questions) {
    this.#questions = questions;
    // There and empty from the start: what is put into it later is told.
    this.#summary = node("div", { class: "leadpact-errors", part: "errors", role: "alert", tabindex: "-1", lang: questions.lang });
    questions.region.append(this.#summary);
  }

  // The form's one alert.
  get summary() {
    return this.#summary;
  }

  // An input of the form objects to being sent; the browser tells each in turn.
  note(event, controls, safely) {
    if (!this.#wrong) {
      const ours = controls.some((control) => control.willValidate && control.validity?.valid === false && this.#questions.boxOf(control));
      if (!ours) return;
      this.#wrong = new Set();
      setTimeout(safely(() => this.#show()));
    }
    event.preventDefault();
    const { target } = event;
    // One line for all the radio buttons of a question.
    if (![...this.#wrong].some((other) => other.name && other.name === target.name)) this.#wrong.add(target);
  }

  #show() {
    const { texts } = this.#questions;
    const inputs = [...this.#wrong];
    this.#wrong = undefined;
    const lines = inputs.map((input) => {
      const link = node("a", { href: `#${input.id}` }, `${nameOf(input)} – ${complaint(input, texts)}`);
      link.addEventListener("click", (event) => (event.preventDefault(), input.focus()));
      return node("li", {}, link);
    });
    inputs.forEach((input) => this.#mark(input));
    this.#summary.replaceChildren(node("p", {}, node("strong", {}, texts.wrong(inputs.length))), node("ul", {}, ...lines));
    this.#summary.focus();
  }

  // The words at the question itself.
  #mark(input) {
    const box = this.#questions.boxOf(input);
    if (!box) return;
    const id = `${this.#questions.idOf(input)}-error`;
    const told = this.#marked.get(box) ?? node("p", { class: "leadpact-error", part: "error", lang: this.#questions.lang, id });
    told.textContent = complaint(input, this.#questions.texts);
    box.append(told);
    this.#marked.set(box, told);
    for (const one of inputsIn(box)) {
      one.setAttribute("aria-invalid", "true");
      describe(one, id, true);
    }
  }

  // An answer that is right now is not called wrong any more.
  settle(input) {
    const box = this.#questions.boxOf(input);
    if (!this.#marked.has(box)) return;
    const wrong = inputsIn(box).find(({ validity }) => !validity.valid);
    if (wrong) this.#marked.get(box).textContent = complaint(wrong, this.#questions.texts);
    else this.#unmark(box);
  }

  clear() {
    for (const box of this.#marked.keys()) this.#unmark(box);
    this.#summary.replaceChildren();
  }

  #unmark(box) {
    const told = this.#marked.get(box);
    for (const one of inputsIn(box)) {
      one.removeAttribute("aria-invalid");
      describe(one, told.id, false);
    }
    told.remove();
    this.#marked.delete(box);
    if (this.#marked.size === 0) this.#summary.replaceChildren();
  }
}

const inputsIn = (box) => [...box.querySelectorAll("input,select,textarea")];

// What people call an input: its group's legend, else its label, as they read it.
function nameOf(input) {
  const legend = /^(radio|checkbox)$/.test(input.type) && input.closest("fieldset")?.querySelector("legend");
  const label = legend || input.labels?.[0];
  const own = [...(label?.childNodes ?? [])].filter((child) => !child.matches?.("input,select,textarea,.leadpact-mark"));
  return own.map(({ textContent }) => textContent).join("").trim() || input.getAttribute("aria-label") || input.name;
}

function describe(input, id, does) {
  const ids = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (does) ids.push(id);
  if (ids.length > 0) input.setAttribute("aria-describedby", ids.join(" "));
  else input.removeAttribute("aria-describedby");
}
