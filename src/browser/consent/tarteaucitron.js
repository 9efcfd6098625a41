// tarteaucitron: `for` is the key of the service. Its state is `true`, `false`, or `"wait"` while nothing was said.
// Without `highPrivacy` it takes going on to another page for consent, which it is not: then nothing is reported.
import { reporter, wanted } from "./report.js";

const key = wanted(import.meta.url, "leadpact");
const report = reporter("tarteaucitron");
const say = () => globalThis.tarteaucitron?.highPrivacy && report(globalThis.tarteaucitron.state[key]);

// Of an answer from another day it only says that the service is loaded, just before its state is set.
const TYPES = ["tac.consent_updated", `${key}_allowed`, `${key}_disallowed`, `${key}_loaded`];
for (const type of TYPES) document.addEventListener(type, () => queueMicrotask(say));
say();
