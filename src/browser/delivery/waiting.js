// What could not be sent yet, tried again whenever that may help: in memory as long as the page is open, and on the device
// for a day at most where the page opted in, from the first try on. Nothing is taken out before it was acknowledged.
import { each } from "../each.js";
import { LASTS, OUTBOX, current } from "../outbox.js";
import { post } from "./post.js";
import { LONGEST_TRY, within } from "./tries.js";

const [MOST, LEASE] = [5, 30_000]; // entries, and milliseconds
const [SOONEST, LATEST] = [15_000, 45_000]; // milliseconds between two tries
const LONGEST_PAUSE = 3_600_000; // milliseconds, whatever a server asks for: what waits is there for a day
const PATIENCE = 28_000; // milliseconds of a try for which nobody waits: a slow connection takes long, a lease a little longer

const all = new Set(); // all that may wait in this page, also for forms that are gone
const refused = new Set(); // ids that this page does not try again

export class Waiting {
  // What waits in the page's memory is not sent any more.
  static erase = () => all.forEach((waiting) => waiting.erase());

  #settings; // with `outbox`, what waits may outlive the page
  #told;
  #fail;
  #here = new Map(); // id → what waits in this page alone
  #mine = new Set(); // ids of what this form sent
  #busy = false;
  #due = false; // whether to look again once that is done: the network may have come back meanwhile
  #timer;
  #stop = new AbortController();
  #released = false; // the page let go of the form

  // `told` is called with what was acknowledged or refused.
  constructor(settings, told, fail) {
    this.#settings = settings;
    this.#told = told;
    all.add(this);
    this.#fail = fail;
    const { signal } = this.#stop;
    const flush = () => this.#flush();
    for (const type of ["online", "pageshow"]) addEventListener(type, flush, { signal });
    document.addEventListener("visibilitychange", () => each([() => document.hidden || flush()], fail), { signal });
    if (settings.outbox) flush();
  }

  // What is being tried outlives a page that dies, where the page opted in. For so long no other tab tries it.
  underWay(parcel, milliseconds) {
    this.#mine.add(parcel.id);
    this.#keep(parcel, entryOf(parcel, 0, milliseconds));
  }

