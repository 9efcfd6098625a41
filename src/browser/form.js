// One form and its lead: listens, records, asks, hands over.
import { Automated } from "./automated.js";
import { arrival } from "./behaviour.js";
import { Errors } from "./errors.js";
import { emit } from "./events.js";
import { Handoff } from "./handoff.js";
import { describe, keep, mark, noteAsked, offered, perStep, revive, rewind, standing, take } from "./lead.js";
import { Memory } from "./memory.js";
import { Offer } from "./offer.js";
import { Questions } from "./questions.js";
import { Values } from "./values.js";

const PASSED_OVER = ["password", "hidden", "file", "submit", "reset", "button", "image", "fieldset", "output"];
// What browsers fill in there is nobody's business but the page's.
const SECRET = /(^|\s)(cc-|one-time-code|(current|new)-password)/i;
const MOST_HELD = 10_000; // measures held until the visitor answers
const TYPED = "textarea,input:not([type=radio],[type=checkbox],[type=range],[type=color])";
const [DOES_NOT_APPLY, OPEN, KNOWN] = [0, 1, 2];

// An input named `elements` hides the form's own.
const elements = Object.getOwnPropertyDescriptor(globalThis.HTMLFormElement?.prototype ?? {}, "elements")?.get;

// The language of what stands around a form.
export function langOf(form) {
  const tagged = Element.prototype.closest.call(form, "[lang]");
  return tagged ? Element.prototype.getAttribute.call(tagged, "lang") : "";
}

export class Binding {
  #form;
  #pact;
  #errors;
  #offer;
  #values;
  #automated;
  #fields = new Map(); // name → handle in the lead
  #inputs = new Map(); // name → the inputs of that name
  #handoff;
  #fail;
  #stop = new AbortController();
  #pressed = false; // between a press of the pointer and its click
  #due = false; // a question waits for that click
  #trying = false; // whether the visitor just pressed what sends the form
  #consent = {};
  #emails; // the fields whose answer says whose the answers are
  #recalled = new Set(); // fields whose answer came back and that nothing shows yet
  #filling = false; // while what came back is put into the form
  #decided; // the decision that was told last
  #held; // what was seen before the visitor agreed or refused, where the page lets it be held

