// Consent to measuring the visit: a small bar that blocks nothing, and a switch to change one's mind.
// The choice itself is asked for on each page; what it allows is kept on the device, and gone once it is taken back.
import { element } from "./dom.js";

const TEXT_VERSION = "2026-11-23";

export function startConsent({ leadpact, texts, container, onChange }) {
  const help = element("small", {}, texts.switchHelp.off);
  const box = element("input", { type: "checkbox", role: "switch" });
  container.replaceChildren(element("label", { class: "switch" }, box, element("span", {}, texts.switchLabel, help)));

  const bar = consentBar(texts, (allowed) => choose(allowed));
  const choose = (allowed) => {
    box.checked = allowed;
    help.textContent = allowed ? texts.switchHelp.on : texts.switchHelp.off;
    leadpact.consent({ behaviour: allowed, by: "demo", at: new Date().toISOString(), text_version: TEXT_VERSION });
    onChange(allowed);
    size.disconnect();
    bar.remove();
    document.documentElement.classList.remove("banner-shown");
  };
  box.addEventListener("change", () => choose(box.checked));
  // Early in the order of the keyboard; what has the focus is scrolled clear of it, however high it is.
  (document.querySelector(".skip") ?? document.body.firstElementChild).after(bar);
  const size = new ResizeObserver(() => document.documentElement.style.setProperty("--banner", `${bar.offsetHeight}px`));
  size.observe(bar);
  document.documentElement.classList.add("banner-shown");
}

function consentBar(texts, choose) {
  const button = (label, allowed) => {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", () => choose(allowed));
    return made;
  };
  return element("section", { class: "consent", "aria-labelledby": "consent-title" },
    element("h2", { id: "consent-title" }, texts.consentTitle),
    // On a phone the words would cover the page: they unfold.
    element("details", { open: matchMedia("(min-width: 40rem) and (min-height: 40rem)").matches },
      element("summary", {}, texts.consentMore), element("p", {}, texts.consentText)),
    element("div", { class: "consent__choice" }, button(texts.refuse, false), button(texts.accept, true)));
}
