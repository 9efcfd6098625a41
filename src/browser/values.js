// Hidden inputs that the page has for what is known of a lead: `<input type="hidden" name="…" data-leadpact-value="score">`.
const QUICK = ["score", "fit", "interest", "decision"];

export class Values {
  #inputs;

  constructor(controls) {
    this.#inputs = controls.filter(Values.isOurs);
  }

  // What the module itself writes is no edit of the visitor's.
  static isOurs = (control) => control.type === "hidden" && control.hasAttribute("data-leadpact-value");

  // Writes what changed; `assessment` gives what a score alone does not tell.
  write(lead, assessment, pact) {
    for (const input of this.#inputs) {
      const what = input.getAttribute("data-leadpact-value");
      if (!assessment && !QUICK.includes(what)) continue;
      const value = QUICK.includes(what) ? lead[what] : told(what, lead, assessment, pact);
      if (value === undefined || input.value === String(value)) continue;
      input.value = value;
      for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }

  // The same in what is being sent.
  send(data) {
    for (const { name, value, disabled } of this.#inputs) if (name && !disabled) data.set(name, value);
  }
}

function told(what, lead, { grade = "", stage, complete, missing, reasons, route = "" }, pact) {
  if (what === "missing") return missing.map((id) => lead.label("fields", id)).join(", ");
  if (what === "reasons") return reasons.map(({ criterion, points }) => `${lead.label("criteria", criterion)} (${points > 0 ? "+" : "−"}${Math.abs(points)})`).join(", ");
  return { grade, stage, complete, route, pact: pact.id, revision: pact.revision ?? "" }[what];
}
