//! The languages that the program speaks.

use anyhow::{Context, Error};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use leadpact::Time;
use std::str::FromStr;

/// A language of the server's pages, of explanations and of inventories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// French.
    French,
    /// English.
    English,
}

impl Language {
    /// The language of a tag like `fr-BE`.
    pub(crate) fn named(tag: &str) -> Option<Self> {
        match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "fr" => Some(Self::French),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The language that a browser asks for in its header `Accept-Language`; English where it asks for neither.
    pub(crate) fn accepted(header: &str) -> Self {
        let weighed = header.split(',').filter_map(|part| {
            let mut parts = part.split(';');
            let language = Self::named(parts.next()?.trim())?;
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f64>().ok());
            Some((weight.unwrap_or(1.0), language))
        });
        // Of equals the first counts.
        let best = weighed.fold(None, |best: Option<(f64, Self)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        });
        best.map_or(Self::English, |(_, language)| language)
    }

    /// Its tag.
    pub(crate) fn tag(self) -> &'static str {
        self.of("fr", "en")
    }

    /// The words in this language.
    pub(crate) fn of(self, french: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }

    /// What stands between a label and what it introduces.
    pub(crate) fn colon(self) -> &'static str {
        self.of("\u{a0}: ", ": ")
    }

    /// A time as people read it: `lundi 23 novembre, 14:05`, with the zone's short name.
    pub(crate) fn time(self, at: Time, zone: &TimeZone) -> String {
        let Ok(at) = Timestamp::from_millisecond(at.0) else { return String::new() };
        let at = at.to_zoned(zone.clone());
        let (day, month) = (self.day(&at), self.month(&at));
        match self {
            Self::French if at.day() == 1 => format!("{day} 1er {month}, {}", at.strftime("%H:%M %Z")),
            _ => format!("{day} {} {month}, {}", at.day(), at.strftime("%H:%M %Z")),
        }
    }

    fn day(self, at: &Zoned) -> &'static str {
        const FRENCH: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
        const ENGLISH: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        nth(if self == Self::French { &FRENCH } else { &ENGLISH }, at.weekday().to_monday_zero_offset())
    }

    fn month(self, at: &Zoned) -> &'static str {
        const FRENCH: [&str; 12] = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        const ENGLISH: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        nth(if self == Self::French { &FRENCH } else { &ENGLISH }, at.month() - 1)
    }

    /// A number as people write it.
    pub(crate) fn number(self, number: f64) -> String {
        let text = number.to_string();
        match self {
            Self::French => text.replace('.', ","),
            Self::English => text,
        }
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(tag: &str) -> Result<Self, Error> {
        Self::named(tag).context("expected `fr` or `en`")
    }
}

fn nth(words: &'static [&'static str], at: i8) -> &'static str {
    usize::try_from(at).ok().and_then(|at| words.get(at)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_choice_counts() {
        let accepted = |header| Language::accepted(header).tag();
        assert_eq!(accepted("fr-FR,fr;q=0.9,en;q=0.8"), "fr");
        assert_eq!(accepted("de,en;q=0.5,fr;q=0.7"), "fr");
        assert_eq!(accepted("en, fr"), "en");
        assert_eq!(accepted("de"), "en");
        assert_eq!(accepted(""), "en");
    }

    #[test]
    fn times_are_written_in_words_in_their_zone() {
        let at = "2026-12-01T13:05:00Z".parse().unwrap();
        assert_eq!(Language::French.time(at, &TimeZone::UTC), "mardi 1er décembre, 13:05 UTC");
        let paris = TimeZone::get("Europe/Paris").unwrap();
        assert_eq!(Language::English.time(at, &paris), "Tuesday 1 December, 14:05 CET");
    }
}
