// What happens on this page and a pact may count: signals of measure `events`, by name.
// Before the visitor agrees, nothing is counted.
export function watchEvents(lead, pact) {
  const counts = new Map();
  const report = (name) => {
    if (!lead.behaviour) return;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    for (const signal of pact.signals ?? []) {
      if (signal.measure === "events" && signal.name === name) lead.observe(signal.id, count, Date.now());
    }
  };
  document.addEventListener("demo:event", (event) => report(event.detail.name));
  for (const part of document.querySelectorAll("details[data-event]")) {
    part.addEventListener("toggle", () => part.open && report(part.dataset.event));
  }
}
