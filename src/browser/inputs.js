// A form's inputs: which of them are read, and how one is filled.
const PASSED_OVER = ["password", "hidden", "file", "submit", "reset", "button", "image", "fieldset", "output"];
// What browsers fill in there is nobody's business but the page's.
const SECRET = /(^|\s)(cc-|one-time-code|(current|new)-password)/i;

// An input named `elements` hides the form's own.
const elements = Object.getOwnPropertyDescriptor(globalThis.HTMLFormElement?.prototype ?? {}, "elements")?.get;

export const controlsOf = (form) => [...elements.call(form)];

// The language of what stands around a form.
export function langOf(form) {
  const tagged = Element.prototype.closest.call(form, "[lang]");
  return tagged ? Element.prototype.getAttribute.call(tagged, "lang") : "";
}

export const isSecret = (autocomplete) => SECRET.test(autocomplete ?? "");

export const isPassedOver = (control) =>
  PASSED_OVER.includes(control.type) || isSecret(control.getAttribute("autocomplete"));

// Puts an answer into an input as a person would, and says whether that changed it. Frameworks see the native setter.
export function put(input, answer) {
  const values = [answer].flat().map((value) => (value === true ? "yes" : value === false ? "no" : String(value ?? "")));
  const toggles = input.type === "radio" || input.type === "checkbox";
  const wanted = toggles ? values.includes(input.value) && answer !== null : answer?.declined ? "" : values[0];
  const property = toggles ? "checked" : "value";
  if (input[property] === wanted) return false;
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), property)?.set;
  if (set) set.call(input, wanted);
  else input[property] = wanted; // an element of the page's own
  return true;
}
