// Cookiebot: `for` is the category: `preferences`, `statistics` (the default) or `marketing`.
import { reporter, wanted } from "./report.js";

const category = wanted(import.meta.url, "statistics");
const report = reporter("cookiebot");

function say() {
  const { hasResponse, consent } = globalThis.Cookiebot ?? {};
  if (hasResponse) report(consent?.[category] === true);
}

for (const type of ["CookiebotOnConsentReady", "CookiebotOnAccept", "CookiebotOnDecline"]) addEventListener(type, say);
say();
