// `<leadpact-questions>` says where a form's questions go: inside the form, or elsewhere with the form's id in `form`.
const NAME = "leadpact-questions";

export function defineElement() {
  if (customElements.get(NAME)) return;
  customElements.define(
    NAME,
    class extends HTMLElement {
      static formAssociated = true;
      #internals = this.attachInternals();

      get form() {
        return this.#internals.form;
      }
    },
  );
}

// The place that the page gives to the questions of a form.
export const placeOf = (controls) => controls.find(({ localName }) => localName === NAME);
