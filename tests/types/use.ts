// A page's own code, as the README shows it: it has to compile against the published types.
import { attach, consent, detach, event, Lead, page, ready, type Assessment } from "../../src/browser/types.js";

const form = document.querySelector<HTMLFormElement>("form#demo")!;
const lead = await attach("#demo", { pact: "/pact.json" });
form.addEventListener("leadpact:assessed", (change) => console.log(change.detail.score.toFixed(), change.detail.lead.decision));
form.addEventListener("leadpact:asking", (question) => question.detail.field === "phone" && question.preventDefault());
form.addEventListener("leadpact:handoff", ({ detail }) => console.log(detail.record.pact.hash ?? detail.record.sla?.due_at?.phone));
document.addEventListener("leadpact:consent", (given) => console.log(given.detail.behaviour));
consent({ behaviour: true, by: "banner", at: new Date().toISOString(), text_version: "3" });
event("download");
page();

const assessment: Assessment = lead.assess();
console.log(assessment.reasons.map(({ criterion, points }) => `${lead.label("criteria", criterion)} ${points}`));

await ready();
const headless = new Lead({ pact: 1, id: "demo", fields: [], qualification: { threshold: 50 } }, "fr");
headless.answer("sizes", ["small"]);
headless.answer("phone", { declined: true });
const score: number = headless.setNumber(headless.field("employees"), 120);
console.log(lead.explain?.(2, "fr").sentences.ask.map(({ sentence }) => sentence), lead.explain?.().change?.answer.options);
window.LeadPact.detach(form);
detach(form);

// @ts-expect-error A decision is one of three words.
const wrong: typeof headless.decision = "maybe";
// @ts-expect-error Consent says whether behaviour may be measured.
consent({ by: "banner" });
export { score, wrong };
