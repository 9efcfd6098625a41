// What happens on this page and a pact may count, by name: signals of measure `events`.
export function watchEvents(leadpact) {
  document.addEventListener("demo:event", ({ detail }) => leadpact.event(detail.name));
  for (const part of document.querySelectorAll("details[data-event]")) {
    part.addEventListener("toggle", () => part.open && leadpact.event(part.dataset.event));
  }
}
