// What the main thread of a page does, as Chromium's own trace tells it.

const CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "v8", "v8.execute"];

export async function traced(page, work) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: CATEGORIES });
  await work();
  return JSON.parse((await browser.stopTracing()).toString()).traceEvents;
}

// Each task in which scripts under `path` ran, with the processor's time of theirs in milliseconds: that of other programs
// on the machine does not count. A page's own promises are ours in the pages of these tests.
export function tasks(events, path) {
  const whole = events.filter(({ ph, tdur }) => ph === "X" && tdur !== undefined);
  const ours = ({ name, args }) => {
    const url = args?.data?.url ?? args?.data?.fileName ?? args?.fileName ?? "";
    return name === "RunMicrotasks" || (/^(FunctionCall|EvaluateScript|v8\.compile|v8\.compileModule|v8\.evaluateModule|TimerFire|FireIdleCallback)$/.test(name) && url.includes(path));
  };
  const of = new Map();
  for (const { tid, pid, name, ts, dur, tdur, args } of whole.filter(ours)) {
    const task = whole.find((one) => /RunTask$/.test(one.name) && one.tid === tid && one.pid === pid && one.ts <= ts && one.ts + one.dur >= ts + dur);
    if (!task) continue;
    const known = of.get(task) ?? [];
    of.set(task, known);
    // What runs inside of another one of ours is counted there.
    if (!known.some((outer) => outer.ts <= ts && outer.ts + outer.dur >= ts + dur)) known.push({ ts, dur, tdur, what: `${name} ${args?.data?.functionName ?? ""}` });
  }
  return [...of.values()].map((all) => ({ ms: all.reduce((sum, { tdur }) => sum + tdur, 0) / 1000, what: all.map(({ what }) => what).join(", ") }));
}
