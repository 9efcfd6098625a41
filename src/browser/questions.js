// Extra questions: a region before the submit button to which questions are only ever added, and what the page keeps ready
// for some of them in its own markup.
import { DECLINES } from "./control.js";
import { placeOf } from "./element.js";
import { wear } from "./look.js";
import { node, unseen } from "./node.js";
import { draw } from "./question.js";
import { textsFor } from "./texts.js";

let forms = 0;

export class Questions {
  #shown = new Map(); // field → { box, label, required, ready: whether it is the page's own, first: see `insist` }
  #ready = new Map(); // field → the page's own fieldset, until it is shown
  #prefix = `leadpact-${(forms += 1)}-`;
  #form; // the id of the form, where the region stands outside of it

  constructor(form, controls, lang) {
    Object.assign(this, textsFor(lang));
    for (const control of controls) {
      const name = control.localName === "fieldset" && control.disabled && control.getAttribute("data-leadpact-field");
      if (name) this.#ready.set(name, control);
    }
    this.status = unseen(node("p", { class: "leadpact-status", role: "status", lang: this.lang }));
    this.region = node("div", { class: "leadpact-questions", part: "questions" }, this.status);
    // Browsers scroll to a textarea's caret and pass over its `scroll-margin`: a bar of the page may cover the rest.
    this.region.addEventListener("keyup", ({ key, target }) => key === "Tab" && target.type === "textarea" && target.scrollIntoView({ block: "nearest" }));
    const place = placeOf(controls);
    // A copy of the page that Turbo or htmx kept brings the questions of a form that is gone.
    for (const part of [form, place ?? form]) Element.prototype.querySelectorAll.call(part, ".leadpact-questions").forEach((old) => old.remove());
    const before = beforeSending(form, controls);
    if (place) place.append(this.region);
    else if (before) before.before(this.region);
    else Element.prototype.append.call(form, this.region);
    if (!Node.prototype.contains.call(form, this.region)) this.#form = Element.prototype.getAttribute.call(form, "id");
    wear(this.region.getRootNode());
  }

  names() {
    return [...this.#shown.keys()];
  }

  // Whether the page keeps a question ready that nobody has seen yet.
  isReady(name) {
    return this.#ready.has(name);
  }

  // Whether a question would appear above what has the focus; without a name, one that is drawn.
  isAbove(element, name) {
    const place = this.#ready.get(name) ?? this.region;
    const where = element ? place.compareDocumentPosition(element) : 0;
    return Boolean(where & Node.DOCUMENT_POSITION_FOLLOWING) && !(where & Node.DOCUMENT_POSITION_CONTAINED_BY);
  }

  fieldOf(input) {
    return this.names().find((name) => this.#shown.get(name).box.contains(input));
  }

  idOf(input) {
    return this.#prefix + this.fieldOf(input);
  }

  boxOf(input) {
    return this.#shown.get(this.fieldOf(input))?.box;
  }

  add(question) {
    const { field, label, required } = question;
    const ready = this.#ready.get(field);
    const box = ready ?? draw(question, { id: this.#prefix + field, form: this.#form, texts: this.texts, lang: this.lang });
    if (ready) {
      this.#ready.delete(field);
      ready.hidden = ready.disabled = false;
    } else {
      this.region.append(box);
    }
    const first = !ready && required && question.kind === "choices" ? box.querySelector("input") : undefined;
    this.#shown.set(field, { box, label, required, ready: Boolean(ready), first });
    this.insist();
  }

  // HTML can require one box, not one of several: the first one objects for all.
  insist(does = true) {
    for (const { box, first } of this.#shown.values()) {
      first?.setCustomValidity(!does || box.querySelector(":checked") ? "" : this.texts.some);
    }
  }

  // An answer and "I'd rather not say" exclude each other.
  settle(input) {
    this.#exclude(input);
    this.insist();
  }

  #exclude(input) {
    const { box, required, ready } = this.#shown.get(input.name || this.fieldOf(input)) ?? {};
    const declines = !ready && box?.querySelector(`input[type=checkbox][${DECLINES}]`);
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
  apply(applies) {
    const turned = [];
    for (const [name, { box, ready }] of this.#shown) {
      const show = applies(name);
      if (box.hidden !== show) continue;
      box.hidden = !show;
      for (const input of ready ? [box] : box.querySelectorAll("input,select,textarea")) input.disabled = !show;
      turned.push([name, show]);
    }
    return turned;
  }

  announce(count) {
    if (count === 0) return;
    const labels = [...this.#shown.values()].slice(-count).map(({ label }) => node("span", { lang: label.lang }, label.text));
    this.tell(count === 1 ? this.texts.one : this.texts.many(count), ...labels);
  }

  tell(text, ...more) {
    this.status.replaceChildren(text, ...more.flatMap((part) => [" ", part]));
  }

  // Leaves the page as it was found.
  remove() {
    this.region.remove();
    for (const { box, ready } of this.#shown.values()) if (ready) box.hidden = box.disabled = true;
  }
}

// The submit button, or the block around it that holds nothing to fill in.
function beforeSending(form, controls) {
  let place = controls.find((control) => control.type === "submit" && Node.prototype.contains.call(form, control));
  const fills = (block) => block.querySelector("input:not([type=submit],[type=hidden],[type=button]),select,textarea");
  while (place && place.parentElement !== form && !fills(place.parentElement)) place = place.parentElement;
  return place;
}