  constructor(form, lead, pact, hash, fail, { days, holds, withdraw }) {
    this.#form = form;
    this.#handoff = new Handoff(form, hash);
    this.#fail = fail;
    this.lead = lead;
    for (const { id } of pact.fields) this.#fields.set(id, this.lead.field(id));
    this.#emails = new Set(pact.fields.filter(({ kind }) => kind === "email").map(({ id }) => id));
    this.memory = new Memory(this.lead, pact, days, (work) => this.#safely(work)());
    if (holds) this.#held = [arrival()];
    this.#pact = pact;
    this.questions = new Questions(form, this.#controls(), langOf(form));
    this.#errors = new Errors(this.questions);
    this.#offer = new Offer(this.questions);
    this.#values = new Values(this.#controls());
    this.#automated = new Automated(form, this.questions.region);
    try {
      this.#listen(Node.prototype.getRootNode.call(form), withdraw);
      this.#read(false);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  #listen(root, withdraw) {
    const { signal } = this.#stop;
    const on = (target, type, then, capture) => target.addEventListener(type, this.#safely(then), { signal, capture });
    const mine = (then) => (event) => event.target.form === this.#form && then(event);
    const within = ({ target }) => target.form === this.#form || Node.prototype.contains.call(this.#form, target);
    for (const type of ["keydown", "pointerdown", "click", "input"]) on(root, type, (event) => within(event) && this.#automated.note(event), true);
    // Only what the visitor sends is objected to in words: a page may look at its form's validity at every key.
    on(root, "invalid", mine((event) => this.#trying && this.#errors.note(event, this.#controls(), (work) => this.#safely(work))), true);
    on(root, "input", mine(({ target }) => (this.#handoff.edited(), this.#take(target))));
    on(root, "change", mine(({ target }) => this.#changed(target)));
    on(root, "keydown", mine((event) => this.#key(event)));
    on(root, "pointerdown", () => (this.#pressed = true), true);
    on(root, "pointercancel", () => (this.#pressed = false), true);
    on(root, "click", (event) => this.#clicked(event), true);
    on(root, "submit", (event) => event.target === this.#form && this.#submits(event), true);
    on(root, "formdata", (event) => event.target === this.#form && this.#handOff(event.formData));
    on(root, "reset", (event) => event.target === this.#form && setTimeout(this.#safely(() => this.#reset())));
    on(window, "pageshow", ({ persisted }) => {
      // What was erased while the page rested in the browser's cache stays so.
      if (persisted && this.memory.isGone()) withdraw();
      this.#read(false);
    });
    on(document, "visibilitychange", () => document.hidden && this.memory.write(true));
  }

  // In a shadow root: the document knows only what holds the root.
  get #focused() {
    return Node.prototype.getRootNode.call(this.#form).activeElement;
  }

  #controls = () => [...elements.call(this.#form)];

  // Our mistakes are ours: none may reach the page's own handlers or stop the form. What stopped the module is done anew
  // where there is a new one.
  #safely(work) {
    const attempt = (event) => {
      if (this.#stop.signal.aborted) return;
      const before = mark(this.lead);
      try {
        work(event);
      } catch (error) {
        rewind(this.lead, before);
        if (this.#fail(error)) attempt(event);
      }
    };
    return attempt;
  }

  // Goes on with a new instance of the module: what the lead was told, and what stands in the form.
  revive() {
    try {
      revive(this.lead);
      this.#read(false);
      return true;
    } catch (error) {
      return this.#fail(error);
    }
  }

  // What says "I'd rather not say" has no name, so that it is not sent.
  #nameOf(input) {
    return input.name || this.questions.fieldOf(input);
  }

  #inputsOf(name, input) {
    if (!this.#inputs.get(name)?.includes(input)) {
      const named = (control) => this.#nameOf(control) === name && !isPassedOver(control);
      this.#inputs.set(name, this.#controls().filter(named));
    }
    return this.#inputs.get(name);
  }

  // Records what the inputs of one field say.
  #record(name, input, whole) {
    const enabled = this.#inputsOf(name, input).filter((control) => !control.matches(":disabled"));
    return take(this.lead, this.#fields.get(name), enabled, whole);
  }

  #take(input) {
    this.questions.settle(input);
    this.#errors.settle(input);
    const name = this.#nameOf(input);
    if (!this.#fields.has(name) || isPassedOver(input)) return;
    if (this.#record(name, input, false)) this.#assessed(this.#filling);
  }

  // Reads all inputs again: at the start, when a page comes back, at last before sending.
  #read(whole) {
    this.#inputs.clear();
    let changed = false;
    for (const name of this.#fields.keys()) {
      if (this.#inputsOf(name).length > 0) changed = this.#record(name, undefined, whole) || changed;
    }
    if (changed) this.#assessed();
  }

  // Shows what applies now, and hides what does no longer.
  #apply() {
    for (const [name, show] of this.questions.apply((name) => this.#standing(name) !== DOES_NOT_APPLY)) {
      if (show) this.#record(name, undefined, false);
    }
  }

  // Where it is not the visitor's input that changed the lead, nothing moves in the page before their next one.
  #assessed(still) {
    if (!still) this.#apply();
    const { lead } = this;
    const { score, fit, interest, decision } = lead;
    emit(this.#form, "leadpact:assessed", { score, fit, interest, decision, lead });
    if (decision !== this.#decided) emit(this.#form, "leadpact:decided", { decision: (this.#decided = decision), score, fit, interest });
    this.#values.write(lead, undefined, this.#pact);
    this.memory.note();
  }

  #standing(name) {
    return standing(this.lead, this.#fields.get(name));
  }

  #changed(input) {
    this.#take(input);
    if (this.#filling || isPassedOver(input)) return;
    const field = this.#nameOf(input);
    if (this.#fields.has(field)) emit(this.#form, "leadpact:answered", { field, asked: this.questions.names().includes(field) });
    if (this.#emails.has(input.name) && input.value) this.memory.belongsTo(input.value, (fields) => this.#takeBack(fields));
    // What is typed changes when the visitor presses elsewhere, perhaps on the button that a question would move.
    this.#due = this.#pressed && input.matches(TYPED);
    if (!this.#due) this.#step();
  }

  #key({ key, target, shiftKey }) {
    if (!target.matches(TYPED)) return;
    // Enter sends the form; Tab goes on, to the question if there is one by then.
    this.#pressed = key === "Enter" && !target.matches("textarea");
    if (key === "Tab" && !shiftKey && this.#fields.has(target.name)) this.#step();
  }

  #clicked({ target }) {
    this.#pressed = false;
    const button = target instanceof Element && Element.prototype.closest.call(target, "button,input[type=submit],input[type=image]");
    const sends = button && button.form === this.#form && /^(submit|image)$/.test(button.type);
    if (sends) {
      this.questions.insist();
      this.#trying = true;
      setTimeout(() => (this.#trying = false));
    }
    if (this.#due && !sends) this.#step();
    this.#due = false;
  }

  // Asks what is worth asking, below whatever has the focus.
  #step() {
    const recalled = this.#showRecalled();
    const assessment = this.lead.assess();
    const asked = this.#ask(assessment.ask);
    this.#values.write(this.lead, assessment, this.#pact);
    if (!this.questions.isAbove(this.#focused)) this.#offer.show(offered(this.lead, assessment));
    this.questions.announce(recalled + asked.length);
    for (const ask of asked) emit(this.#form, "leadpact:asked", ask);
  }

  // Shows what is worth asking, as many as may be open at once.
  #ask(asks) {
    const most = perStep(this.lead);
    let open = this.questions.names().filter((name) => this.#standing(name) === OPEN).length;
    const asked = [];
    for (const ask of asks) {
      const { field } = ask;
      if (open >= most || this.#isInForm(field) || this.questions.isAbove(this.#focused, field)) continue;
      const question = describe(this.lead, this.#fields.get(field));
      if (SECRET.test(question.autocomplete) || !emit(this.#form, "leadpact:asking", ask, true)) continue;
      this.#show(question);
      noteAsked(this.lead, ask);
      asked.push(ask);
      open += 1;
    }
    return asked;
  }

  #show(question) {
    this.questions.add(question);
    this.#inputs.delete(question.field);
  }

  // Whether a field can be answered already: what the page keeps ready cannot yet.
  #isInForm(name) {
    if (this.questions.isReady(name)) return false;
    // The page may hold it in an input that is not read.
    return this.questions.names().includes(name) || this.#controls().some((control) => control.name === name);
  }

  // What was answered on another day is in the form, or waits to be shown with the next questions, to be corrected.
  #recall(answers) {
    for (const [name, answer] of Object.entries(answers)) {
      if (!this.#fields.has(name) || this.#standing(name) === KNOWN) continue;
      try {
        this.lead.answer(name, answer);
      } catch {
        continue; // the pact has changed since
      }
      if (this.#isInForm(name)) this.#fill(name, answer);
      else this.#recalled.add(name);
    }
  }

  #showRecalled() {
    let count = 0;
    for (const name of this.#recalled) {
      if (this.#standing(name) === DOES_NOT_APPLY || this.questions.isAbove(this.#focused, name)) continue;
      this.#recalled.delete(name);
      const answer = keep(this.lead)[name];
      this.#show(describe(this.lead, this.#fields.get(name)));
      this.#fill(name, answer);
      count += 1;
    }
    return count;
  }

  #fill(name, answer) {
    this.#filling = true;
    try {
      for (const input of this.#inputsOf(name)) {
        if (put(input, answer)) for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
      }
    } finally {
      this.#filling = false;
    }
  }

  // The answers of another person: they are open questions again.
  #takeBack(fields) {
    this.#safely(() => {
      for (const name of fields) {
        this.#recalled.delete(name);
        this.lead.answer(name, null);
        this.#fill(name, null);
      }
      this.#assessed(true);
    })();
  }

  consent(given) {
    this.#safely(() => {
      const before = this.lead.behaviour;
      const [arrived, ...held] = this.#held ?? [];
      if (given.state !== "unknown" && !given.behaviour) this.#held = undefined;
      this.#consent = given;
      if (!given.behaviour) {
        this.memory.close();
        for (const name of this.#recalled) this.lead.answer(name, null);
        this.#recalled.clear();
      }
      this.lead.setBehaviour(given.behaviour);
      if (given.behaviour && !before) {
        const { begins, answers } = this.memory.open();
        (arrived ?? arrival())(this.lead, begins);
        held.forEach((measure) => measure(this.lead));
        this.#recall(answers);
      }
      if (given.behaviour) this.#held = undefined; // not before all of it is counted
      if (given.behaviour !== before) this.#assessed(true);
      // A tab that opens now is no visit of its own. Last: what is done anew after a stop must not find its own counts there.
      if (given.behaviour && !before) this.memory.write(true);
    })();
  }

  // Whether what is seen is held until the visitor agrees or refuses.
  get holds() {
    return this.#held !== undefined;
  }

  measured(measure) {
    if (this.holds) this.#held.length < MOST_HELD && this.#held.push(measure);
    else this.#safely(() => measure(this.lead) && this.#assessed(true))();
  }

  // From now on this form's memory is the pact's: of several with one pact only one remembers.
  remember() {
    this.memory.serves = true;
    this.#safely(() => {
      if (!this.lead.behaviour) return;
      this.#recall(this.memory.open().answers);
      this.#assessed(true);
    })();
  }

  #submits(event) {
    this.#handoff.submits(event);
    this.#apply(); // before the browser gathers what is sent
  }

  #handOff(data) {
    const automated = this.#automated.send(data);
    this.#read(true);
    // What came back and nobody has seen yet is not sent, and stays for another day.
    const unseen = [...this.#recalled].map((name) => [name, keep(this.lead)[name]]);
    for (const [name] of unseen) this.lead.answer(name, null);
    try {
      this.#handoff.add(data, this.lead, this.#consent, automated, this.#values, this.#pact);
    } finally {
      for (const [name, answer] of unseen) this.lead.answer(name, answer);
    }
  }

  // After a reset the inputs hold what they held at first.
  #reset() {
    this.#handoff.anew();
    for (const control of this.#controls()) this.questions.settle(control);
    this.#errors.clear();
    this.#read(false);
  }

  // Nothing of ours is left to object to what the visitor sends.
  stop() {
    this.#stop.abort();
    this.memory.close();
    this.questions.insist(false);
    this.#automated.remove();
  }

  release() {
    this.#safely(() => this.memory.write(true))();
    this.stop();
    this.questions.remove();
  }
}

const isPassedOver = (control) =>
  PASSED_OVER.includes(control.type) || SECRET.test(control.getAttribute("autocomplete") ?? "");

// Puts an answer into an input as a person would, and says whether that changed it. Frameworks see the native setter.
function put(input, answer) {
  const values = [answer].flat().map((value) => (value === true ? "yes" : value === false ? "no" : String(value ?? "")));
  const toggles = input.type === "radio" || input.type === "checkbox";
  const wanted = toggles ? values.includes(input.value) && answer !== null : answer?.declined ? "" : values[0];
  const property = toggles ? "checked" : "value";
  if (input[property] === wanted) return false;
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), property).set.call(input, wanted);
  return true;
}
