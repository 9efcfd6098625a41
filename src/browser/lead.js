// One visitor as a pact sees them: the engine's lead, and what the page itself reads in the pact.
import { Engine } from "./leadpact_bindgen.js";
import { said } from "./control.js";
import { choose, describe as described, label } from "./words.js";
import { zone } from "./zone.js";

const DECLINED = { declined: true };
const DECISIONS = ["handoff", "nurture", "disqualified"];
const [NUMBER, FLAG, CHOICE, IN, OUT] = [0, 1, 2, 3, 4];
const [PAGE_VIEWS, VISITS, ENGAGED_SECONDS, SCROLL_PERCENT, EVENTS, , QUERY, REFERRER] = Array(8).keys();
const [SCORE, FIT, INTEREST] = [0, 1, 2];

let inner; // what is behind a lead, for this file alone

function refuse(why) {
  if (why !== undefined) throw new Error(why);
}

export class Lead {
  #inner;
  static {
    inner = (lead) => lead.#inner;
    // In the richer module only.
    if (Engine.prototype.explain) {
      this.prototype.explain = function (asked, locale) {
        const { engine, ...own } = this.#inner;
        const { thinking, sentences } = JSON.parse(engine.explain(asked ?? own.asked.length, locale ?? own.locale));
        return { ...thinking, sentences };
      };
    }
  }

  constructor(pact, locale) {
    const text = String(JSON.stringify(pact));
    const engine = new Engine(text);
    // What a new instance of the module is told, should this one stop.
    const told = { text, draw: engine.drawn(), answers: new Map(), behaviour: false, kept: "{}" };
    this.#inner = { engine, told, pact: JSON.parse(text), locale: locale ?? "", asked: [] };
  }

  get score() {
    return this.#inner.engine.points(SCORE);
  }

  get fit() {
    return this.#inner.engine.points(FIT);
  }

  get interest() {
    return this.#inner.engine.points(INTEREST);
  }

