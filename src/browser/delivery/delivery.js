// Delivery by fetch, for pages that stay. Whatever it cannot do, the form's own request does.
import { ascii } from "../ascii.js";
import { each } from "../each.js";
import { controlsOf, isSecret } from "../inputs.js";
import { Notice } from "./notice.js";
import { hasFile, isFormat, pack } from "./parcel.js";
import { textsFor } from "./texts.js";
import { LONGEST_ASKED, LONGEST_TRY, tries } from "./tries.js";
import { Waiting } from "./waiting.js";

// An input of that name hides the form's own.
const attribute = (element, name) => Element.prototype.getAttribute.call(element, name) ?? undefined;

const isConnected = Object.getOwnPropertyDescriptor(Node.prototype, "isConnected").get;
const LONGEST_NATIVE = 20_000; // milliseconds in which the form's own request leaves the page

const underWay = new Set(); // parcels, also of forms that are gone
const sentHere = new Set(); // ids of what somebody in this page sent

// Throws where the page asks for what cannot be.
export class Delivery {
  // What is being sent is not tried again, and what waits is not sent any more; also of forms that are gone.
  static erase() {
    for (const parcel of underWay) parcel.dropped = true;
    Waiting.erase();
  }

  #form;
  #settings;
  #page;
  #texts;
  #notice;
  #waiting;
  #busy = false;
  #until; // when what is being sent must have moved on, by a clock that nobody sets
  #leaving; // while the form's own request may leave the page: the timer that ends it
  #again = false; // whether the visitor edited the form and sent it again while it was being sent
  #parcel; // what was sent last
  #hurry = () => {}; // ends a pause between two tries
  #gone = false; // the page let go of the form
  #stale = false; // what is said may be of another person's
  #submitter;
  #stop = new AbortController();

