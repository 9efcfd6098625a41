// What the visitor agreed to, by everything that was said of it. Where the page and consent managers disagree, what is
// more private holds.
import { emit } from "./events.js";

export function consents(changed) {
  const sources = new Map(); // who said something → what, the latest last
  const gpc = globalThis.navigator?.globalPrivacyControl === true || undefined;
  let given = { behaviour: false, state: gpc ? "denied" : "unknown", gpc };

  function consent(evidence, source = "page") {
    const { behaviour, by, at, text_version } = evidence ?? {};
    sources.delete(source);
    sources.set(source, { behaviour: behaviour === true, by: text(by), at: text(at), text_version: text(text_version) });
    const said = [...sources.values()].reverse();
    const holds = said.find((one) => !one.behaviour) ?? said[0];
    become(holds);
  }

  function become(holds) {
    const refused = given.behaviour || given.state === "withdrawn" ? "withdrawn" : "denied";
    given = { ...holds, state: holds.behaviour ? "granted" : refused, gpc };
    changed(given);
    emit(document, "leadpact:consent", given);
  }

  // Forgets what was said: whoever agrees after that is heard.
  function withdraw() {
    sources.clear();
    if (given.behaviour) become({ behaviour: false, by: given.by, at: text(new Date()) });
  }

  return { consent, withdraw, given: () => given };
}

// What a page says in whatever type, as the text that a record holds.
function text(said) {
  const plain = said instanceof Date ? said.toJSON() : said;
  return plain === undefined || plain === null ? undefined : String(plain);
}
