// What happens on this page and a pact may count: signals of measure `events`, by name.
export function watchEvents(lead, pact) {
  const report = (name) => {
    if (typeof lead.event === "function") return lead.event(name);
    for (const signal of pact.signals ?? []) {
      if (signal.measure === "events" && signal.name === name) {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        lead.observe(signal.id, counts.get(name), Date.now());
      }
    }
  };
  const counts = new Map();
  document.addEventListener("demo:event", (event) => report(event.detail.name));
  for (const part of document.querySelectorAll("details[data-event]")) {
    part.addEventListener("toggle", () => part.open && report(part.dataset.event));
  }
}
