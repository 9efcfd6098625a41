/** LeadPact: one pact between marketing and sales scores a lead as the form is filled and decides what to ask next. */

/** Where a lead goes. Every form that is submitted arrives, whatever the decision. */
export type Decision = "handoff" | "nurture" | "disqualified";

/** How far a lead has come. */
export type Stage = "visitor" | "lead" | "mql" | "disqualified";

/** Why a question is asked: its answer may settle the decision, or sales needs it. */
export type Why = "decides" | "needed";

/** How sales reaches a lead. */
export type Channel = "email" | "phone" | "sms" | "chat" | "meeting";

/** An answer as JSON has it; `null` makes the fact unknown. */
export type Answer = string | number | boolean | string[] | { declined: true } | null;

/** A question worth asking. */
export interface Ask {
  /** The field's id. */
  field: string;
  /** Which reason weighs more. */
  why: Why;
  /** What asking it now, and then whatever is worth asking, is expected to add, in qualified leads; may be negative. */
  gain: number;
  /** Of the first question of a visit of a pact that explores: how likely it was to be the one, where anything is asked. */
  probability?: number;
}

/** What was drawn for a visit of a pact that makes an experiment. */
export interface Experiment {
  /** Nothing extra is asked in `holdout`; in `explore` the first question is one of those worth asking, whichever. */
  arm: "plain" | "holdout" | "explore";
  /** The probability of this arm. */
  probability: number;
  /** The random number, from 0 to 1. */
  draw: number;
}

/** How likely each decision is, were every question answered. */
export interface Odds {
  handoff: number;
  nurture: number;
  disqualified: number;
}

/** A criterion that earned points. */
export interface Reason {
  criterion: string;
  points: number;
}

/** The points of a group: its sum, `raw`, held within the group's bounds. */
export interface GroupPoints {
  group: string;
  points: number;
  raw: number;
}

/** Everything the engine says of a lead at one time. */
export interface Assessment {
  /** Fit and interest together. */
  score: number;
  /** Who the visitor is, in points. */
  fit: number;
  /** What the visitor does, in points. */
  interest: number;
  /** `A1` … `D4`, or `A-` … `D-` where behaviour was not measured; absent where the pact grades nothing. */
  grade?: string;
  stage: Stage;
  decision: Decision;
  /** Whether sales knows all that it needs. */
  complete: boolean;
  /** The fields that sales needs and does not know. */
  missing: string[];
  /** No completion scores less. */
  low: number;
  /** No completion scores more. */
  high: number;
  odds: Odds;
  /** Whether every completion gives the same decision. */
  certain: boolean;
  /** Whether the odds rest on a share that the pact does not give. */
  assumed: boolean;
  /** Present where the odds are drawn rather than exact. */
  approximate?: boolean;
  /** Every criterion that earned points, in the pact's order. */
  reasons: Reason[];
  /** Every group, in the pact's order. */
  groups: GroupPoints[];
  /** The questions worth asking now, the best first; empty when it is time to stop. */
  ask: Ask[];
  /** Who takes the lead; absent where no route does. */
  route?: string;
}

/** The end of a span of numbers, in the words of conditions. */
export interface Span {
  at_least?: number;
  above?: number;
  at_most?: number;
  below?: number;
}

/** Answers that the decision cannot tell apart; with nothing in it, any answer but those that count. */
export interface Answers {
  /** One of these options; of `yes_no`, `yes` or `no`. */
  options?: string[];
  /** Of `choices`: at least one of each of these lists. */
  includes?: string[][];
  /** A number in one of these spans. */
  spans?: Span[];
  /** A text that contains at least one of each of these lists of words. */
  contains?: string[][];
  /** Exactly one of these texts. */
  texts?: string[];
  /** An e-mail address of one of these providers. */
  providers?: string[];
}

/** Why a question is asked, and what each answer would do. */
export interface Explanation extends Omit<Ask, "probability"> {
  /** The part of visitors that the question is expected to lose, from 0 to 1. */
  loss: number;
  /** What each answer would do; `share` is how likely it is. Empty where none moves the odds or there are too many. */
  answers: { answer: Answers; share: number; odds: Odds }[];
}

/** What one group earned: its sum `raw`, held within the group's bounds, by the criteria that earned points. */
export interface Earned extends GroupPoints {
  criteria: Reason[];
}

