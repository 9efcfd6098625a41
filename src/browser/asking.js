// When a question is shown, and which: what is worth asking, and what was answered on another day.
import { emit } from "./events.js";
import { DOES_NOT_APPLY, KNOWN, OPEN } from "./fields.js";
import { controlsOf, isSecret } from "./inputs.js";
import { keep, noteAsked, offered, perStep } from "./lead.js";
import { Offer } from "./offer.js";

const TYPED = "textarea,input:not([type=radio],[type=checkbox],[type=range],[type=color])";

export class Asking {
  #form;
  #lead;
  #fields;
  #questions;
  #offer;
  #assessed; // called with the assessment of each step
  #recalled = new Set(); // fields whose answer came back and that nothing shows yet
  #due = false; // a question waits for the click that a press of the pointer becomes
  pressed = false; // between that press and its click; set by who listens

  constructor(form, lead, fields, questions, assessed) {
    this.#form = form;
    this.#lead = lead;
    this.#fields = fields;
    this.#questions = questions;
    this.#offer = new Offer(questions);
    this.#assessed = assessed;
  }

  // In a shadow root: the document knows only what holds the root.
  get #focused() {
    return Node.prototype.getRootNode.call(this.#form).activeElement;
  }

  // What is typed changes when the visitor presses elsewhere, perhaps on the button that a question would move.
  changed(input) {
    this.#due = this.pressed && input.matches(TYPED);
    if (!this.#due) this.#step();
  }

  key({ key, target, shiftKey }) {
    if (!target.matches(TYPED)) return;
    // Enter sends the form; Tab goes on, to the question if there is one by then.
    this.pressed = key === "Enter" && !target.matches("textarea");
    if (key === "Tab" && !shiftKey && this.#fields.has(target.name)) this.#step();
  }

  clicked(sends) {
    if (this.#due && !sends) this.#step();
    this.#due = false;
  }

  // Asks what is worth asking, below whatever has the focus.
  #step() {
    const recalled = this.#showRecalled();
    const assessment = this.#lead.assess();
    const asked = this.#ask(assessment.ask);
    this.#assessed(assessment);
    if (!this.#questions.isAbove(this.#focused)) this.#offer.show(offered(this.#lead, assessment));
    this.#questions.announce(recalled + asked.length);
    for (const ask of asked) emit(this.#form, "leadpact:asked", ask);
  }

  // Shows what is worth asking, as many as may be open at once.
  #ask(asks) {
    const most = perStep(this.#lead);
    let open = this.#questions.names().filter((name) => this.#fields.standing(name) === OPEN).length;
    const asked = [];
    for (const ask of asks) {
      const { field } = ask;
      if (open >= most || this.#isInForm(field) || this.#questions.isAbove(this.#focused, field)) continue;
      const question = this.#fields.describe(field);
      if (isSecret(question.autocomplete) || !emit(this.#form, "leadpact:asking", ask, true)) continue;
      this.#show(question);
      noteAsked(this.#lead, ask);
      asked.push(ask);
      open += 1;
    }
    return asked;
  }

  #show(question) {
    this.#questions.add(question);
    this.#fields.drop(question.field);
  }

  // Whether a field can be answered already: what the page keeps ready cannot yet.
  #isInForm(name) {
    if (this.#questions.isReady(name)) return false;
    // The page may hold it in an input that is not read.
    return this.#questions.names().includes(name) || controlsOf(this.#form).some((control) => control.name === name);
  }

  // What was answered on another day is in the form, or waits to be shown with the next questions, to be corrected.
  recall(answers) {
    for (const [name, answer] of Object.entries(answers)) {
      if (!this.#fields.has(name) || this.#fields.standing(name) === KNOWN) continue;
      try {
        this.#lead.answer(name, answer);
      } catch {
        continue; // the pact has changed since
      }
      if (this.#isInForm(name)) this.#fields.fill(name, answer);
      else this.#recalled.add(name);
    }
  }

  #showRecalled() {
    let count = 0;
    for (const name of this.#recalled) {
      if (this.#fields.standing(name) === DOES_NOT_APPLY || this.#questions.isAbove(this.#focused, name)) continue;
      this.#recalled.delete(name);
      const answer = keep(this.#lead)[name];
      this.#show(this.#fields.describe(name));
      this.#fields.fill(name, answer);
      count += 1;
    }
    return count;
  }

  // They are open questions again; without names, all that came back and nobody has seen.
  takeBack(names = [...this.#recalled]) {
    for (const name of names) this.#lead.answer(name, null);
    for (const name of names) if (!this.#recalled.delete(name)) this.#fields.fill(name, null);
  }

  // What came back and nobody has seen yet is not sent, and stays for another day.
  withoutUnseen(work) {
    const unseen = [...this.#recalled].map((name) => [name, keep(this.#lead)[name]]);
    for (const [name] of unseen) this.#lead.answer(name, null);
    try {
      work();
    } finally {
      for (const [name, answer] of unseen) this.#lead.answer(name, answer);
    }
  }
}
