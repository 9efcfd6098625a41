// The panel's parts. Each takes the view and returns the nodes to show.
import { element } from "./dom.js";

export function verdict({ assessment, texts, threshold, lead, state, pact }) {
  const also = element("p", { class: "verdict__also" });
  const minimums = pact.qualification.minimums ?? {};
  const pair = (name, value, least) => {
    const short = least !== undefined && value < least ? texts.minimum(least) : "";
    also.append(also.hasChildNodes() ? " · " : "", name, "\u00a0", element("b", {}, number(value)), short);
  };
  pair(texts.also.fit, assessment.fit, minimums.fit);
  pair(texts.also.interest, assessment.interest, state.behaviour ? minimums.interest : undefined);
  if (assessment.grade) pair(texts.also.grade, assessment.grade);
  return [
    element("div", { class: "verdict" },
      element("span", { class: "verdict__words" }, texts.decision[assessment.decision]),
      element("span", { class: "verdict__score", title: texts.scoreLong(assessment.score, threshold) }, texts.score(number(assessment.score), threshold))),
    also,
    element("p", { class: "verdict__also verdict__open" }, assessment.certain ? texts.settled : texts.open),
  ];
}

export function gauge({ assessment, texts, threshold, scale }) {
  const bar = element("div", { class: "gauge", "aria-hidden": "true" },
    ...["track", "bounds", "score", "threshold"].map((part) => element("span", { class: `gauge__${part}` })));
  const { low = assessment.score, high = assessment.score, score } = assessment;
  for (const [name, value] of Object.entries({ low, high, score, threshold })) {
    bar.style.setProperty(`--${name}`, `${Math.min(100, Math.max(0, (100 * value) / scale))}%`);
  }
  return [bar, element("p", { class: "gauge__legend" }, texts.bounds(number(low), number(high)))];
}

export function odds({ assessment, texts }) {
  const title = element("h3", {}, texts.oddsTitle);
  if (!assessment.odds) return [title, element("p", { class: "none" }, texts.noOdds)];
  const percent = new Intl.NumberFormat(texts.locale, { style: "percent", maximumFractionDigits: 0 });
  const kinds = ["handoff", "nurture", "disqualified"];
  const bar = element("div", { class: "odds", "aria-hidden": "true" }, ...kinds.map((kind) => {
    const part = element("i");
    part.style.setProperty("--share", `${100 * (assessment.odds[kind] ?? 0)}%`);
    return part;
  }));
  const words = kinds.map((kind) => `${texts.odds[kind]} ${percent.format(assessment.odds[kind] ?? 0)}`).join(" · ");
  const note = assessment.approximate ? ` ${texts.approximate}` : "";
  return [title, bar, element("p", { class: "odds-words" }, words + note)];
}

// Why this question, and what each answer would do; or why none is asked.
export function nextQuestion({ assessment, lead, texts, state }) {
  const box = element("div", { class: "next" });
  const open = openQuestion(assessment, state.asked);
  // The question on screen was still a choice before it was asked.
  const thinking = lead.explain(Math.max(0, state.asked.length - (open ? 1 : 0)));
  const { ask, stop, change, caveats } = thinking.sentences;
  const at = open ? thinking.ask.findIndex(({ field }) => field === open.field) : 0;
  const told = ask[at];
  if (told) {
    const others = ask.length - 1;
    box.append(
      element("p", { class: "next__why" }, told.sentence),
      ...answers(told.answers, thinking.ask[at].answers, texts),
      element("p", { class: "why" }, told.cost, others > 0 ? ` ${texts.others(others)}` : ""));
  } else if (open) {
    box.append(element("p", {}, element("b", {}, lead.label("fields", open.field))), element("p", { class: "why" }, texts.why[open.why]));
  } else {
    box.append(element("p", {}, stop));
  }
  // Said of a finished lead; what would only take away one that is not for sales yet is no news.
  if (change && !told && !open && (assessment.decision === "handoff" || thinking.change.decision !== "disqualified")) box.append(element("p", {}, change));
  if (told) box.append(...caveats.map((caveat) => element("p", { class: "why" }, caveat)));
  return [element("h3", {}, texts.nextTitle), box];
}

function answers(said, effects, texts) {
  if (said.length === 0) return [];
  const row = ({ answer, chance, share, disqualified }, at) => {
    const bar = element("i", { "aria-hidden": "true" });
    bar.style.setProperty("--share", `${100 * effects[at].odds.handoff}%`);
    return element("li", {},
      element("span", { class: "effects__chance" }, chance, bar),
      element("span", {}, answer, element("small", {}, ` ${texts.share(share)}${disqualified ? `, ${disqualified}` : ""}`)));
  };
  const rows = said.map(row);
  const most = 6;
  if (rows.length > most) rows.splice(most, rows.length, element("li", {}, element("span", {}), element("small", {}, texts.more(rows.length - most))));
  return [element("p", { class: "effects__title" }, texts.effectsTitle), element("ul", { class: "effects" }, ...rows)];
}

// The question on screen that still waits for its answer.
function openQuestion(assessment, asked) {
  const last = asked.at(-1);
  if (!last) return undefined;
  const inputs = [...document.getElementsByName(last.field)];
  const answers = [...inputs, ...(inputs[0]?.closest(".leadpact-question")?.querySelectorAll("[data-leadpact-declines]") ?? [])];
  const answered = answers.some((input) => (["radio", "checkbox"].includes(input.type) ? input.checked : input.value.trim() !== ""));
  return inputs.length > 0 && !answered ? last : undefined;
}

export function missing({ assessment, lead, texts }) {
  const title = element("h3", {}, texts.missingTitle);
  const facts = assessment.missing ?? [];
  if (facts.length === 0) return [title, element("p", { class: "none" }, texts.complete)];
  return [title, element("ul", { class: "chips" }, ...facts.map((id) => element("li", {}, lead.label("fields", id))))];
}

export function reasons({ assessment, lead, texts }) {
  const title = element("h3", {}, texts.reasonsTitle);
  const earned = assessment.reasons ?? [];
  if (earned.length === 0) return [title, element("p", { class: "none" }, texts.noReasons)];
  const line = (name, points) => element("li", {}, name, element("b", { class: points < 0 ? "minus" : "plus" }, signed(points)));
  const list = earned.map(({ criterion, points }) => line(lead.label("criteria", criterion), points));
  for (const { group, points, raw } of assessment.groups ?? []) {
    if (raw !== points) list.push(line(texts.capped(lead.label("groups", group), raw, points), points - raw));
  }
  return [title, element("ul", { class: "reasons" }, ...list)];
}

function number(value) {
  return typeof value === "number" && value < 0 ? `\u2212${-value}` : String(value);
}

function signed(points) {
  return points > 0 ? `+${points}` : number(points);
}