  get decision() {
    return DECISIONS[this.#inner.engine.decision()];
  }

  get behaviour() {
    return this.#inner.engine.behaviour();
  }

  assess() {
    return JSON.parse(this.#inner.engine.assess(this.#inner.asked.length));
  }

  label(kind, id) {
    return label(this.#inner.pact, kind, id, this.#inner.locale);
  }

  answer(id, value = null) {
    const text = JSON.stringify(value);
    this.#inner.told.answers = new Map(this.#inner.told.answers).set(id, text);
    refuse(this.#inner.engine.answer(id, text));
  }

  observe(id, value, at) {
    refuse(this.#inner.engine.observe(id, JSON.stringify(value), at));
    seen(this.#inner, true);
  }

  setBehaviour(measured) {
    this.#inner.engine.setBehaviour(measured);
    this.#inner.told.behaviour = Boolean(measured);
    seen(this.#inner, true);
  }

  field(id) {
    return this.#inner.engine.field(id) ?? refuse(`\`${id}\`: the pact has no such field`);
  }

  setText(field, text) {
    return this.#inner.engine.setText(field, text);
  }

  setNumber(field, number) {
    return this.#inner.engine.set(field, NUMBER, number);
  }

  setFlag(field, flag) {
    return this.#inner.engine.set(field, FLAG, flag ? 1 : 0);
  }

  setChoice(field, option) {
    return this.#inner.engine.set(field, CHOICE, option >>> 0);
  }

  setOption(field, option, chosen) {
    return this.#inner.engine.set(field, chosen ? IN : OUT, option >>> 0);
  }

  decline(field) {
    return this.#say(field, DECLINED);
  }

  clear(field) {
    return this.#say(field, null);
  }

  free() {
    this.#inner.engine.free();
  }

  #say(field, answer) {
    this.#inner.engine.say(field, JSON.stringify(answer));
    return this.score;
  }
}

// Records what the inputs of one field say together, and returns whether the fact changed. Where no condition looks at a
// text and it is not to be remembered, only whether there is one is recorded, unless `whole`.
export function take(lead, field, inputs, whole) {
  const { engine, pact } = inner(lead);
  const values = said(inputs);
  const text = values?.at(-1) ?? "";
  const one = () => (whole || engine.reads(field) ? (text.toWellFormed?.() ?? text) : text.trim() && "-");
  const answer = !values ? DECLINED : pact.fields[field].kind === "choices" ? values : one();
  return engine.say(field, JSON.stringify(answer));
}

// How a field stands: 0 where it does not apply, 1 where it waits for an answer, 2 where it has one.
export const standing = (lead, field) => inner(lead).engine.standing(field);

// How a field is asked.
export const describe = (lead, field) => described(inner(lead).pact, field, inner(lead).locale);

// How many questions may be open at once.
export const perStep = (lead) => inner(lead).pact.asking?.per_step ?? 1;

// Notes that a question was asked, why, and how likely that was.
export const noteAsked = (lead, { field, why, probability }) => inner(lead).asked.push({ field, why, probability });

// The random number by which the visit's arm was drawn, where the pact makes an experiment. What an earlier page drew holds,
// unless this one has asked by its own draw already.
export function drawn(lead, earlier) {
  const { engine, asked, told } = inner(lead);
  if (earlier !== undefined && asked.length === 0) engine.draw((told.draw = earlier));
  return engine.drawn();
}

// What may be kept between visits: what was measured, and the answers to the fields that the pact lets be remembered.
export const keep = (lead) => JSON.parse(inner(lead).engine.keep());

// Counts the page that is shown; where a visit begins, also the visit and where it came from. `query` has the last value of
// each parameter of the address, `from` the host of an outside referrer. Returns whether anything changed, as all below do.
export function view(lead, begins, path, query, from) {
  const { engine } = inner(lead);
  const changed = [engine.count(PAGE_VIEWS, path), begins && engine.count(VISITS, path)];
  for (const [name, value] of Object.entries(query)) changed.push(engine.note(QUERY, name, value));
  if (begins && from !== undefined) changed.push(engine.note(REFERRER, "", from));
  return seen(inner(lead), changed.includes(true));
}

// Counts a second of attention.
export const linger = (lead, path) => counted(lead, ENGAGED_SECONDS, path);

// Notes how far down the page was seen, in percent.
export const scrolled = (lead, path, percent) => counted(lead, SCROLL_PERCENT, path, percent);

// Counts an event that the page reports.
export const happened = (lead, name) => counted(lead, EVENTS, name);

const counted = (lead, measure, named, value) => seen(inner(lead), inner(lead).engine.count(measure, named, value));

function seen({ engine, told, pact: { signals = [] } }, changed) {
  if (changed && signals.length > 0) told.kept = engine.keep();
  return changed;
}

// What a new instance would be told now. Told that again later, it knows nothing of what was begun and not ended: that can
// be done once more.
export const mark = (lead) => ({ ...inner(lead).told });
export const rewind = (lead, told) => (inner(lead).told = told);

// Puts a new instance of the module in the place of one that stopped, and tells it what the old one was told.
export function revive(lead) {
  const all = inner(lead);
  const { text, draw, answers, behaviour } = all.told;
  const kept = JSON.parse(all.told.kept);
  const engine = (all.engine = new Engine(text));
  if (draw !== undefined) engine.draw(draw);
  engine.setBehaviour(behaviour);
  for (const { id } of behaviour ? (all.pact.signals ?? []) : []) {
    const seen = Object.hasOwn(kept, id) ? kept[id] : undefined; // not what every object has of that name
    const { value, last } = seen?.last ? seen : { value: seen };
    if (value) engine.observe(id, JSON.stringify(value), last && Date.parse(last));
  }
  for (const [id, answer] of answers) engine.answer(id, answer);
}

// What the route that takes the lead offers, once it is to be handed over.
export function offered(lead, { decision, route }) {
  const { pact, locale } = inner(lead);
  const offer = decision === "handoff" ? pact.handoff?.routes?.find(({ to }) => to === route)?.offer : undefined;
  return offer && { url: offer.url, label: choose(offer.label, locale, pact.locales) };
}

// The hand-off record of the lead now, but for the submission's id and attempt; what is absent is left out.
export function handOff(lead, hash, { by, at, text_version, gpc }) {
  const { engine, pact, asked } = inner(lead);
  const { facts, assessment, sla, experiment, at: now } = JSON.parse(
    engine.handOff(asked.length, zone(pact.handoff?.calendar?.zone)),
  );
  const { behaviour } = lead;
  return JSON.parse(
    JSON.stringify({
      record: 1,
      id: "",
      attempt: 1,
      pact: { id: pact.id, revision: pact.revision, hash },
      at: now,
      behaviour,
      facts,
      assessment,
      route: assessment.route,
      sla,
      asked,
      experiment,
      consent: { behaviour, by, at, text_version, gpc },
    }),
  );
}
