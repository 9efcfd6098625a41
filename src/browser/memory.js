// What is kept between visits once the visitor agreed to it: one entry of localStorage a pact. Without storage everything
// goes on in memory.
import { isNewer, isText, readEntry, writeEntry } from "./entry.js";
import { drawn, keep } from "./lead.js";
import { OUTBOX, current } from "./outbox.js";

// What is kept by names of the pact, with none that every object has.
const named = (entries) => ({ __proto__: null, ...entries });
export const PREFIX = "leadpact:";
export const ERASED = `${PREFIX}erased:`; // there for a moment, for other tabs to hear of it
const DAY = 86_400_000;
const OFTEN = 1000; // milliseconds between two writes
const VISIT = 30 * 60_000; // milliseconds without activity after which a visit is a new one
const SUMMED = ["page_views", "visits", "engaged_seconds", "events"];
const [USUAL, LONGEST_KEPT] = [90, 395]; // days

// Storage may be forbidden: reading the property alone can throw.
export const within = (area, work) => {
  try {
    return work(globalThis[area]);
  } catch {
    return undefined;
  }
};
export const storage = (work) => within("localStorage", work);

const AREAS = ["localStorage", "sessionStorage"]; // the latter for a submission through a reload
const keys = (area) => within(area, (all) => Object.keys(all).filter((key) => key.startsWith(PREFIX))) ?? [];

// All that is kept, as text by key.
export const kept = () =>
  Object.fromEntries(AREAS.flatMap((area) => keys(area).map((key) => [key, within(area, (all) => all.getItem(key))])));

// Takes it away, which other tabs are told of; of leads that wait to be sent only where those are meant, too.
export function forget(waiting) {
  for (const area of AREAS) {
    for (const key of keys(area)) if (waiting || !waits(key)) within(area, (all) => all.removeItem(key));
  }
  if (waiting) storage((all) => (all.setItem(ERASED, ""), all.removeItem(ERASED)));
}

// Whether that is a lead that waits to be sent: for a day at most, also where no page comes that would send it.
function waits(key) {
  const entry = key.startsWith(OUTBOX) && storage((all) => JSON.parse(all.getItem(key)));
  const counts = current(entry);
  if (counts && counts !== entry) storage((all) => all.setItem(key, JSON.stringify(counts)));
  return Boolean(counts);
}
// Whether an entry, of whatever pact, is older than any may be.
export const isOver = (text) => Date.now() - readEntry(text ?? "")?.since > LONGEST_KEPT * DAY;
const sweep = () => {
  for (const key of keys("localStorage")) {
    const over = key.startsWith(OUTBOX) ? !waits(key) : isOver(storage((all) => all.getItem(key)));
    if (over) storage((all) => all.removeItem(key));
  }
};

// For how many days a form's memory lasts.
export function retention(days) {
  const kept = Number(days ?? USUAL);
  if (kept >= 1 && kept <= LONGEST_KEPT) return kept;
  throw new Error(`what is remembered lasts 1 to ${LONGEST_KEPT} days`);
}

export class Memory {
  #lead;
  #key;
  #kinds; // signal → what it measures
  #lasts; // milliseconds
  #based = { signals: named(), answers: named() }; // what this page and the entry agreed on last
  #restored = { signals: named(), answers: named() }; // what came from earlier pages
  #active = 0; // when the visitor was last known to be there
  #since;
  #person;
  #salt;
  #safely; // does what may stop the module
  #timer;
  #open = false;
  #written = false; // whether there is an entry
  serves = false; // whether this one remembers: of several forms with one pact only one does

  constructor(lead, { id, signals = [] }, days, safely) {
    this.#lead = lead;
    this.#key = PREFIX + id;
    this.#kinds = new Map(signals.map(({ id, measure }) => [id, measure]));
    this.#lasts = days * DAY;
    this.#safely = safely;
  }

  get key() {
    return this.#key;
  }

