/** The server's half of LeadPact, for Node: the engine that scores in the page computes everything anew. */
import type { Assessment, Answer, Experiment, HandoffRecord, PactSource, Sla, Thinking } from "../browser/types.js";

/** One difference between what a record claims and what is found. It is shown to sales; no lead is refused for it. */
export interface Difference {
  /** What differs, as a path: `score`, `pact.hash`, `facts.sector`. */
  what: string;
  /** What was claimed. */
  claimed?: unknown;
  /** What is found. */
  found?: unknown;
  /** What is wrong, where that says more; never a fact's value. */
  note?: string;
}

/** What the server itself finds of a lead. */
export interface Verified {
  /** The record's id, 32 hexadecimal digits; absent where it is none. */
  id?: string;
  /** Which version of the answers this is, from 1: the highest wins. */
  attempt: number;
  /** The pact that the lead was held against. */
  pact: { id: string; revision?: string; hash: string };
  /** Whether what was measured counts: the record says so, and the consent in it allows it. */
  behaviour: boolean;
  /** The facts that were assessed, by id. */
  facts: HandoffRecord["facts"];
  /** Everything the engine says of them at the time of receipt. */
  assessment: Assessment;
  /** What sales promises, from the first receipt on. */
  sla?: Sla;
  /** The questions that were asked, as the record has them. */
  asked: unknown[];
  /** Where the record claims something else; empty where it is true. */
  differences: Difference[];
}

/** All that is known where a record stopped the engine: the lead is kept all the same. */
export interface Unverified extends Partial<Omit<Verified, "differences">> {
  differences: Difference[];
}

/** A point in time: a date, milliseconds, or text in RFC 3339. */
export type When = Date | number | string;

export interface Receipt {
  /**
   * What the form itself sent: pairs, as `URLSearchParams` and `FormData` have them, or an object. A field's own answer wins
   * over the record's fact: it is what the visitor saw and sent.
   */
  answers?: Iterable<[string, unknown]> | { [name: string]: unknown };
  /** When the record's id first arrived, from which on sales promises count; `receivedAt` where absent. */
  firstReceivedAt?: When;
}

/**
 * Computes everything that a record says anew, at the time of its receipt, and says what differs. Whatever the record is,
 * nothing is thrown for it.
 * @param record The record, as an object or as JSON text; `undefined` or `null` where the form was sent without one.
 * @param pact The pact, as an object or as JSON text. It is read once for as long as its text is the same.
 * @param receivedAt By the server's clock; now where absent or no time.
 * @throws Where the pact is not valid: an error named `PactError`, with a line for each place that is wrong.
 */
export function verify(record: unknown, pact: PactSource | object | string, receivedAt?: When, receipt?: Receipt): Verified | Unverified;

/**
 * What the engine thinks of a lead of these facts, as data and in words; nothing where that stopped the engine.
 * @param lead What {@link verify} returned, or was kept of it.
 * @param at The time of the assessment; now where absent.
 * @param locale The language of the sentences: French where it is French, else English; the pact's first where absent.
 * @throws As {@link verify} does.
 */
export function explain(
  lead: { facts?: { [id: string]: Answer | object }; behaviour?: boolean; asked?: unknown[] },
  pact: PactSource | object | string,
  at?: When,
  locale?: string,
): Thinking | undefined;

export type { Assessment, Experiment, HandoffRecord, PactSource, Sla, Thinking };
