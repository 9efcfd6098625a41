// One form and its lead: listens, and has it recorded, asked for and handed over.
import { Asking } from "./asking.js";
import { Automated } from "./automated.js";
import { arrival } from "./behaviour.js";
import { Errors } from "./errors.js";
import { each } from "./each.js";
import { emit } from "./events.js";
import { DOES_NOT_APPLY, Fields } from "./fields.js";
import { Handoff } from "./handoff.js";
import { controlsOf, isPassedOver, langOf } from "./inputs.js";
import { mark, revive, rewind } from "./lead.js";
import { Memory } from "./memory.js";
import { pending } from "./pending.js";
import { Questions } from "./questions.js";
import { Values } from "./values.js";

const MOST_HELD = 10_000; // measures held until the visitor answers

export class Binding {
  #form;
  #pact;
  #errors;
  #values;
  #automated;
  #fields;
  #asking;
  #handoff;
  #delivery; // where the page asked for delivery by fetch
  #fail;
  #stop = new AbortController();
  #stopped = false; // nothing is done for this form any more, even where its listeners cannot be taken away
  #trying = false; // whether the visitor just pressed what sends the form
  #consent = {};
  #emails; // the fields whose answer says whose the answers are
  #decided; // the decision that was told last
  #unsaid = false; // what was read last has changed, and nobody was told
  #held; // what was seen before the visitor agreed or refused, where the page lets it be held

