// Axeptio: `for` names the vendor as it is configured there.
import { reporter, wanted } from "./report.js";

const vendor = wanted(import.meta.url, "leadpact");
const report = reporter("axeptio");

(globalThis._axcb ??= []).push((axeptio) => axeptio.on("cookies:complete", (choices) => report(choices[vendor] === true)));
