// The pact's fields in a form: how what stands in the inputs becomes facts, and how answers are put into them.
import { controlsOf, isPassedOver, put } from "./inputs.js";
import { describe, standing, take } from "./lead.js";

export const [DOES_NOT_APPLY, OPEN, KNOWN] = [0, 1, 2];

export class Fields {
  #form;
  #lead;
  #questions;
  #handles; // name → handle in the lead
  #inputs = new Map(); // name → the inputs of that name
  filling = false; // while an answer is put into the form

  constructor(form, lead, handles, questions) {
    this.#form = form;
    this.#lead = lead;
    this.#handles = handles;
    this.#questions = questions;
  }

  has(name) {
    return this.#handles.has(name);
  }

  standing(name) {
    return standing(this.#lead, this.#handles.get(name));
  }

  describe(name) {
    return describe(this.#lead, this.#handles.get(name));
  }

  // What says "I'd rather not say" has no name, so that it is not sent.
  nameOf(input) {
    return input.name || this.#questions.fieldOf(input);
  }

  #inputsOf(name, input) {
    if (!this.#inputs.get(name)?.includes(input)) {
      const named = (control) => this.nameOf(control) === name && !isPassedOver(control);
      this.#inputs.set(name, controlsOf(this.#form).filter(named));
    }
    return this.#inputs.get(name);
  }

  // The inputs of that name are others now.
  drop(name) {
    this.#inputs.delete(name);
  }

  // Records what the inputs of one field say. Returns whether that is news.
  record(name, input, whole = false) {
    const enabled = this.#inputsOf(name, input).filter((control) => !control.matches(":disabled"));
    return take(this.#lead, this.#handles.get(name), enabled, whole);
  }

  // Records the field of an input.
  take(input) {
    const name = this.nameOf(input);
    return this.has(name) && !isPassedOver(input) && this.record(name, input);
  }

  // Records all of them anew.
  read(whole) {
    this.#inputs.clear();
    let changed = false;
    for (const name of this.#handles.keys()) {
      if (this.#inputsOf(name).length > 0) changed = this.record(name, undefined, whole) || changed;
    }
    return changed;
  }

  // Puts an answer into the form, as a visitor would.
  fill(name, answer) {
    this.filling = true;
    try {
      for (const input of this.#inputsOf(name)) {
        if (put(input, answer)) for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
      }
    } finally {
      this.filling = false;
    }
  }
}
