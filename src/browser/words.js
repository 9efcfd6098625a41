// What a pact says to people, in the page's language.

const language = (tag) => tag.toLowerCase().split("-")[0];
const same = (one, other) => one.toLowerCase() === other.toLowerCase();

// The text for a locale: exactly, else for its language, else for the pact's first locale, else the first there is; with
// its own language where that is another.
export function choose(text, locale, [first = ""] = []) {
  if (typeof text === "string") return { text };
  const all = Object.entries(text).filter(([tag]) => !/^(x-|\$schema$)/.test(tag));
  const find = (fits) => all.find(([tag]) => fits(tag));
  const [tag, words] =
    find((tag) => same(tag, locale)) ?? find((tag) => language(tag) === language(locale)) ?? find((tag) => same(tag, first)) ?? all[0];
  return language(tag) === language(locale) ? { text: words } : { text: words, lang: tag };
}

// What people call a thing of the pact; its id where it has no name.
export function label({ qualification, locales, ...pact }, kind, id, locale) {
  const all = kind === "disqualify" ? qualification.disqualify : pact[kind];
  const found = Array.isArray(all) && all.find((one) => one.id === id)?.label;
  return found ? choose(found, locale, locales).text : id;
}

// How a field is asked.
export function describe({ fields, locales }, handle, locale) {
  const field = fields[handle];
  const words = (text) => text && choose(text, locale, locales);
  return {
    ...field,
    field: field.id,
    label: words(field.label),
    required: field.required ?? field.ask === "always",
    options: field.options?.map(({ value, label = value }) => ({ value, label: words(label) })),
    help: words(field.help),
    placeholder: words(field.placeholder),
    unit: words(field.unit),
  };
}
