// The built package, and how many instances of its wasm there are: what stops one makes another.
import { fileURLToPath } from "node:url";

export const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const instances = [];
const Own = WebAssembly.Instance;
WebAssembly.Instance = function (module, imports) {
  const instance = new Own(module, imports);
  instances.push(instance);
  return instance;
};

export const server = `${process.env.LEADPACT_PKG ?? at("pkg")}/server/leadpact.mjs`;
export const { explain, verify } = await import(server);

// A small pact, and a record that claims too much by it.
export const pact = {
  pact: 1,
  id: "small",
  fields: [
    { id: "team", label: { fr: "Équipe", en: "Team" }, kind: "number" },
    { id: "tools", label: "Tools", kind: "choices", options: [{ value: "erp" }, { value: "paper" }] },
  ],
  groups: [{ id: "company", dimension: "fit" }],
  criteria: [
    { id: "large", group: "company", points: 40, when: { fact: "team", at_least: 50 } },
    { id: "erp", group: "company", points: 10, when: { fact: "tools", includes: "erp" } },
  ],
  qualification: { threshold: 50 },
  handoff: { sla: [{ respond_within_hours: 4, channels: ["phone"] }] },
};
export const record = { record: 1, id: "0".repeat(32), attempt: 2, facts: { team: 60 }, assessment: { score: 99 } };
