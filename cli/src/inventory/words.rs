//! The inventory in words, a table a language.

use super::{Area, Datum, Inventory, Recipient, Source};
use crate::language::Language;
use leadpact::Pact;

/// What a page says in both languages, French first.
struct Said {
    title: [&'static str; 2],
    intro: [&'static str; 2],
    columns: [[&'static str; 5]; 2],
    yes: [&'static str; 2],
    agreed: [&'static str; 2],
    no: [&'static str; 2],
}

const SAID: Said = Said {
    title: ["Inventaire des données du pacte", "Inventory of the data of the pact"],
    intro: [
        "Rien ne quitte la page avant l’envoi du formulaire ; tout part alors {recipient}, et nulle \
         part ailleurs. Avec le consentement seulement, une entrée de `localStorage` garde ce qui est marqué, pendant au \
         plus {days} jours depuis sa première écriture, sous la clé `{key}`. Sans consentement, elle n’est ni lue ni écrite.",
        "Nothing leaves the page before the form is submitted; then all of it goes {recipient}, and \
         nowhere else. With consent only, one entry of `localStorage` keeps what is marked, for at most {days} days from \
         when it was first written, under the key `{key}`. Without consent it is neither read nor written.",
    ],
    columns: [
        ["Donnée", "Finalité", "Consentement", "Gardée sur l’appareil", "Envoyée avec le formulaire"],
        ["Datum", "Purpose", "Consent", "Kept on the device", "Sent with the form"],
    ],
    yes: ["oui", "yes"],
    agreed: ["avec consentement", "with consent"],
    no: ["non", "no"],
};

const FORM: [&str; 2] = ["à l’adresse du formulaire (`action`)", "to the form's own address (`action`)"];
const ENDPOINT: [&str; 2] = [
    "à l’adresse de livraison (`data-leadpact-endpoint`, sinon celle du pacte, sinon `action`), ou à défaut à l’adresse \
     du formulaire (`action`)",
    "to the endpoint (`data-leadpact-endpoint`, else the pact's, else `action`), or failing that to the form's own \
     address (`action`)",
];
const SENDING: [&str; 2] = [
    "Avec le consentement, `sessionStorage` garde, sous une clé en `{key}`, le numéro d’un envoi jusqu’à ce que son arrivée \
     soit confirmée ou le formulaire ouvert à nouveau, au plus tant que l’onglet est ouvert, pour que recharger la page ne \
     le double pas.",
    "With consent, `sessionStorage` keeps the id of a submission, under a key that begins with `{key}`, until its arrival is \
     confirmed or the form is opened anew, and no longer than the tab is open, so that loading the page again does not \
     double it.",
];
const OUTBOX: [&str; 2] = [
    "Un envoi dont l’arrivée n’est pas confirmée est gardé en clair dans `localStorage`, sous une clé en `{key}`, pendant un \
     jour au plus ; là où il n’a pas pu partir, le visiteur en est averti, et l’entrée est effacée dès que l’arrivée est \
     confirmée. Toute page qui a un tel formulaire regarde, quel que soit le consentement, s’il en reste une, pour \
     l’envoyer ou l’effacer.",
    "A submission whose arrival is not confirmed is kept in clear in `localStorage`, under a key that begins with `{key}`, \
     for a day at most; where it could not be sent, the visitor is told, and the entry is erased once the arrival is \
     confirmed. Every page with such a form looks, whatever the consent, whether there is one left, to send or erase it.",
];

/// What a datum is for.
fn purpose(datum: &Datum) -> [&'static str; 2] {
    match (datum.source, datum.id.as_str()) {
        (Source::Answer, _) => {
            ["répondre à la demande et l’orienter", "to answer the request and send it the right way"]
        }
        (Source::Page, _) => ["orienter la demande", "to send the request the right way"],
        (Source::Behaviour, _) => ["juger de l’intérêt", "to judge the interest"],
        (Source::Memory, "v") => ["version de l’entrée", "the entry's version"],
        (Source::Memory, "since") => ["compter la durée de conservation", "to count how long it is kept"],
        (Source::Memory, "active") => ["reconnaître une nouvelle visite", "to tell when a visit begins"],
        (Source::Memory, "person") => [
            "quelques chiffres d’une empreinte de l’e-mail : oublier ce qui est à une autre personne",
            "a few digits of a hash of the e-mail address: to forget what is another person's",
        ],
        (Source::Memory, "drawn") => [
            "tirage au sort de l’expérience, là où le pacte en mène une",
            "the random draw of the experiment, where the pact makes one",
        ],
        (Source::Memory, _) => ["sel de cette empreinte, au hasard", "that hash's salt, at random"],
        (Source::Record, "id" | "attempt" | "record") => {
            ["ne perdre ni doubler aucun envoi", "to lose no submission and double none"]
        }
        (Source::Record, "automated") => ["signaler un robot probable", "to flag a likely robot"],
        (Source::Record, "consent") => ["prouver le consentement", "to prove the consent"],
        (Source::Record, _) => ["expliquer et vérifier la note", "to explain and check the score"],
    }
}

/// What people call a datum: the label in the pact, or its place in the entry or the record.
fn name(datum: &Datum, pact: &Pact, locale: &str) -> String {
    let field = pact.fields.iter().find(|field| field.id == datum.id).map(|field| &field.label);
    let signal = || pact.signals.iter().find(|signal| signal.id == datum.id).and_then(|signal| signal.label.as_ref());
    let label = match datum.source {
        Source::Answer | Source::Page => field,
        Source::Behaviour => signal(),
        Source::Memory | Source::Record => None,
    };
    // A label is plain text, a cell of a table is not.
    let plain = |text: &str| text.replace(['\n', '\r'], " ").replace('\\', "\\\\").replace('|', "\\|");
    label.map_or_else(
        || format!("`{}`", datum.id),
        |label| format!("{} (`{}`)", plain(label.pick(locale, &pact.locales)), datum.id),
    )
}

/// The inventory as a page in Markdown.
pub(crate) fn in_words(inventory: &Inventory, pact: &Pact, language: Language) -> String {
    let (at, locale) = if language == Language::French { (0, "fr") } else { (1, "en") };
    let pick = |both: [&'static str; 2]| both.get(at).copied().unwrap_or_default();
    let flag = |flag: bool| pick(if flag { SAID.yes } else { SAID.no });
    let kept = |flag: bool| pick(if flag { SAID.agreed } else { SAID.no });
    let recipient = pick(if inventory.recipient == Recipient::Form { FORM } else { ENDPOINT });
    let mut intro = pick(SAID.intro)
        .replace("{days}", &inventory.retention_days.to_string())
        .replace("{key}", &inventory.key)
        .replace("{recipient}", recipient);
    for entry in &inventory.until_sent {
        let said = pick(if entry.area == Area::SessionStorage { SENDING } else { OUTBOX });
        intro.push_str(&format!("\n\n{}", said.replace("{key}", &entry.key)));
    }
    let columns = SAID.columns.get(at).copied().unwrap_or_default();
    let mut page = format!("# {} `{}`\n\n{intro}\n\n", pick(SAID.title), inventory.pact);
    page.push_str(&format!("| {} |\n|{}\n", columns.join(" | "), " --- |".repeat(columns.len())));
    for datum in &inventory.data {
        let cells = [
            name(datum, pact, locale),
            pick(purpose(datum)).to_owned(),
            flag(datum.consent).to_owned(),
            kept(datum.kept).to_owned(),
            flag(datum.sent).to_owned(),
        ];
        page.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    page
}
