// A server's own code, as docs/server.md shows it: it has to compile against the published types.
import { explain, verify, type Difference, type Verified } from "../../src/server/types.js";

const pact = { pact: 1 as const, id: "demo", fields: [], qualification: { threshold: 50 } };
const found = verify('{"record": 1}', pact, new Date(), { answers: new URLSearchParams("a=1"), firstReceivedAt: 1_795_168_800_000 });
const differences: Difference[] = found.differences;
const score: number | undefined = found.assessment?.score;
const alone = verify(undefined, JSON.stringify(pact), "2026-11-20T10:00:00Z", { answers: { team: 60 } });
const words: string | undefined = explain(alone, pact, new Date(), "fr")?.sentences.decision;
const whole = (lead: Verified): string | undefined => lead.sla?.due_at?.phone ?? lead.pact.hash;

// @ts-expect-error An engine that stopped has found no score.
const sure: number = found.assessment.score;
export { differences, score, sure, whole, words };
