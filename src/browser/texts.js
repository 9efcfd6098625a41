// What the module itself says to a visitor, in French where the page is, else in English; the rest is the pact's.
const TEXTS = {
  en: {
    yes: "Yes", no: "No", decline: "I’d rather not say", choose: "Choose…", optional: "optional", required: "required",
    one: "A question was added:", many: (n) => `${n} questions were added:`, offer: "An offer was added:",
    wrong: (n) => (n === 1 ? "One answer needs another look" : `${n} answers need another look`),
    missing: "Answer this question.", some: "Choose at least one answer.",
    email: "Enter an e-mail address, such as name@example.com.", url: "Enter a web address, such as https://example.com.",
    number: "Enter a number, such as 12.", least: (n) => `Enter ${n} or more.`, most: (n) => `Enter ${n} or less.`,
    step: (n) => `Enter a multiple of ${n}.`,
  },
  fr: {
    yes: "Oui", no: "Non", decline: "Je préfère ne pas répondre", choose: "Choisissez…", optional: "facultatif", required: "obligatoire",
    one: "Une question a été ajoutée :", many: (n) => `${n} questions ont été ajoutées :`, offer: "Une proposition a été ajoutée :",
    wrong: (n) => (n === 1 ? "Une réponse est à revoir" : `${n} réponses sont à revoir`),
    missing: "Répondez à cette question.", some: "Choisissez au moins une réponse.",
    email: "Indiquez une adresse e-mail, par exemple nom@exemple.fr.", url: "Indiquez une adresse web, par exemple https://exemple.fr.",
    number: "Indiquez un nombre, par exemple 12.", least: (n) => `Indiquez ${n} ou plus.`, most: (n) => `Indiquez ${n} ou moins.`,
    step: (n) => `Indiquez un multiple de ${n}.`,
  },
};

// The texts for a page's language, and theirs where that is another.
export function textsFor(lang) {
  const language = lang.slice(0, 2).toLowerCase();
  const known = Object.hasOwn(TEXTS, language);
  return { texts: TEXTS[known ? language : "en"], lang: known ? undefined : "en" };
}

// What is wrong with what stands in an input, with an example; nothing where it is right.
export function complaint(input, texts) {
  const { validity, type, min, max, step } = input;
  if (validity?.valid) return "";
  if (!validity || validity.customError) return input.validationMessage ?? texts.missing;
  if (validity.valueMissing) return texts.missing;
  if (validity.rangeUnderflow) return texts.least(min);
  if (validity.rangeOverflow) return texts.most(max);
  if (validity.stepMismatch) return texts.step(step);
  return (Object.hasOwn(texts, type) && texts[type]) || input.validationMessage;
}
