//! `autocomplete` of a field: whether HTML knows the token, and whether a form like ours should ask for it.

/// What HTML lets browsers fill in, secrets aside.
const FIELDS: [&str; 41] = [
    "name",
    "honorific-prefix",
    "given-name",
    "additional-name",
    "family-name",
    "honorific-suffix",
    "nickname",
    "organization-title",
    "username",
    "organization",
    "street-address",
    "address-line1",
    "address-line2",
    "address-line3",
    "address-level4",
    "address-level3",
    "address-level2",
    "address-level1",
    "country",
    "country-name",
    "postal-code",
    "transaction-currency",
    "transaction-amount",
    "language",
    "bday",
    "bday-day",
    "bday-month",
    "bday-year",
    "sex",
    "url",
    "photo",
    "tel",
    "tel-country-code",
    "tel-national",
    "tel-area-code",
    "tel-local",
    "tel-extension",
    "email",
    "impp",
    "tel-local-prefix",
    "tel-local-suffix",
];
/// Which of a person's: before a telephone number or an e-mail or chat address.
const WHICH: [&str; 5] = ["home", "work", "mobile", "fax", "pager"];
/// What people take for tokens, and the right ones.
const MISTAKEN: [(&str, &str); 14] = [
    ("phone", "tel"),
    ("phone-number", "tel"),
    ("telephone", "tel"),
    ("mobile", "tel"),
    ("mail", "email"),
    ("e-mail", "email"),
    ("first-name", "given-name"),
    ("last-name", "family-name"),
    ("company", "organization"),
    ("job-title", "organization-title"),
    ("website", "url"),
    ("zip", "postal-code"),
    ("city", "address-level2"),
    ("address", "street-address"),
];

/// What is wrong, or unwise, with an `autocomplete`; nothing where it is fine.
pub(crate) fn advice(value: &str) -> Option<String> {
    let value = value.to_ascii_lowercase();
    let mut words: Vec<&str> = value.split_ascii_whitespace().collect();
    if matches!(words[..], ["on" | "off"]) {
        return None;
    }
    if let Some(secret) = words.iter().find(|word| is_secret(word)) {
        let why = "browsers would fill in a secret; the page's module never asks such a field nor reads it";
        return Some(format!("`{secret}` has no place in a lead form: {why}"));
    }
    if words.len() > 1 && words.last() == Some(&"webauthn") {
        words.pop();
    }
    if words.len() > 1 && words.first().is_some_and(|word| word.starts_with("section-")) {
        words.remove(0);
    }
    if words.len() > 1 && matches!(words.first(), Some(&("shipping" | "billing"))) {
        words.remove(0);
    }
    if words.len() > 1 && words.first().is_some_and(|word| WHICH.contains(word)) {
        words.remove(0);
        let [word] = words[..] else { return Some(unknown(&words.join(" "))) };
        let reaches = word.starts_with("tel") || matches!(word, "email" | "impp");
        return (!reaches || !FIELDS.contains(&word)).then(|| unknown(&value));
    }
    match words[..] {
        [word] if FIELDS.contains(&word) => None,
        _ => Some(unknown(&words.join(" "))),
    }
}

fn is_secret(word: &str) -> bool {
    word.starts_with("cc-") || matches!(word, "one-time-code" | "new-password" | "current-password")
}

fn unknown(said: &str) -> String {
    let plain = said.replace('_', "-");
    let right = MISTAKEN.iter().find(|(wrong, _)| *wrong == plain).map(|(_, right)| *right);
    let right = right.or_else(|| FIELDS.into_iter().find(|field| field.replace('-', "") == plain.replace('-', "")));
    let meant = right.map(|right| format!(", did you mean `{right}`?")).unwrap_or_default();
    format!("`{said}` is no `autocomplete` that browsers know{meant}")
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn what_html_knows_is_fine() {
        let fine = [
            "email",
            "tel",
            "Work TEL",
            "section-a shipping street-address",
            "off",
            "on",
            "organization-title",
            "home email",
            "billing mobile tel-national",
            "username webauthn",
            "tel-local-suffix",
        ];
        for value in fine {
            assert_eq!(advice(value), None, "{value}");
        }
    }

    #[test]
    fn what_browsers_do_not_know_is_said_with_the_right_word() {
        for (value, right) in [
            ("phone-number", "`tel`"),
            ("givenname", "`given-name`"),
            ("first_name", "`given-name`"),
            ("company", "`organization`"),
            ("city", "`address-level2`"),
        ] {
            let said = advice(value).unwrap_or_default();
            assert!(said.contains(right), "{value}: {said}");
        }
        for value in ["shoe-size", "work name", "email tel", "tel work", "home mobile tel", "on email", "section-a"] {
            let said = advice(value).unwrap_or_default();
            assert!(said.contains("that browsers know"), "{value}: {said}");
        }
    }

    #[test]
    fn secrets_are_advised_against() {
        for value in ["cc-number", "cc-anything", "current-password", "new-password", "one-time-code", "billing CC-CSC"]
        {
            assert!(advice(value).unwrap_or_default().contains("no place in a lead form"), "{value}");
        }
    }
}
