// Seeded pacts and visitors for the benchmark, and the same scoring as plain JavaScript closures.

export function chance(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, pick: (list) => list[below(list.length)] };
}

const KINDS = ["choice", "choice", "choice", "number", "choices", "yes_no", "text", "text"];
const WORDS = ["urgent", "devis", "industrie", "export", "budget", "planning", "atelier", "stock"];
const values = (n) => Array.from({ length: n }, (_, at) => `v${at}`);

export function makePact(seed, { fields, criteria }) {
  const draw = chance(seed);
  const made = Array.from({ length: fields }, (_, at) => makeField(draw, `f${at}`));
  const groups = values(8).map((id, at) => ({ id, dimension: at % 3 ? "fit" : "interest", min: -40, max: 60 }));
  return {
    pact: 1, id: "bench", fields: made, groups,
    criteria: Array.from({ length: criteria }, (_, at) => ({
      id: `c${at}`, group: draw.pick(groups).id, points: draw.below(41) - 15, when: makeCondition(draw, made),
    })),
    qualification: { threshold: 50 },
  };
}

function makeField(draw, id) {
  const kind = draw.pick(KINDS);
  const options = kind.startsWith("choice") ? { options: values(3 + draw.below(6)).map((value) => ({ value })) } : {};
  return { id, label: id, kind, ...options };
}

// Six in ten are one test, as in the pacts of the demo; the rest join two or three.
function makeCondition(draw, fields) {
  const one = () => makeTest(draw, draw.pick(fields));
  const shape = draw.below(10);
  if (shape < 6) return one();
  if (shape < 7) return { not: one() };
  return { [shape < 9 ? "all" : "any"]: Array.from({ length: 2 + draw.below(2) }, one) };
}

function makeTest(draw, { id: fact, kind, options }) {
  const option = () => draw.pick(options).value;
  switch (kind) {
    case "choice": return draw.below(2) ? { fact, is: option() } : { fact, in: [...new Set([option(), option()])] };
    case "choices": return { fact, includes: option() };
    case "number": return { fact, [draw.pick(["at_least", "above", "at_most", "below"])]: draw.below(500) };
    case "yes_no": return { fact, is: true };
    // Every third text is looked into; of the others only whether there is one counts.
    default: return Number(fact.slice(1)) % 3 ? { fact, known: true } : { fact, contains: draw.pick(WORDS) };
  }
}

// What a visitor does: types texts and numbers key by key, picks options, takes them back.
export function makeVisit(seed, pact, answers) {
  const draw = chance(seed);
  const visit = [];
  while (visit.length < answers) {
    const handle = draw.below(pact.fields.length);
    const { kind, options } = pact.fields[handle];
    if (kind === "choice") visit.push({ do: "choice", handle, value: draw.below(options.length) });
    else if (kind === "choices") visit.push({ do: "option", handle, value: draw.below(options.length), on: draw.below(3) > 0 });
    else if (kind === "yes_no") visit.push({ do: "flag", handle, value: draw.below(2) === 1 });
    else if (kind === "number") {
      const digits = String(1 + draw.below(999));
      for (let end = 1; end <= digits.length; end += 1) visit.push({ do: "number", handle, value: Number(digits.slice(0, end)) });
    } else {
      const text = `${draw.pick(WORDS)} ${draw.pick(WORDS)} ${draw.pick(WORDS)}`;
      for (let end = 1; end <= text.length; end += 1) visit.push({ do: "text", handle, value: text.slice(0, end) });
    }
  }
  return visit.slice(0, answers);
}

// The scoring written by hand: a closure a condition, compiled once, over one array of facts; nothing is looked up by
// name and nothing is allocated. Unknown is `undefined`; what is unknown is neither so nor not so. Texts are compared
// without case and accents, so a text that is looked into is folded once an answer, by `fold`.
export const fold = (text) => ` ${text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim().replace(/\s+/gu, " ")} `;
export const looksInto = (pact) => {
  const looked = new Set();
  for (const { when } of pact.criteria) for (const test of [when.not ?? when, ...(when.all ?? when.any ?? [])]) if ("contains" in test) looked.add(test.fact);
  return pact.fields.map(({ id }) => looked.has(id));
};

export function compile(pact) {
  const at = new Map(pact.fields.map(({ id }, handle) => [id, handle]));
  const option = (handle, value) => pact.fields[handle].options.findIndex((one) => one.value === value);
  const test = (when) => {
    const n = at.get(when.fact);
    if ("known" in when) return (f) => f[n] !== undefined;
    if ("contains" in when) {
      const words = ` ${when.contains} `;
      return (f) => f[n] !== undefined && f[n].includes(words);
    }
    if ("includes" in when) {
      const bit = 1 << option(n, when.includes);
      return (f) => (f[n] & bit) !== 0;
    }
    if ("in" in when) {
      const set = when.in.map((value) => option(n, value));
      return set.length === 1 ? (f) => f[n] === set[0] : (f) => f[n] === set[0] || f[n] === set[1];
    }
    if ("is" in when) {
      const value = when.is === true ? true : option(n, when.is);
      return (f) => f[n] === value;
    }
    const [[operator, bound]] = Object.entries(when).filter(([key]) => key !== "fact");
    // `undefined` compares false with every number.
    return { at_least: (f) => f[n] >= bound, above: (f) => f[n] > bound, at_most: (f) => f[n] <= bound, below: (f) => f[n] < bound }[operator];
  };
  const condition = (when) => {
    if (when.not) {
      const inner = test(when.not);
      const n = at.get(when.not.fact);
      return "known" in when.not ? (f) => !inner(f) : (f) => f[n] !== undefined && !inner(f);
    }
    const parts = (when.all ?? when.any)?.map(test);
    if (!parts) return test(when);
    const [a, b, c] = parts;
    if (when.all) return c ? (f) => a(f) && b(f) && c(f) : (f) => a(f) && b(f);
    return c ? (f) => a(f) || b(f) || c(f) : (f) => a(f) || b(f);
  };
  const group = new Map(pact.groups.map(({ id }, n) => [id, n]));
  const rules = pact.criteria.map(({ when, points, group: id }) => ({ holds: condition(when), points, group: group.get(id) }));
  const sums = new Int32Array(pact.groups.length);
  return (facts) => {
    sums.fill(0);
    for (let n = 0; n < rules.length; n += 1) {
      const rule = rules[n];
      if (rule.holds(facts)) sums[rule.group] += rule.points;
    }
    let score = 0;
    for (let n = 0; n < sums.length; n += 1) score += Math.max(-40, Math.min(60, sums[n]));
    return score;
  };
}
