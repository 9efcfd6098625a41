// `window.leadpact`, an array before the module is there: `leadpact.push((LeadPact) => …)`. What waits there is done now,
// and what comes later at once, each on its own: one that throws does not keep the others from their turn.
export function queue(api) {
  const waiting = globalThis.leadpact; // an element with that id, perhaps
  const run = (work) => {
    try {
      work(api);
    } catch (error) {
      reportError(error);
    }
  };
  const push = (...works) => works.forEach(run);
  if (Array.isArray(waiting)) push(...waiting.splice(0));
  globalThis.leadpact = { push };
}