/** Where the points come from, and what the engine thinks of the questions that are left. */
export interface Thinking {
  /** Whether behaviour was measured. */
  behaviour: boolean;
  groups: Earned[];
  decision: Decision;
  odds: Odds;
  assumed: boolean;
  approximate?: boolean;
  /** The questions worth asking now, the best first. */
  ask: Explanation[];
  /** Why nothing more is asked; absent where something is. */
  stop?: "off" | "budget" | "certain" | "nothing" | "value" | "holdout";
  /** The cheapest single answer that would change the decision; `given` where it would replace one. */
  change?: { field: string; given: boolean; answer: Answers; decision: Decision };
  /** The same in words: French where the locale is French, else English. */
  sentences: {
    score: string;
    groups: { sentence: string; criteria: string[] }[];
    decision: string;
    odds: string;
    ask: {
      label: string;
      sentence: string;
      answers: { answer: string; chance: string; share: string; disqualified?: string }[];
      cost: string;
    }[];
    stop?: string;
    change?: string;
    /** What the odds rest on, where that is not the pact alone. */
    caveats: string[];
  };
}

/** A numeric signal that has grown, and when it last did. */
export interface Grown {
  value: number;
  /** RFC 3339. */
  last: string;
}

/** What the visitor consented to, and how that is known. */
export interface Consent {
  /** Whether behaviour may be measured. */
  behaviour: boolean;
  /** Who says so, such as the consent manager. */
  by?: string;
  /** When it was said, in RFC 3339. */
  at?: string;
  /** Which text was agreed to. */
  text_version?: string;
  /** Present where the browser sent Global Privacy Control; a grant that comes after it counts. */
  gpc?: true;
}

/**
 * Whether behaviour may be measured: `unknown` before anything was said, `denied` where it was refused or the browser
 * sends Global Privacy Control, `withdrawn` where it was granted before.
 */
export type ConsentState = "unknown" | "denied" | "granted" | "withdrawn";

/** What travels with a submitted form, in its entry `leadpact`. */
export interface HandoffRecord {
  /** The format of the record. */
  record: number;
  /** A random id, the same however often the record is sent; also in the entry `leadpact_id`. */
  id: string;
  /** Which version of the answers this is, from 1: the highest wins. */
  attempt: number;
  /** The pact; `hash` is the SHA-256 of its canonical JSON, absent without a secure connection. */
  pact: { id: string; revision?: string; hash?: string };
  /** When the record was made, in RFC 3339. */
  at: string;
  /** Whether behaviour was measured. */
  behaviour: boolean;
  /** The facts that are known, by id. */
  facts: { [id: string]: string | number | boolean | string[] | { declined: true } | Grown };
  assessment: Assessment;
  /** Who takes the lead. */
  route?: string;
  /** What sales promises. */
  sla?: Sla;
  /** The questions that were asked, in their order. */
  asked: { field: string; why: Why; probability?: number }[];
  /** What was drawn for the visit; absent where the pact makes no experiment. */
  experiment?: Experiment;
  consent: Consent;
  /** Present where a program seems to have filled the form; no reason to refuse a lead. */
  automated?: true;
}

/** What sales promises for a lead. */
export interface Sla {
  respond_within_hours: number;
  /**
   * By when, by channel, in RFC 3339. With a calendar, its working hours are counted in its zone; absent where the browser
   * does not know the zone, or the calendar has fewer hours in ten years.
   */
  due_at?: { [channel in Channel]?: string };
  channels: Channel[];
  attempts?: number;
  every_hours?: number;
}

/** A pact as JSON. Its own schema says what stands in it. */
export type PactSource = { pact: 1; id: string } & { [key: string]: unknown };

/**
 * One visitor as a pact sees them. `attach` gives the lead of a form; `new Lead(pact)` is for pages that draw their own,
 * once {@link ready} has resolved.
 *
 * The setters take handles, cost next to nothing and return the score; what does not fit leaves the fact unknown.
 */
