// What the visitor reads of how the form is being sent.
const TEXTS = {
  en: {
    sending: "Sending…",
    sent: "Your request has arrived. Thank you.",
    refused: (why) => `Your request was not accepted. Your answers are still here.${why ? ` ${why}` : ""}`,
    unconfirmed: "We could not confirm that your request arrived. Your answers are still here. Sending it again does not double it.",
    waiting: "It is tried again as long as this page is open.",
    kept: (until) => `It is kept on this device until ${until} at the latest, and sent once the connection is back.`,
    lost: "It could not be kept on this device: please leave this page open.",
    retry: "Try again",
    natively: "Send and leave this page",
  },
  fr: {
    sending: "Envoi en cours…",
    sent: "Votre demande est bien arrivée. Merci.",
    refused: (why) => `Votre demande n’a pas été acceptée. Vos réponses sont toujours là.${why ? ` ${why}` : ""}`,
    unconfirmed: "Nous n’avons pas pu vérifier que votre demande est arrivée. Vos réponses sont toujours là. La renvoyer ne crée pas de doublon.",
    waiting: "L’envoi est retenté tant que cette page reste ouverte.",
    kept: (until) => `Elle est gardée sur cet appareil jusqu’au ${until} au plus tard, et envoyée dès que la connexion revient.`,
    lost: "Elle n’a pas pu être gardée sur cet appareil : laissez cette page ouverte.",
    retry: "Réessayer",
    natively: "Envoyer en quittant cette page",
  },
};

// The texts for a page's language; English ones where there are none.
export function textsFor(lang) {
  const language = lang.slice(0, 2).toLowerCase();
  const texts = Object.hasOwn(TEXTS, language) ? TEXTS[language] : TEXTS.en;
  const written = texts === TEXTS.en && language !== "en" ? "en" : lang;
  const format = (tag, time) => new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short" }).format(time);
  const date = (time) => {
    try {
      return format(written, time);
    } catch {
      return format(texts === TEXTS.en ? "en" : language, time); // a page may say `fr_FR`
    }
  };
  return { ...texts, kept: (until) => texts.kept(date(until)) };
}
