// The declared interfaces against what Rust serialises: `tests/types.rs` keeps sample.json true, this file keeps the
// types true. A key that only one side has, or a value of another kind, does not compile.
import type { Assessment, HandoffRecord, Thinking } from "../../src/browser/types.js";
import type { Difference, Verified } from "../../src/server/types.js";
import sample from "./sample.json" with { type: "json" };

type Wide<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;
type Whole<T> = T extends (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> }
    : Wide<T>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const holds = <Claim extends true>(claim?: Claim): void => void claim;

// Facts are named by the pact, so their values are looked at apart from their names.
type Fixed = Omit<HandoffRecord, "facts" | "assessment" | "sla"> & { sla: Omit<NonNullable<HandoffRecord["sla"]>, "due_at"> };
type Sample = typeof sample.record;
type SampleFixed = Omit<Sample, "facts" | "assessment" | "sla"> & { sla: Omit<Sample["sla"], "due_at"> };

holds<Same<Whole<Assessment>, Whole<typeof sample.assessment>>>();
holds<Same<Whole<Thinking>, Whole<typeof sample.thinking>>>();
holds<Same<Whole<Fixed>, Whole<SampleFixed>>>();
holds<Same<keyof HandoffRecord, keyof Sample>>();
holds<Same<keyof NonNullable<HandoffRecord["sla"]>, keyof Sample["sla"]>>();
holds<Same<keyof NonNullable<NonNullable<HandoffRecord["sla"]>["due_at"]>, keyof Sample["sla"]["due_at"]>>();
const facts: { [id: string]: string | number | boolean | string[] | { declined: boolean } | { value: number; last: string } } = sample.record.facts;

// What is found of a record: its parts are those of a record.
type Found = typeof sample.verified;
type Parts = "facts" | "assessment" | "sla" | "asked" | "differences";
holds<Same<keyof Verified, keyof Found>>();
holds<Same<Whole<Omit<Verified, Parts>>, Whole<Omit<Found, Parts>>>>();
holds<Same<keyof NonNullable<Verified["sla"]>, keyof Found["sla"]>>();
holds<Same<keyof Difference, keyof Found["differences"][number]>>();
export { facts };