export class Lead {
  /**
   * Behaviour is not measured until `setBehaviour(true)`.
   * @param locale The language of labels; the pact's first one where absent.
   * @throws Every place that is wrong in the pact, a line each; `leadpact check` says what is wrong there.
   */
  constructor(pact: PactSource | object, locale?: string);
  /** Fit and interest together. */
  readonly score: number;
  /** Who the visitor is, in points. */
  readonly fit: number;
  /** What the visitor does, in points. */
  readonly interest: number;
  readonly decision: Decision;
  /** Whether behaviour is measured. */
  readonly behaviour: boolean;
  /** Everything the engine says of the lead now. */
  assess(): Assessment;
  /**
   * Why the next questions are asked and what each answer would do, in the module `leadpact/explain` only.
   * @param asked How many questions the visit has asked beyond those always asked; as the module counted where absent.
   * @param locale The language of the sentences; the lead's where absent.
   */
  explain?(asked?: number, locale?: string): Thinking;
  /** What people call a thing of the pact; the id where it has no name. */
  label(kind: "fields" | "criteria" | "groups" | "signals" | "disqualify", id: string): string;
  /**
   * Records an answer.
   * @throws Where the field is not in the pact or the answer does not fit it; the fact is then unknown.
   */
  answer(id: string, value: Answer | undefined): void;
  /**
   * Records what a signal has grown to, or the text it has.
   * @param at When, in milliseconds as `Date.now()` gives them, within the years 1970 to 9999; now where absent.
   * @throws Where the signal is not in the pact, the value does not fit it, or behaviour is not measured.
   */
  observe(id: string, value: number | string, at?: number): void;
  /** Says whether behaviour may be measured; without, what was measured is dropped. */
  setBehaviour(measured: boolean): void;
  /**
   * The handle of a field, for the setters.
   * @throws Where no field is called so.
   */
  field(id: string): number;
  /** Answers with a text. */
  setText(field: number, text: string): number;
  /** Answers with a number. */
  setNumber(field: number, number: number): number;
  /** Answers yes or no. */
  setFlag(field: number, flag: boolean): number;
  /** Answers a `choice` with the option at this position in the pact, from 0. */
  setChoice(field: number, option: number): number;
  /** Takes an option of a `choices` field in or out. */
  setOption(field: number, option: number, chosen: boolean): number;
  /** Answers "I'd rather not say". */
  decline(field: number): number;
  /** Makes the fact unknown. */
  clear(field: number): number;
  /** Gives the memory back at once; the lead cannot be used after. Nor can one of your own after the module stopped. */
  free(): void;
}

export interface AttachOptions {
  /** The pact or its address; the form's `data-leadpact` where absent. */
  pact?: string | PactSource | object;
  /**
   * For how many days what is remembered lasts, from 1 to 395, counted from when it was first written; the form's
   * `data-leadpact-retention` where absent, else 90.
   */
  retention?: number;
  /**
   * `"memory"`: what is seen before the visitor agrees or refuses is held in memory, counted once they agree and dropped
   * once they refuse; the form's `data-leadpact-before-consent` where absent, else nothing is held.
   */
  before_consent?: "memory";
  /**
   * `"fetch"`: the page stays, and the form is sent by `fetch` to the endpoint, with retries under one id; whatever fetch
   * cannot do, the form's own request does. The form's `data-leadpact-delivery` where absent, else the browser sends it.
   * The form needs `method="post"` and an `action`.
   */
  delivery?: "fetch" | "native";
  /**
   * Where `fetch` delivers, `https:` or of the page's own origin; the form's `data-leadpact-endpoint` where absent, else
   * the pact's `handoff.deliver.endpoint`, else the form's `action`; where that is of another origin, the browser sends the
   * form.
   */
  endpoint?: string;
  /** The body: `json` where neither this, nor `data-leadpact-format`, nor the pact says another. */
  format?: "form" | "json" | "cloudevents";
  /**
   * What counts as acknowledged: a 2xx answer, not of HTML, with the submission's id in it (or 204), or with `"status"` any 2xx, which a
   * captive portal may give as well. Also `data-leadpact-acknowledge`.
   */
  acknowledge?: "id" | "status";
  /** As of `fetch`; also `data-leadpact-credentials`. */
  credentials?: "omit" | "same-origin" | "include";
  /** Whether an endpoint of another origin answers preflight requests: it gets JSON as such then. Also `data-leadpact-cors`. */
  cors?: boolean;
  /**
   * Whether a lead is kept on the device until it has arrived, for a day at most, and sent once that is possible. Where it
   * could not be sent, the visitor is told. Also `data-leadpact-outbox`.
   */
  outbox?: boolean;
}

/**
 * Binds a form to its pact. Forms with `data-leadpact` are bound without it; called again, it gives the same lead.
 * Rejects where anything fails, and the form stays a plain form.
 *
 * Hidden inputs, passwords and files are not read, even under the name of a field. What the form sends in hidden inputs
 * does reach the server, which scores it: its score may then differ from the one in the page.
 */
