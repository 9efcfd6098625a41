// What stands before the submit button of how the sending goes. A failure is an alert with a way on; the rest is said in
// the status that reads aloud what changes.
import { node } from "../node.js";

export class Notice {
  #region;
  #alert;
  #failed;
  #sent;
  #texts;
  #tell;

  constructor({ region, alert, tell, textLang: lang }, texts) {
    this.#region = region;
    this.#texts = texts;
    this.#tell = tell;
    this.#alert = alert; // a form has one
    this.#failed = node("div", { part: "failed", lang });
    this.#sent = node("p", { class: "leadpact-sent", part: "sent", hidden: true, lang });
    region.append(this.#sent);
  }

  // Whether the visitor could read it: a page that draws its form anew may have thrown it away.
  get isThere() {
    return this.#sent.isConnected;
  }

  sending() {
    this.clear();
    this.#tell(this.#texts.sending);
  }

  // Returns whether it says so now.
  sent() {
    this.clear();
    this.#region.append(this.#sent); // below the questions
    this.#sent.textContent = this.#texts.sent;
    this.#sent.hidden = false;
    this.#tell(this.#texts.sent);
    return !this.#sent.hidden;
  }

  // Says what is wrong, with a button a way on.
  failed(lines, ways) {
    this.clear();
    const buttons = ways.map(([text, act]) => {
      const button = node("button", { type: "button", class: "leadpact-way", part: "way" }, text);
      button.addEventListener("click", act);
      return button;
    });
    this.#region.append(this.#alert);
    this.#failed.replaceChildren(...lines.map((line) => node("p", {}, line)), node("p", {}, ...buttons));
    this.#alert.replaceChildren(this.#failed);
  }

  // Where the form is reset, as a page may once it has arrived, that it did stays there to be read.
  clear(reset = false) {
    this.#failed.remove();
    if (reset && !this.#sent.hidden) return;
    this.#tell("");
    this.#sent.hidden = true;
  }
}
