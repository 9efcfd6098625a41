// Didomi: `for` is the vendor's id. The status is undefined until the visitor has chosen.
import { reporter, wanted } from "./report.js";

const vendor = wanted(import.meta.url, "leadpact");
const report = reporter("didomi");

(globalThis.didomiOnReady ??= []).push((didomi) => didomi.getObservableOnUserConsentStatusForVendor(vendor).subscribe(report));