  constructor(form, lead, pact, hash, fail, { days, holds, withdraw, deliver }) {
    // First, as it may stop the module: nothing is in the page yet.
    const handles = new Map(pact.fields.map(({ id }) => [id, lead.field(id)]));
    this.#form = form;
    this.#handoff = new Handoff(form, hash, fail, pending(form, pact.id, () => this.#consent.behaviour === true));
    this.#fail = fail;
    this.lead = lead;
    this.#emails = new Set(pact.fields.filter(({ kind }) => kind === "email").map(({ id }) => id));
    this.memory = new Memory(this.lead, pact, days, (work) => this.#safely(work)());
    if (holds) this.#held = [arrival()];
    this.#pact = pact;
    this.questions = new Questions(form, this.#controls(), langOf(form));
    this.#errors = new Errors(this.questions);
    this.#values = new Values(this.#controls());
    this.#fields = new Fields(form, lead, handles, this.questions);
    this.#asking = new Asking(form, lead, this.#fields, this.questions, (assessment) => this.#values.write(lead, assessment, pact));
    this.#automated = new Automated(form, this.questions.region);
    try {
      this.#listen(Node.prototype.getRootNode.call(form), withdraw);
      this.#delivery = this.#delivers(deliver);
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
    on(root, "input", mine(({ target }) => (Values.isOurs(target) || this.#handoff.edited(), this.#take(target))));
    on(root, "change", mine(({ target }) => this.#changed(target)));
    on(root, "keydown", mine((event) => this.#asking.key(event)));
    on(root, "pointerdown", () => (this.#asking.pressed = true), true);
    on(root, "pointercancel", () => (this.#asking.pressed = false), true);
    on(root, "click", (event) => this.#clicked(event), true);
    on(root, "submit", (event) => event.target === this.#form && this.#submits(event), true);
    on(root, "formdata", (event) => event.target === this.#form && this.#handOff(event.formData));
    on(root, "reset", (event) => event.target === this.#form && setTimeout(this.#safely(() => event.defaultPrevented || this.#reset())));
    on(window, "pageshow", ({ persisted }) => {
      // What was erased while the page rested in the browser's cache stays so.
      if (persisted && this.memory.isGone()) withdraw();
      if (persisted) this.#handoff.returned();
      this.#read(false);
    });
    on(document, "visibilitychange", () => document.hidden && this.memory.write(true));
  }

  #controls = () => controlsOf(this.#form);

  // Our mistakes are ours: none may reach the page's own handlers or stop the form. What stopped the module is done anew
  // where there is a new one.
  #safely(work) {
    const attempt = (event) => {
      if (this.#stopped) return;
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

  #take(input) {
    this.questions.settle(input);
    this.#errors.settle(input);
    if (this.#fields.take(input)) this.#assessed(this.#fields.filling);
  }

  // Reads all inputs again: at the start, when a page comes back, at last before sending.
  #read(whole) {
    if (this.#fields.read(whole) || this.#unsaid) this.#assessed();
  }

  // What a script or the browser put into the form without a word counts before the browser looks for what is missing. The
  // page is told of it with the record: what it drew anew before then would be without what its own state does not know.
  #look() {
    this.#unsaid = this.#fields.read(false) || this.#unsaid;
    this.#apply();
  }

  // Shows what applies now, and hides what does no longer.
  #apply() {
    for (const [name, show] of this.questions.apply((name) => this.#fields.standing(name) !== DOES_NOT_APPLY)) {
      if (show) this.#fields.record(name);
    }
  }

  // Where it is not the visitor's input that changed the lead, nothing moves in the page before their next one.
  #assessed(still) {
    this.#unsaid = false;
    if (!still) this.#apply();
    const { lead } = this;
    const { score, fit, interest, decision } = lead;
    emit(this.#form, "leadpact:assessed", { score, fit, interest, decision, lead });
    if (decision !== this.#decided) emit(this.#form, "leadpact:decided", { decision: (this.#decided = decision), score, fit, interest });
    this.#values.write(lead, undefined, this.#pact);
    this.memory.note();
  }

  #changed(input) {
    this.#take(input);
    if (this.#fields.filling || isPassedOver(input)) return;
    const field = this.#fields.nameOf(input);
    if (this.#fields.has(field)) emit(this.#form, "leadpact:answered", { field, asked: this.questions.names().includes(field) });
    if (this.#emails.has(input.name) && input.value) this.memory.belongsTo(input.value, (fields) => this.#takeBack(fields)).catch(this.#fail);
    this.#asking.changed(input);
  }

  #clicked({ target }) {
    this.#asking.pressed = false;
    const button = target instanceof Element && Element.prototype.closest.call(target, "button,input[type=submit],input[type=image]");
    const sends = button && button.form === this.#form && /^(submit|image)$/.test(button.type);
    if (sends) {
      this.#look();
      this.questions.insist();
      this.#trying = true;
      setTimeout(() => (this.#trying = false));
    }
    this.#asking.clicked(sends);
  }

  // The answers of another person.
  #takeBack(fields) {
    this.#safely(() => {
      this.#asking.takeBack(fields);
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
        this.#asking.takeBack();
      }
      this.lead.setBehaviour(given.behaviour);
      if (given.behaviour && !before) {
        this.#handoff.pending.begin();
        const { begins, answers } = this.memory.open();
        (arrived ?? arrival())(this.lead, begins);
        held.forEach((measure) => measure(this.lead));
        this.#asking.recall(answers);
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
      this.#asking.recall(this.memory.open().answers);
      this.#assessed(true);
    })();
  }

  // Delivery by fetch, and what it needs to know. Where it is not to be had, the browser sends the form.
  #delivers(deliver) {
    try {
      const delivery = deliver?.({
        region: this.questions.region,
        alert: this.#errors.summary,
        lang: langOf(this.#form),
        textLang: this.questions.lang,
        tell: (text) => this.questions.tell(text),
        fail: this.#fail,
        emit: (type, detail) => emit(this.#form, type, detail, true),
        gather: (work) => this.#handoff.gather(work),
        natively: (work) => this.#handoff.natively(work),
        take: () => this.#handoff.take(),
        isLast: (parcel) => this.#handoff.isLast(parcel),
        sent: (parcel) => this.#handoff.acknowledged(parcel),
        kept: (parcel) => this.#handoff.kept(parcel),
        edited: () => this.#handoff.isEdited,
        pending: this.#handoff.pending,
      });
      this.#handoff.byFetch = Boolean(delivery);
      return delivery;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #submits(event) {
    this.#handoff.submits(event);
    this.#look(); // before the browser gathers what is sent
    if (!this.#delivery || this.#delivery.passes(event)) return;
    // Last of all: the page may object, or send the form itself.
    const root = Node.prototype.getRootNode.call(this.#form);
    const last = this.#safely((event) => {
      if (event.target !== this.#form || event.defaultPrevented) return;
      event.preventDefault();
      this.#delivery.send(event.submitter);
    });
    (root === document ? window : root).addEventListener("submit", last, { signal: this.#stop.signal, once: true });
  }

  #handOff(data) {
    const automated = this.#automated.send(data);
    this.#read(true);
    this.#asking.withoutUnseen(() => this.#handoff.add(data, this.lead, this.#consent, automated, this.#values, this.#pact));
  }

  // After a reset the inputs hold what they held at first.
  #reset() {
    this.#delivery?.clear();
    for (const control of this.#controls()) this.questions.settle(control);
    this.#errors.clear();
    this.#read(false);
  }

  // Nothing of ours is left to object to what the visitor sends.
  stop() {
    this.#stopped = true;
    const ends = [() => this.#stop.abort(), () => this.memory.close(), () => this.questions.insist(false), () => this.#automated.remove()];
    each(ends, this.#fail);
  }

  // What waits to be sent is not any more.
  erase() {
    this.#delivery?.erase();
  }

  release() {
    const writes = this.#safely(() => this.memory.write(true));
    each([writes, () => this.#delivery?.release(), () => this.stop(), () => this.#handoff.release(), () => this.questions.remove()], this.#fail);
  }
}
