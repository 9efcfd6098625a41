// Whether a form seems to be filled by a program: one coarse flag for the server, which never keeps a form from being sent.
import { node, unseen } from "./node.js";

const QUICK = 2000; // milliseconds after the page was opened in which nobody reads and fills a form

export class Automated {
  #touched = false; // whether a person typed, clicked or pasted
  #trap; // an input that nobody sees

  constructor(form, region) {
    if (!Element.prototype.hasAttribute.call(form, "data-leadpact-honeypot")) return;
    const name = `f${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
    this.#trap = node("input", { name, tabindex: "-1", autocomplete: "off" });
    region.append(unseen(node("div", { "aria-hidden": "true" }, this.#trap)));
  }

  note(event) {
    this.#touched ||= event.isTrusted;
  }

  remove() {
    this.#trap?.parentElement.remove();
    this.#trap = undefined;
  }

  // What is said of the form that is being sent; the trap itself stays here.
  send(data) {
    if (this.#trap) data.delete(this.#trap.name);
    return Boolean(this.#trap?.value) || !this.#touched || performance.now() < QUICK;
  }
}