export function attach(form: HTMLFormElement | string, options?: AttachOptions): Promise<Lead>;

/** Lets go of a form and takes out what was added to it. */
export function detach(form: HTMLFormElement | string): void;

/**
 * Says what the visitor consents to. Before `behaviour: true` nothing is measured; after `false` what was is dropped.
 * @param source Who speaks, the page where absent; of several, each of which may change its mind, all must agree.
 */
export function consent(consent: Omit<Consent, "at"> & { at?: string | Date }, source?: string): void;

/** Counts an event for the signals of that name. Clicks on `data-leadpact-event="name"` are counted without it. */
export function event(name: string): void;

/**
 * Counts a page view, for pages that change without loading anew and whose address does not say so. Another path in the
 * address is counted by itself where the browser has the Navigation API; without `path`, it is counted unless it was.
 */
export function page(path?: string): void;

/** All that LeadPact keeps on the device, as text by key. */
declare function exported(): { [key: string]: string };
export { exported as export };

/** Erases all that LeadPact keeps on the device, in every tab; where behaviour was measured, that is withdrawn. */
export function erase(): void;

/**
 * Resolves once `new Lead(pact)` can be called.
 * @param options Where the wasm is, if not beside the script; an attribute `data-leadpact-wasm` says the same.
 */
export function ready(options?: { wasm?: string }): Promise<void>;

/**
 * Listens to an event of a form, by its name with or without `leadpact:`, or of `document` for consent. Of `ready`,
 * `assessed`, `decided`, `sent` and `consent` who comes late hears the last one at once. Returns how to stop listening.
 */
export function on<Name extends keyof LeadPactEvents | "leadpact:consent">(
  target: HTMLFormElement | Document | string,
  name: Name | (Name extends `leadpact:${infer Short}` ? Short : never),
  listener: (event: CustomEvent) => void,
): () => void;

/** The detail of `leadpact:assessed`, after each change of a fact. */
export interface Assessed {
  score: number;
  fit: number;
  interest: number;
  decision: Decision;
  lead: Lead;
}

/**
 * The events on the form; all bubble. `leadpact:asking` can be cancelled: then the question is not asked. The record of
 * `leadpact:handoff` is sent as the listeners leave it.
 */
export interface LeadPactEvents {
  "leadpact:ready": CustomEvent<{ lead: Lead }>;
  "leadpact:assessed": CustomEvent<Assessed>;
  /** The decision is another one than before. */
  "leadpact:decided": CustomEvent<{ decision: Decision; score: number; fit: number; interest: number }>;
  /** A field of the pact was answered; `asked` where the module asked for it. */
  "leadpact:answered": CustomEvent<{ field: string; asked: boolean }>;
  "leadpact:asking": CustomEvent<Ask>;
  "leadpact:asked": CustomEvent<Ask>;
  "leadpact:handoff": CustomEvent<{ record: HandoffRecord }>;
  /**
   * Where the form is delivered by fetch: the endpoint acknowledged the submission. Cancelled, the module shows no message
   * of its own. `earlier` where it waited from before, and nobody in this page sent it.
   */
  "leadpact:sent": CustomEvent<{ id: string; status: number; earlier?: true }>;
  /** Something failed; `id` is that of a submission that could not be delivered. */
  "leadpact:error": CustomEvent<{ message: string; id?: string }>;
}

declare global {
  interface HTMLElementEventMap extends LeadPactEvents {}
  interface DocumentEventMap extends LeadPactEvents {
    "leadpact:consent": CustomEvent<Consent & { state: ConsentState }>;
  }
  interface HTMLElementTagNameMap {
    /** Says where the questions of its form go; elsewhere than in the form with the form's id in `form`. */
    "leadpact-questions": HTMLElement & { readonly form: HTMLFormElement | null };
  }
  interface Window {
    /** What is pushed here is called with `LeadPact` once it is there. */
    leadpact?: { push(...works: ((LeadPact: Window["LeadPact"]) => void)[]): unknown };
    LeadPact: {
      attach: typeof attach;
      detach: typeof detach;
      consent: typeof consent;
      erase: typeof erase;
      export: typeof exported;
      event: typeof event;
      on: typeof on;
      page: typeof page;
      ready: typeof ready;
      Lead: typeof Lead;
    };
  }
}
