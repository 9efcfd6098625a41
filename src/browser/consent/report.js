// What every adapter stands on: it reads what it is for in its own address (`klaro.js?for=leadpact`), waits for its
// consent manager, and reports what the manager was told, whether the module is there already or comes later. Whatever is not an answer by the visitor is not reported.
const PATIENCE = 30_000; // milliseconds; after that the state stays as it is: unknown
const OFTEN = 200;

// What an adapter's own address says it is for: a service, a vendor, a category.
export const wanted = (address, otherwise) => new URL(address).searchParams.get("for") ?? otherwise;

// Reports an answer once; anything but true and false is none.
export function reporter(by) {
  let last;
  // What was taken back since may be agreed to once more.
  document.addEventListener("leadpact:consent", ({ detail }) => {
    if (detail.state === "withdrawn") last = false;
  });
  return (behaviour) => {
    if (behaviour === last || typeof behaviour !== "boolean") return;
    last = behaviour;
    const said = { behaviour, by, at: new Date() };
    (globalThis.leadpact ??= []).push((LeadPact) => LeadPact.consent(said, by));
  };
}

// Calls `then` with what `find` finds, now or when it is there.
export function whenThere(find, then, since = Date.now()) {
  const found = find();
  if (found) then(found);
  else if (Date.now() - since < PATIENCE) setTimeout(whenThere, OFTEN, find, then, since);
}
