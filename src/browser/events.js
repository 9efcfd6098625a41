// Events on the form, and their last state for who comes late; of what waited from an earlier page nobody is told late.
const LASTING = new Set(["leadpact:ready", "leadpact:assessed", "leadpact:decided", "leadpact:sent", "leadpact:consent"]);
const last = new WeakMap(); // target → type → detail

// An input named `dispatchEvent` hides the form's own.
export function emit(target, type, detail, cancelable = false) {
  if (LASTING.has(type) && !detail.earlier) {
    if (!last.has(target)) last.set(target, new Map());
    last.get(target).set(type, detail);
  }
  try {
    return EventTarget.prototype.dispatchEvent.call(target, new CustomEvent(type, { bubbles: true, cancelable, detail }));
  } catch {
    return true; // what cannot be said, nobody objects to
  }
}

// What a form that is let go of said last holds no more.
export const forget = (target) => last.delete(target);

// Listens, and hears at once of a state that was said before. Returns how to stop listening.
export function on(target, name, listener) {
  const type = name.startsWith("leadpact:") ? name : `leadpact:${name}`;
  const from = typeof target === "string" ? document.querySelector(target) : target;
  if (!from) throw new TypeError("expected a form, its selector, or the document");
  EventTarget.prototype.addEventListener.call(from, type, listener);
  const detail = last.get(from)?.get(type);
  if (detail) listener.call(from, new CustomEvent(type, { detail }));
  return () => EventTarget.prototype.removeEventListener.call(from, type, listener);
}
