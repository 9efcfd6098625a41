// What a route offers once it is earned: a link to a calendar, say.
import { node } from "./node.js";

export class Offer {
  #questions;
  #box;
  #address;

  constructor(questions) {
    this.#questions = questions;
    this.#box = node("p", { class: "leadpact-offer", part: "offer", hidden: true });
  }

  // Shows what is offered, or hides what is no longer; an address that is not plainly a secure one is not offered.
  show(offer) {
    const address = offer && isSafe(offer.url) ? offer.url : undefined;
    if (address === this.#address) return;
    this.#address = address;
    this.#box.hidden = !address;
    if (!address) return;
    const { text, lang } = offer.label;
    // Below the questions, so that none of them moves.
    this.#questions.region.append(this.#box);
    this.#box.replaceChildren(node("a", { href: address, lang, target: "_blank", rel: "noopener", part: "offer-link" }, text));
    this.#questions.tell(this.#questions.texts.offer, node("span", { lang }, text));
  }
}

function isSafe(address) {
  try {
    const { protocol, username, password } = new URL(address);
    return protocol === "https:" && !username && !password && !/[\\\s]/.test(address);
  } catch {
    return false;
  }
}