  // Brings back what is kept; says whether a visit begins, and which answers came back.
  open() {
    if (!this.serves) return { begins: true, answers: {} };
    const now = Date.now();
    sweep();
    const entry = this.#read(now);
    const { since, active, person, salt, signals, answers } = entry ?? this.#empty(now);
    // The arm of an experiment stays the visitor's, unless this page has asked by another one already.
    drawn(this.#lead, entry?.drawn);
    this.#open = true;
    this.#written = Boolean(entry);
    [this.#since, this.#person, this.#salt, this.#active] = [since, person, salt, now];
    this.#based = this.#restored = { signals, answers };
    this.#tell(signals);
    this.#age(now);
    return { begins: !entry || now - active > VISIT, answers };
  }

  // Whether a visit begins now: whoever was away in this tab may have been there in another one.
  begins(now) {
    if (!this.#open) return true;
    const active = Math.max(this.#active, this.#read(now)?.active ?? 0);
    return now - active > VISIT;
  }

  // Whether the entry was taken away by somebody else: a page that rests in the browser's cache is not told of it.
  isGone() {
    return this.#open && this.#written && storage((all) => all.getItem(this.#key) === null) === true;
  }

  #empty(now) {
    const salt = crypto.getRandomValues(new Uint32Array(2)).join("");
    return { since: now, active: now, salt, signals: named(), answers: named() };
  }

  // The entry, unless there is none, it is not whole, or its time is over; then the next write takes its place. Taken
  // away, it would look to other tabs as if the visitor had withdrawn.
  #read(now) {
    const text = storage((all) => all.getItem(this.#key));
    const entry = text ? readEntry(text) : undefined;
    // A clock that was put back by more than a day would keep it for longer than was promised.
    if (entry && now - entry.since < this.#lasts && now - entry.since > -DAY)
      return { ...entry, signals: named(entry.signals), answers: named(entry.answers) };
    return undefined;
  }

  // What of the entry the pact still knows; the engine refuses the rest.
  #tell(signals) {
    for (const [id, value] of Object.entries(signals)) {
      const [said, last] = isText(value) ? [value] : [value.value, value.last];
      if (this.#kinds.has(id) && (isText(value) || said > 0)) quietly(() => this.#lead.observe(id, said, last));
    }
  }

  // Whole days since the first visit.
  #age(now) {
    const days = Math.floor((now - this.#since) / DAY);
    const { signals } = this.#own();
    for (const [id, measure] of this.#kinds) {
      const known = signals[id]?.value ?? 0;
      if (measure === "days_known" && days > known) quietly(() => this.#lead.observe(id, days, now));
    }
  }

  // What this page knows, signals with their time in milliseconds.
  #own() {
    const own = { signals: named(), answers: named() };
    for (const [id, value] of Object.entries(keep(this.#lead))) {
      if (!this.#kinds.has(id)) own.answers[id] = value;
      else if (isText(value)) own.signals[id] = value;
      else own.signals[id] = { value: value.value ?? value, last: value.last ? Date.parse(value.last) : 0 };
    }
    return own;
  }

  // Something changed while the visitor was there.
  note() {
    this.#active = Date.now();
    this.#soon();
  }

  // At most one write a second.
  #soon() {
    if (this.#open) this.#timer ??= setTimeout(() => this.#safely(() => this.write()), OFTEN);
  }

  // Writes under a lock where the browser has them, so that no other tab writes in between. A page that is left writes at
  // once: one that waits for a lock is not kept to come back to.
  write(leaves = false) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#open) return;
    const merge = () => this.#safely(() => this.#merge());
    const { locks } = navigator;
    if (leaves || !locks) merge();
    else locks.request(this.#key, { ifAvailable: true }, (lock) => (lock ? merge() : this.#soon()))?.catch(() => {});
  }

  // Counts add up over the tabs, the rest grows to the most of them; an answer is what was answered last.
  #merge(anew = false) {
    if (!this.#open || isNewer(storage((all) => all.getItem(this.#key)) ?? "")) return undefined;
    const now = Date.now();
    // A page may stay open for longer than what is kept lasts.
    if (now - this.#since >= this.#lasts) return this.#begin(() => {});
    this.#age(now);
    const stored = (!anew && this.#read(now)) || this.#empty(this.#since);
    const [own, base] = [this.#own(), this.#based];
    const signals = named();
    for (const [id, measure] of this.#kinds) {
      const [here, before, there] = [own.signals[id], base.signals[id], stored.signals[id]];
      const merged = isText(here) || isText(there) ? (here !== before ? here : there) ?? here : grown(measure, here, before, there);
      if (merged !== undefined) signals[id] = merged;
    }
    const answers = named(stored.answers);
    for (const id of Object.keys(base.answers)) if (!(id in own.answers)) delete answers[id];
    for (const [id, value] of Object.entries(own.answers)) if (!same(value, base.answers[id])) answers[id] = value;
    const [person, salt] = this.#person ? [this.#person, this.#salt] : [stored.person, stored.salt];
    const [since, active] = [Math.min(stored.since, this.#since), Math.max(stored.active, this.#active)];
    const text = writeEntry({ since, active, person, salt, drawn: stored.drawn ?? drawn(this.#lead), signals, answers });
    // What was not written is not agreed on.
    if (!text || !storage((all) => (all.setItem(this.#key, text), true))) return undefined;
    this.#written = true;
    if (this.#person === undefined) [this.#person, this.#salt] = [person, salt];
    this.#based = { signals, answers: own.answers };
    return this.#tell(signals);
  }

  // Whose the answers are, by a few digits of a salted hash of the address. Calls back with what to take back where they
  // are another person's.
  async belongsTo(address, another) {
    if (!this.#open || !globalThis.crypto?.subtle) return;
    // Another tab may have heard of a person first.
    const known = this.#person === undefined && this.#read(Date.now());
    if (known?.person) [this.#person, this.#salt] = [known.person, known.salt];
    const bytes = new TextEncoder().encode(this.#salt + address.trim().toLowerCase());
    const hash = new Uint32Array(await crypto.subtle.digest("SHA-256", bytes))[0].toString(16);
    if (!this.#open) return;
    const other = this.#person !== undefined && this.#person !== hash;
    this.#person = hash;
    if (other) this.#safely(() => this.#begin(another));
    this.note();
  }

  // Begins anew with what this page alone knows.
  #begin(another) {
    const { signals, answers } = this.#restored;
    const own = this.#own();
    for (const [id, here] of Object.entries(own.signals)) {
      if (isText(here) && here === signals[id]) quietly(() => this.#lead.observe(id, ""));
      const { value, last } = here;
      const earlier = signals[id]?.value ?? 0;
      if (earlier > 0) quietly(() => this.#lead.observe(id, SUMMED.includes(this.#kinds.get(id)) ? value - earlier : 0, last));
    }
    this.#since = Date.now();
    this.#restored = this.#based = { signals: named(), answers: named() };
    another(Object.keys(answers).filter((id) => same(answers[id], own.answers[id])));
    this.#merge(true);
  }

  close() {
    this.#open = false;
    const timer = this.#timer;
    this.#timer = undefined;
    clearTimeout(timer);
  }

}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function grown(measure, here, before, there) {
  if (!here || !there) return here ?? there;
  const sums = SUMMED.includes(measure);
  const value = sums ? there.value + Math.max(0, here.value - (before?.value ?? 0)) : Math.max(here.value, there.value);
  return { value, last: Math.max(here.last, there.last) };
}

// What does not fit the pact any more is not brought back.
function quietly(work) {
  try {
    work();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
  }
}
