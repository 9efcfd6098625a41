// The record rides on the form's own request. One submission has one id, however often it is sent; what was edited in
// between is another attempt of it.
import { ascii } from "./ascii.js";
import { each } from "./each.js";
import { emit } from "./events.js";
import { hex } from "./hash.js";
import { handOff } from "./lead.js";
import { Values } from "./values.js";

const unconfirmed = new WeakMap(); // form that was let go of → what is known of its submission
const LONGEST_SENT = 250 * 1024; // of all that is sent: our server takes 256 KiB

export class Handoff {
  #form;
  #hash;
  #sent = { attempt: 0 };
  #taken; // of what was sent, what fetch took along: a page may gather its form at any time
  #edited = true; // since it was last sent
  #released = new AbortController();
  #sending; // the form's `submit` event, while it is under way
  pending; // what is known of a submission from before the page was loaded again
  byFetch = false; // whether the form is sent by fetch, where that can be
  #by; // for whom delivery by fetch gathers the form now: itself ("fetch"), or the "browser"

  constructor(form, hash, fail, pending) {
    this.#form = form;
    this.#hash = hash;
    this.pending = pending;
    this.#goOn(unconfirmed.get(form));
    // Sent again after the module stopped, a submission that may have arrived is still the same one.
    const named = ({ formData }) => {
      const { id, acknowledged } = this.#sent;
      if (id && !acknowledged && this.#method() === "post") formData.set("leadpact_id", id);
    };
    const on = (type, then) => EventTarget.prototype.addEventListener.call(form, type, (event) => each([() => then(event)], fail), { signal: this.#released.signal });
    on("formdata", named);
    on("input", ({ target }) => Values.isOurs(target) || this.edited()); // while the form is let go of, too
    // A form that was reset is another submission, unless the page cancels that.
    on("reset", (event) => event.target === form && setTimeout(() => each([() => event.defaultPrevented || this.#anew()], fail)));
  }

  // Bound anew, what may have arrived is still the same submission.
  #goOn(before) {
    if (!before) return;
    unconfirmed.delete(this.#form);
    before.#released.abort();
    [this.#sent, this.#taken, this.#edited] = [before.#sent, before.#taken, before.#edited];
  }

  // What fetch may still send keeps its id until it is bound anew, whoever sends it.
  release() {
    const open = this.#sent.id && !this.#sent.acknowledged;
    if (open) unconfirmed.set(this.#form, this);
    if (open && this.byFetch) return;
    this.#edited = true; // perhaps, from now on
    this.#released.abort();
  }

  // The page is back from the browser's cache: what its form's own request led to was shown.
  returned() {
    if (!this.#sent.natively) return;
    this.#sent.answered = true;
    this.pending.clear(this.#sent);
  }

  submits(event) {
    this.#sending = event;
    let stays = true;
    setTimeout(() => {
      this.#sending = undefined;
      const { id, natively } = this.#sent;
      if (!id || this.#sent === this.#taken) return;
      // Prevented after the page had gathered it: the page sends it, and tells nobody whether it arrived.
      if (event.defaultPrevented && natively && id !== this.#taken?.id) this.pending.clear(this.#sent);
      // The form stays, for another person perhaps.
      if (event.defaultPrevented ? !this.byFetch : !stays) this.#sent.answered = true;
    });
    stays = this.#stays();
  }

  edited() {
    this.#edited = true;
  }

  // Since fetch took it along.
  get isEdited() {
    return this.#edited || this.#sent !== this.#taken;
  }

  #anew() {
    this.pending.clear(this.#sent.id ? this.#sent : this.pending.read());
    this.#sent = { attempt: 0, reset: true };
    this.#taken = undefined; // what is under way is not in the form any more
  }

  // Delivery by fetch gathers the form for itself, or has the browser's own request do so.
  gather(work) {
    return this.#gatheredBy("fetch", work);
  }

  natively(work) {
    return this.#gatheredBy("browser", work);
  }

  #gatheredBy(whom, work) {
    this.#by = whom;
    try {
      return work();
    } finally {
      this.#by = undefined;
    }
  }

  // Fetch takes along what was gathered last. Returns which attempt that is.
  take() {
    this.#sent.natively = false; // whoever looked at it before
    return (this.#taken = this.#sent).attempt;
  }

  // Its visitor was told that it will be sent: another person's may follow.
  kept({ id }) {
    for (const one of [this.#sent, this.#taken]) if (one?.id === id) one.answered = true;
  }

  isLast({ id, attempt }) {
    return id === this.#taken?.id && attempt === this.#taken.attempt;
  }

  // A submission is acknowledged: what was edited since, and from now on, is another one.
  acknowledged(parcel) {
    this.pending.clear(parcel);
    if (!this.isLast(parcel)) return;
    this.#edited = this.isEdited;
    this.#sent.acknowledged = this.#taken.acknowledged = true;
  }

  // Puts the record into what is being sent. A form that sends by GET would put it in the address.
  add(data, lead, consent, automated, values, pact) {
    if (this.#method() !== "post") throw new Error("the form sends by GET: no record was added");
    const record = handOff(lead, this.#hash, consent);
    const answers = JSON.stringify(pact.fields.map(({ id }) => record.facts[id]));
    const email = record.facts[pact.fields.find(({ kind }) => kind === "email")?.id]?.trim().toLowerCase();
    // Another person is another lead, and takes nobody's place.
    if (this.#sent.answered && this.#sent.email && email && email !== this.#sent.email) this.#sent = { attempt: 0, reset: true };
    if (this.#edited || answers !== this.#sent.answers) this.#sent = this.#next(answers);
    this.#edited = false;
    const natively = this.#by === "browser" || (!this.#by && this.#sending?.defaultPrevented === false);
    this.#sent.email = email || this.#sent.email; // an input emptied by hand is nobody's yet
    this.#sent.natively ||= natively; // Chromium gathers a form once more when it leaves the page
    const { id } = Object.assign(record, { id: this.#sent.id, attempt: this.#sent.attempt });
    if (automated) record.automated = true;
    data.set("leadpact_id", id);
    values.write(lead, record.assessment, pact);
    values.send(data);
    emit(this.#form, "leadpact:handoff", { record });
    const text = JSON.stringify(record);
    const encoding = this.#by === "fetch" ? "UTF-8" : this.#encoding();
    data.set("leadpact", encoding === "UTF-8" ? text : ascii(text));
    if (encoding !== "UTF-8" && !data.has("_charset_")) data.set("_charset_", encoding);
    if (natively && this.#stays()) this.pending.write(this.#sent);
    if (lengthOf(data, this.#by === "fetch") <= LONGEST_SENT) return;
    data.delete("leadpact");
    throw new Error("the record is too large: it was left out");
  }

  #next(answers) {
    const { id, attempt, acknowledged, reset, answered, email } = this.#sent;
    if (id && !acknowledged) return { id, attempt: attempt + 1, answers, answered, email };
    const before = id || reset ? undefined : this.pending.read();
    const made = before?.id ?? hex(crypto.getRandomValues(new Uint8Array(16)));
    return { id: made, attempt: (before?.attempt ?? 0) + 1, answers };
  }

  // In which encoding the browser sends the form.
  #encoding() {
    return Element.prototype.getAttribute.call(this.#form, "accept-charset")?.trim().split(/[\s,]+/)[0].toUpperCase() || document.characterSet;
  }

  // Whether what comes next is shown in the form's own place.
  #stays() {
    const target = this.#sending?.submitter?.formTarget || Element.prototype.getAttribute.call(this.#form, "target");
    return !target || target.toLowerCase() === "_self";
  }

  // The button that sends a form may have a method of its own. Once a page has cancelled that, the form's own counts; the
  // actions of React leave the form no method, and a script where the address would stand.
  #method() {
    const own = this.#sending?.defaultPrevented ? "" : this.#sending?.submitter?.formMethod;
    const said = (name) => Element.prototype.getAttribute.call(this.#form, name)?.toLowerCase();
    return own || said("method") || (said("action")?.startsWith("javascript") ? "post" : "get");
  }
}

// In bytes, about. Fetch mostly sends JSON; in a form other letters take thrice their room, and lines end with two characters.
const lengthOf = (data, packed) =>
  packed ? new TextEncoder().encode([...data].flat().join()).length : String(new URLSearchParams(data)).replace(/(%0D)?%0A/g, "%0D%0A").length;
