//! What the program tells people, on stderr. Colour is for terminals only.

use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::io::{self, Write};

/// The longest message; what a file holds may be of any length.
const LONGEST: usize = 600;

pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BOLD: Style = Style::new().bold();

/// Says why the program stops.
pub(crate) fn error(message: &str) {
    line(&format!("{RED}error{RED:#}: {}", plain(message)));
}

/// Says what is wrong at a place and does not stop the program.
pub(crate) fn problem(place: &str, message: &str) {
    line(&format!("{BOLD}{}{BOLD:#}: {}", plain(place), plain(message)));
}

/// Says what is doubtful at a place.
pub(crate) fn warning(place: &str, message: &str) {
    line(&format!("{BOLD}{}{BOLD:#}: {YELLOW}warning{YELLOW:#}: {}", plain(place), plain(message)));
}

/// Writes a line to stderr. Where nobody reads it any more, nothing is lost.
pub(crate) fn line(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// A message without what could steer a terminal, at a length that can be read.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && c != '\n';
    if text.len() <= LONGEST && !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut plain: String = text.chars().take(LONGEST).map(|c| if steers(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        plain.push('…');
    }
    Cow::Owned(plain)
}

/// Whether the reader of our output has gone, as `head` does.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// `1 problem`, `2 problems`.
pub(crate) fn count(n: usize, what: &str) -> String {
    let ending = match (n, what) {
        (1, _) => return format!("1 {what}"),
        (_, "criterion") => return format!("{n} criteria"),
        (_, _) => "s",
    };
    format!("{n} {what}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb"), "a\u{fffd}[31mb");
        assert_eq!(plain(&"é".repeat(700)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn things_are_counted_in_words() {
        assert_eq!(count(1, "criterion"), "1 criterion");
        assert_eq!(count(0, "criterion"), "0 criteria");
        assert_eq!(count(3, "field"), "3 fields");
    }
}
