// The record rides on the form's own request. One submission has one id, however often it is sent; what was edited in
// between is another attempt of it.
import { emit } from "./events.js";
import { hex } from "./hash.js";
import { handOff } from "./lead.js";

const LONGEST_SENT = 250 * 1024; // of all that is sent, as a form encodes it: our server takes 256 KiB

export class Handoff {
  #form;
  #hash;
  #sent = { attempt: 0 };
  #edited = true; // since it was last sent
  #sending; // the form's `submit` event, while it is under way

  constructor(form, hash) {
    this.#form = form;
    this.#hash = hash;
  }

  submits(event) {
    this.#sending = event;
    setTimeout(() => (this.#sending = undefined));
  }

  edited() {
    this.#edited = true;
  }

  // A form that was reset is another submission.
  anew() {
    this.#sent = { attempt: 0 };
  }

  // Puts the record into what is being sent. A form that sends by GET would put it in the address.
  add(data, lead, consent, automated, values, pact) {
    if (this.#method() !== "post") throw new Error("the form sends by GET: no record was added");
    const id = (this.#sent.id ??= hex(crypto.getRandomValues(new Uint8Array(16))));
    const record = handOff(lead, id, this.#sent.attempt, this.#hash, consent);
    const answers = JSON.stringify(pact.fields.map(({ id }) => record.facts[id]));
    if (this.#edited || answers !== this.#sent.answers) this.#sent = { id, answers, attempt: this.#sent.attempt + 1 };
    this.#edited = false;
    record.attempt = this.#sent.attempt;
    if (automated) record.automated = true;
    data.set("leadpact_id", id);
    values.write(lead, record.assessment, pact);
    values.send(data);
    emit(this.#form, "leadpact:handoff", { record });
    data.set("leadpact", JSON.stringify(record));
    // Lines are sent with two characters at their ends.
    if (String(new URLSearchParams(data)).replace(/(%0D)?%0A/g, "%0D%0A").length <= LONGEST_SENT) return;
    data.delete("leadpact");
    throw new Error("the record is too large: it was left out");
  }

  // The button that sends a form may have a method of its own. Once a page has cancelled that, the form's own counts; the
  // actions of React leave the form no method, and a script where the address would stand.
  #method() {
    const own = this.#sending?.defaultPrevented ? "" : this.#sending?.submitter?.formMethod;
    const said = (name) => Element.prototype.getAttribute.call(this.#form, name)?.toLowerCase();
    return own || said("method") || (said("action")?.startsWith("javascript") ? "post" : "get");
  }
}
