// Klaro: `for` names the service. A toggle counts once it is saved.
import { reporter, wanted, whenThere } from "./report.js";

const service = wanted(import.meta.url, "leadpact");
const report = reporter("klaro");

whenThere(() => globalThis.klaro?.getManager, () => {
  const manager = globalThis.klaro.getManager();
  const say = () => manager.confirmed && report(manager.getConsent(service));
  manager.watch({ update: (_, name) => name === "saveConsents" && say() });
  say();
});
