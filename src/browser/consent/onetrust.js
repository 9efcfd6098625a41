// OneTrust: `for` is the category, by default that of performance. Groups that are active before the banner was
// answered are defaults, and no consent.
import { reporter, wanted, whenThere } from "./report.js";

const category = wanted(import.meta.url, "C0002");
const report = reporter("onetrust");

function say() {
  if (!globalThis.OneTrust?.IsAlertBoxClosed?.()) return;
  report(String(globalThis.OnetrustActiveGroups ?? "").split(",").includes(category));
}

addEventListener("OneTrustGroupsUpdated", say);
whenThere(() => globalThis.OneTrust?.IsAlertBoxClosed, say);
