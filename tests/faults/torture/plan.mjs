// Which faults there are: of each call that a session without a fault makes, each way it can fail in, once and from then on.

// `calls` are `[call, ways]` in the order in which they were made; a fault names its call by how many of its kind came
// before, as the order of what does not wait for each other is not the same every time.
export function plan(mode, calls) {
  const counts = new Map();
  return calls.flatMap(([call, ways], at) => {
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    return ways.flatMap((way) => [false, true].map((on) => ({ mode, k: at + 1, call, nth, way, on })));
  });
}

// What a fault is called where it is printed, and in the option `--only`.
export const nameOf = ({ mode, call, nth, way, on }) => `${mode}:${call}#${nth}:${way}:${on ? "on" : "once"}`;

export function faultOf(name) {
  const [, mode, call, nth, way, on] = /^([AB]):(.+)#(\d+):(\w+):(once|on)$/.exec(name) ?? [];
  if (!mode) throw new Error(`\`${name}\`: expected a fault such as A:fetch#1:throw:once`);
  return { mode, k: 0, call, nth: Number(nth), way, on: on === "on" };
}

// So many of a list, the same ones for the same seed (mulberry32, shuffling only what is taken).
export function sample(list, count, seed) {
  const all = [...list];
  const taken = Math.min(count, all.length);
  for (let at = 0; at < taken; at += 1) {
    const other = at + Math.floor(random() * (all.length - at));
    [all[at], all[other]] = [all[other], all[at]];
  }
  return all.slice(0, taken);

  function random() {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