  // What was taken away meanwhile stays so.
  #keep(parcel, entry) {
    const { id, kept } = parcel;
    const room = () => (kept ? read(id) : stored().filter((other) => other.id !== id).length < MOST);
    return (parcel.kept = Boolean(kept !== false && this.#settings.outbox && room() && write(entry)));
  }

  // Returns until when it is kept on the device; nothing where it is not.
  add(parcel, after = 0) {
    const { id } = parcel;
    this.#mine.add(id);
    refused.delete(id); // another attempt may be taken
    const entry = entryOf(parcel, after, 0);
    const kept = this.#keep(parcel, entry);
    if (kept) this.#here.delete(id);
    else this.#here.set(id, entry);
    this.#later();
    return kept ? entry.expires : undefined;
  }

  // An attempt has arrived, and with it all before it.
  remove({ id, attempt }) {
    const over = (entry) => entry?.attempt <= attempt;
    for (const one of all) if (over(one.#here.get(id))) one.#here.delete(id);
    if (this.#settings.outbox && over(read(id))) quietly((all) => all.removeItem(OUTBOX + id));
  }

  erase() {
    this.#here.clear();
    this.#rest();
  }

  // The page lets go of the form. What is on the device waits for the next one; what is not is tried on from here.
  release() {
    this.#released = true;
    this.#rest();
  }

  // Lets go of the page once nothing is left to do.
  #rest() {
    if (!this.#released || this.#waitsHere().length > 0) return;
    clearTimeout(this.#timer);
    this.#stop.abort();
    all.delete(this);
  }

  #waitsHere() {
    return [...this.#here.values()].filter(({ expires }) => expires > Date.now());
  }

  // Storage is not touched where the page did not opt in. What goes elsewhere is not this form's.
  #waits() {
    const ours = (entry) => placeOf(entry.url) === placeOf(this.#settings.url) && !refused.has(entry.id);
    return [...this.#waitsHere(), ...(this.#settings.outbox ? stored().filter(ours) : [])];
  }

  #later() {
    clearTimeout(this.#timer);
    this.#rest();
    if (this.#stop.signal.aborted || this.#waits().length === 0) return;
    this.#timer = setTimeout(() => this.#flush(), within(SOONEST, LATEST));
  }

  async #flush() {
    this.#due = this.#busy;
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (const entry of this.#waits()) if (entry.not_before <= Date.now()) await this.#try(entry);
    } catch {
      // What could not be tried waits on.
    } finally {
      this.#busy = false;
      each([() => (this.#due ? this.#flush() : this.#later())], this.#fail);
    }
  }

  async #try({ id }) {
    const here = this.#here.get(id);
    const entry = here ?? (await lease(id));
    if (!entry) return; // another tab has it, or sent it
    const elsewhere = new URL(entry.url).origin !== location.origin;
    const { credentials, acknowledge } = this.#settings;
    const outcome = await post({ credentials, acknowledge, ...entry, elsewhere }, PATIENCE);
    if (here ? !this.#here.has(id) : !read(id)) return; // it has arrived another way meanwhile, or was erased
    const later = Date.now() + pause(outcome.after);
    if (outcome.sent) this.remove(entry);
    else if (here) here.not_before = later;
    // Meanwhile another attempt may have taken its place.
    else if (read(id)?.attempt === entry.attempt) write({ ...entry, lease: 0, not_before: later });
    if (outcome.refused) {
      refused.add(id);
      if (this.#here.get(id) === here) this.#here.delete(id);
    }
    if (!outcome.sent && !outcome.refused) return;
    // A form that is there may be sending the same just now.
    const mine = [...all].filter((one) => one.#mine.has(id));
    (mine.find((one) => !one.#released) ?? mine[0] ?? this).#told(entry, outcome);
  }
}

const entryOf = ({ id, attempt, body, type, url }, after, lease, now = Date.now()) =>
  ({ id, attempt, body, type, url, expires: now + LASTS, not_before: now + pause(after), lease: now + lease });
const pause = (after = 0) => Math.min(after, LONGEST_PAUSE);

// Another visit to the page may have another query.
const placeOf = (url) => url.replace(/[?#][^]*/, "");

// Takes an entry for half a minute, so that of several tabs one sends it: whoever dies meanwhile holds it no longer than
// that. Without locks two may take it at once; their server knows the id.
async function lease(id) {
  const take = () => {
    const entry = read(id);
    if (!entry || entry.lease > Date.now()) return undefined;
    write({ ...entry, lease: Date.now() + LEASE }); // where there is no room for it, two may send the same
    return entry;
  };
  try {
    return await navigator.locks.request(OUTBOX, { ifAvailable: true }, (lock) => (lock ? take() : undefined));
  } catch {
    return take();
  }
}

function quietly(work) {
  try {
    return work(localStorage);
  } catch {
    return undefined; // storage is forbidden, or full
  }
}

const ids = () => quietly((all) => Object.keys(all).filter((key) => key.startsWith(OUTBOX)).map((key) => key.slice(OUTBOX.length))) ?? [];
const stored = () => ids().flatMap((id) => read(id) ?? []);
const write = (entry) => quietly((all) => (all.setItem(OUTBOX + entry.id, JSON.stringify(entry)), true));

// An entry, whole; one whose time is over is taken away.
function read(id) {
  return quietly((all) => {
    const entry = parse(all.getItem(OUTBOX + id));
    const whole = /^[0-9a-f]{32}$/.test(id) && entry?.id === id && [entry.body, entry.type, entry.url].every((text) => typeof text === "string") &&
      [entry.expires, entry.not_before, entry.attempt, entry.lease ?? 0].every(Number.isFinite);
    const counts = whole && current(entry);
    if (!counts) return void all.removeItem(OUTBOX + id);
    if (counts !== entry) write(counts);
    return counts;
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
