// The demo's own script: shows what the engine thinks, asks for consent, runs the calculator.
// The form needs none of it. The demo loads the richer module, which says why it asks; a page of your own needs only
// `/leadpact/leadpact.js`.
import { startCalculator } from "./demo/calculator.js";
import { startConsent } from "./demo/consent.js";
import { watchEvents } from "./demo/events.js";
import { startPanel } from "./demo/panel.js";
import { textsFor } from "./demo/texts.js";

const texts = textsFor(document.documentElement.lang);
const form = document.querySelector("form[data-leadpact]");
const body = document.querySelector("[data-engine-body]");

startCalculator(document.querySelector("[data-calculator]"));
if (form && body) start().catch(leavePlain);

async function start() {
  const [leadpact, pact] = await Promise.all([import("/leadpact/explain/leadpact.js"), readPact(form.dataset.leadpact)]);
  const lead = await leadpact.attach(form);
  const panel = startPanel({ body, form, lead, pact, texts });
  startConsent({ leadpact, texts, container: panel.consentSlot, onChange: panel.behaviourChanged });
  watchEvents(leadpact);
}

function leavePlain() {
  form.classList.add("plain");
  document.body.classList.add("plain-page");
  body.replaceChildren(paragraph(texts.notLoaded));
}

async function readPact(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function paragraph(text) {
  const p = document.createElement("p");
  p.textContent = text;
  return p;
}
