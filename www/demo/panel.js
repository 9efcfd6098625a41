// "What the engine thinks": redraws from the full assessment, at most once a frame.
import { element } from "./dom.js";
import { gauge, nextQuestion, odds, reasons, verdict, missing } from "./parts.js";

export function startPanel({ body, form, lead, pact, texts }) {
  const state = { behaviour: false, asked: [] };
  const slots = Object.fromEntries(["verdict", "gauge", "odds", "next", "missing", "reasons", "consent"].map((name) => [name, element("div")]));
  body.replaceChildren(slots.verdict, slots.gauge, slots.odds, slots.next, slots.missing, slots.consent, slots.reasons);

  const draw = () => {
    const assessment = lead.assess();
    const view = { assessment, lead, pact, texts, state, threshold: thresholdOf(pact, state.behaviour), scale: scaleOf(pact) };
    body.dataset.decision = assessment.decision;
    slots.verdict.replaceChildren(...verdict(view));
    slots.gauge.replaceChildren(...gauge(view));
    slots.odds.replaceChildren(...odds(view));
    slots.next.replaceChildren(...nextQuestion(view));
    slots.missing.replaceChildren(...missing(view));
    slots.reasons.replaceChildren(...reasons(view));
  };
  const soon = oncePerFrame(draw);

  form.addEventListener("leadpact:assessed", soon);
  form.addEventListener("leadpact:asked", (event) => {
    state.asked.push(event.detail);
    soon();
  });
  draw();
  return {
    consentSlot: slots.consent,
    behaviourChanged(allowed) {
      state.behaviour = allowed;
      soon();
    },
  };
}

function thresholdOf(pact, behaviour) {
  const { threshold, without_behaviour: without } = pact.qualification;
  return behaviour ? threshold : (without?.threshold ?? threshold);
}

// The most that the groups can give, so that the bar keeps its scale while the bounds close in.
function scaleOf(pact) {
  const most = (group) => {
    const raw = pact.criteria.filter((c) => c.group === group.id && c.points > 0).reduce((sum, c) => sum + c.points * (c.up_to ?? 1), 0);
    return Math.min(raw, group.max ?? raw);
  };
  return Math.max(pact.qualification.threshold * 1.2, pact.groups.reduce((sum, group) => sum + most(group), 0));
}

function oncePerFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}