  // `page` is how to reach the rest of the module: where to say what, and what is known of the submission.
  constructor(form, options, pact, page) {
    this.#form = form;
    this.#page = page;
    this.#settings = settings(form, options, pact.handoff?.deliver);
    this.#texts = textsFor(page.lang);
    this.#notice = new Notice(page, this.#texts);
    this.#waiting = new Waiting(this.#settings, (parcel, outcome) => this.#heard(parcel, outcome), page.fail);
    // Who leaves while a try is waited for: it is made now, and outlives the page.
    const leaves = () => each([() => this.#hurry(), () => this.#endLeaving()], page.fail);
    const { signal } = this.#stop;
    addEventListener("pagehide", leaves, { signal });
    // Whoever fills it in anew has sent nothing yet.
    const fills = ({ isTrusted }) => each([() => isTrusted && this.#stale && ((this.#stale = false), this.#notice.clear())], page.fail);
    EventTarget.prototype.addEventListener.call(form, "input", fills, { signal });
  }

  // Whether the form's own request is the right one: to another place, into another window, in another encoding, or with files.
  passes({ submitter }) {
    const own = (name) => (submitter ? attribute(submitter, `form${name}`) : undefined);
    const is = (said, usual) => said?.toLowerCase() === usual;
    const posts = is(attribute(this.#form, "method"), "post") && is(own("method") ?? "post", "post");
    const stays = is(own("target") ?? attribute(this.#form, "target") ?? "_self", "_self");
    return !posts || !stays || own("action") !== undefined || own("enctype") !== undefined || controlsOf(this.#form).some(({ files }) => files?.length);
  }

  // The submit is prevented by now: whatever goes wrong here, the form's own request takes over.
  send(submitter) {
    this.#submitter = submitter;
    let data;
    try {
      const stuck = this.#busy;
      if (this.#isUnderWay()) return;
      data = this.#page.gather(() => entries(this.#form, submitter));
      // Without an id, what was sent twice would be two leads; without our place in the page, nobody would read that it
      // arrived.
      if (stuck || hasFile(data) || !data.get("leadpact_id") || !this.#notice.isThere) this.#natively();
      else this.#go(pack(data, this.#page.take(), this.#settings)).catch(() => this.#natively(data));
    } catch {
      this.#natively(data);
    }
  }

  // What is being sent is not sent again, unless its time is long over: where neither an answer nor a timer ever comes, the
  // form's own request is what is left.
  #isUnderWay() {
    if (!this.#busy || performance.now() > this.#until) return false;
    this.#again ||= this.#parcel.dropped || this.#page.edited();
    return true;
  }

  #moves(wait) {
    this.#until = performance.now() + wait + LONGEST_TRY;
    if (!this.#parcel.dropped) this.#waiting.underWay(this.#parcel, wait + LONGEST_TRY);
  }

  async #go(parcel) {
    this.#endLeaving();
    this.#busy = true;
    this.#again = this.#stale = false;
    this.#parcel = parcel;
    if (controlsOf(this.#form).some(holdsSecret)) parcel.kept = false;
    this.#moves(0);
    this.#page.pending.write(parcel);
    this.#notice.sending();
    Element.prototype.setAttribute.call(this.#form, "aria-busy", "true");
    const outcome = await this.#tries(parcel);
    Element.prototype.removeAttribute.call(this.#form, "aria-busy");
    this.#busy = false;
    this.#ended(parcel, outcome);
    if (this.#gone) this.#end();
  }

  // In the background an earlier try of the same may arrive first.
  async #tries(parcel) {
    underWay.add(parcel);
    sentHere.add(parcel.id);
    try {
      const outcome = await tries(parcel, (end, wait) => ((this.#hurry = end), this.#moves(wait)));
      return parcel.arrived ?? outcome;
    } finally {
      underWay.delete(parcel);
    }
  }

  #ended(parcel, outcome) {
    if (parcel.dropped && !outcome.sent) return this.#resends() || this.#notice.clear();
    const over = outcome.sent || !this.#page.isLast(parcel); // after a reset, what is in the form is another submission
    if (!over && this.#resends()) return undefined;
    if (outcome.sent || !this.#isBetterNatively(parcel, outcome)) this.#heard(parcel, outcome);
    else this.#leaves(parcel, outcome);
    // Not where the page resets the form when it hears that it arrived, which `clear` is told of in a moment.
    if (this.#again && over) setTimeout(() => each([() => this.#resends()], this.#page.fail));
    return undefined;
  }

  // What was edited and sent meanwhile goes now: as another submission where that one has arrived.
  #resends() {
    return this.#again && !this.#gone && this.#retry();
  }

  // Where the form's own request does not leave the page after all, the visitor reads what they would have read.
  #leaves(parcel, outcome) {
    this.#waiting.underWay(parcel, LONGEST_NATIVE);
    this.#natively(parcel.data);
    const stays = () => ((this.#leaving = undefined), this.#busy || this.#gone || parcel.dropped || this.#fail(parcel, outcome));
    this.#leaving = setTimeout(() => each([stays], this.#page.fail), LONGEST_NATIVE);
  }

  #endLeaving() {
    if (this.#leaving === undefined) return;
    clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.#notice.clear();
  }

  #heard(parcel, outcome) {
    // Of what is being tried anew, it is said once.
    if (outcome.sent && this.#busy && parcel !== this.#parcel && this.#page.isLast(parcel)) {
      this.#parcel.arrived = outcome;
      return this.#hurry();
    }
    if (outcome.sent) this.#sent(parcel, outcome);
    else this.#fail(parcel, outcome);
  }

  // The form's own request may reach what fetch could not, where something answers at all. It leaves the page: what nobody
  // answered is not left for an error page of the browser.
  #isBetterNatively(parcel, { answered, impossible, refused, unclear, after }) {
    // What was reset meanwhile is not in the form any more, and who edits it would lose what they typed.
    if (!this.#page.isLast(parcel) || this.#page.edited()) return false;
    if (refused || unclear || after > LONGEST_ASKED || (!answered && navigator.onLine === false) || !this.#canLeave()) return false;
    return Boolean(impossible || answered || parcel.elsewhere || parcel.url !== address(this.#form));
  }

  #canLeave() {
    return !this.#gone && isConnected.call(this.#form) && attribute(this.#form, "action") !== undefined;
  }

  // With the name and value of the button that was pressed, as its own request would have them. With `data` it is what fetch
  // was to send: the page may have disabled its inputs meanwhile.
  #natively(data) {
    this.#busy = false;
    let gathers = true;
    const add = ({ target, formData }) => {
      if (!gathers || target !== this.#form) return;
      each([() => data && replace(formData, data), () => addButton(formData, this.#submitter)], this.#page.fail);
    };
    // After whoever adds to it, and also where a listener of the page's keeps the event to the form.
    const places = [() => this.#form, () => Node.prototype.getRootNode.call(this.#form)];
    const hear = (how) => each(places.map((place) => () => EventTarget.prototype[how].call(place(), "formdata", add)), this.#page.fail);
    hear("addEventListener");
    each([() => this.#page.natively(() => HTMLFormElement.prototype.submit.call(this.#form))], (error) => this.#stays(error));
    gathers = false;
    hear("removeEventListener");
  }

  // Not even the form's own request can be made.
  #stays(error) {
    this.#page.fail(error);
    each([() => this.#notice.failed([this.#texts.unconfirmed], [this.#way(this.#texts.retry, () => this.#retry())])], this.#page.fail);
  }

  // What arrived in the background while the visitor was at it stays the same submission: what they edited is sent with the
  // next press.
  #sent(parcel, { status }) {
    this.#waiting.remove(parcel);
    const before = this.#page.pending.read()?.id === parcel.id; // this tab sent it, and was loaded again
    this.#page.pending.clear(parcel);
    const mine = parcel.id === this.#parcel?.id;
    if (mine) this.#endLeaving();
    const readable = this.#notice.isThere; // before the page puts something else in the form's place
    const unsaid = this.#page.emit("leadpact:sent", { id: parcel.id, status, ...(!sentHere.has(parcel.id) && { earlier: true }) });
    const last = this.#page.isLast(parcel) && !(parcel !== this.#parcel && this.#page.edited());
    const says = unsaid && !this.#gone && !this.#busy;
    if (before && says) return (this.#stale = true), this.#notice.sent(); // perhaps to who fills it in for somebody else
    if (!last) return this.#busy || this.#gone || !mine || this.#notice.clear();
    // What the visitor cannot read stays the same submission, should they send it again.
    if (says && !(readable && this.#notice.sent()) && parcel === this.#parcel && this.#canLeave()) return this.#natively(parcel.data);
    return this.#page.sent(parcel);
  }

  #fail(parcel, { refused, status, message, after }) {
    const texts = this.#texts;
    const lines = [refused ? texts.refused(message) : texts.unconfirmed];
    if (refused && parcel === this.#parcel) this.#waiting.remove(parcel);
    const until = refused ? undefined : this.#waiting.add(parcel, after);
    if (!refused) {
      lines.push(until ? texts.kept(until) : this.#settings.outbox ? texts.lost : texts.waiting);
      this.#page.kept(parcel);
    }
    const reason = refused ? `the endpoint answers ${status}` : "the endpoint does not confirm";
    this.#page.emit("leadpact:error", { message: `not sent: ${reason}`, id: parcel.id });
    // Nobody in this page sent what waited from an earlier one.
    if (this.#gone || this.#busy || !this.#page.isLast(parcel)) return;
    const ways = [this.#way(texts.retry, () => this.#retry())];
    if (this.#canLeave()) ways.push(this.#way(texts.natively, () => this.#natively()));
    this.#notice.failed(lines, ways);
  }

  // A button's words, and what it does; what fails there is nobody else's.
  #way(text, act) {
    return [text, () => each([() => this.#isUnderWay() || act()], this.#page.fail)];
  }

  // What stands in the form now, edits included. Returns whether it is being sent: the page may object.
  #retry() {
    const submitter = this.#submitter?.form === this.#form ? this.#submitter : null;
    HTMLFormElement.prototype.requestSubmit.call(this.#form, submitter);
    return this.#busy;
  }

  // The form was reset.
  clear() {
    this.#again = false;
    this.#stale = true;
    this.#notice.clear(true);
  }

  // Nothing of what waits is sent any more, nor tried again or kept what is under way.
  erase() {
    this.#waiting.erase();
    if (this.#parcel) this.#parcel.dropped = true;
    this.#again = false;
    this.#endLeaving();
    this.#hurry();
    if (!this.#busy) this.#notice.clear();
  }

  // What is being sent is sent to its end.
  release() {
    this.#gone = true;
    if (!this.#busy) this.#end();
  }

  #end() {
    this.#stop.abort();
    this.#waiting.release();
  }
}

// The form's entries, which the `formdata` event fills, and the button's own.
function entries(form, submitter) {
  let data;
  try {
    data = new FormData(form, submitter);
  } catch {
    data = new FormData(form); // the button is no longer the form's
  }
  addButton(data, submitter); // which older browsers do not
  return data;
}

function addButton(data, submitter) {
  const { name, value, type, disabled } = submitter ?? {};
  if (name && !disabled && type !== "image" && !data.getAll(name).includes(value)) data.append(name, value);
}

// What is not to stand on the device, for a day or at all.
const holdsSecret = (control) => control.value && (control.type === "password" || isSecret(attribute(control, "autocomplete")));

// The browser's own entry on its encoding stays.
function replace(formData, data) {
  const names = [...data.keys()].filter((name) => name !== "_charset_");
  for (const name of new Set(names)) {
    const [first, ...rest] = data.getAll(name);
    formData.set(name, name === "leadpact" ? ascii(first) : first);
    for (const value of rest) formData.append(name, value);
  }
  for (const name of [...formData.keys()]) if (name !== "_charset_" && !names.includes(name)) formData.delete(name);
}

const address = (form) => new URL(attribute(form, "action") || location.href, document.baseURI).href;

// Where to, and how. The pact names places of the page's own origin only: to another one only the page's own tag sends.
function settings(form, options, deliver = {}) {
  const said = (name) => options[name] ?? attribute(form, `data-leadpact-${name}`);
  const does = (name) => ![undefined, false, "false"].includes(said(name));
  const format = said("format") ?? deliver.format ?? "json";
  if (!isFormat(format)) throw new Error(`\`${format}\`: expected \`form\`, \`json\` or \`cloudevents\` as the format of delivery`);
  const signed = deliver.endpoint && new URL(deliver.endpoint, document.baseURI);
  const where = () => endpoint(said("endpoint"), signed ?? address(form));
  where(); // what cannot be is said at once
  const rest = { format, acknowledge: said("acknowledge"), credentials: said("credentials"), cors: does("cors"), outbox: does("outbox") };
  return {
    ...rest,
    // Where the form would be sent now: a page may set its `action` late.
    get url() {
      return where().href;
    },
  };
}

function endpoint(said, otherwise) {
  const url = new URL(said ?? otherwise, document.baseURI);
  if (url.origin !== location.origin && said === undefined) throw new Error(`\`${url.origin}\` is another origin: name it in \`data-leadpact-endpoint\``);
  if (!["https:", location.protocol].includes(url.protocol) || url.username || url.password) throw new Error(`\`${url.protocol}\`: expected an https: endpoint without a user's name`);
  return url;
}
