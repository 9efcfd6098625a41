//! Files of a form, taken out of its body as it arrives: no fact is a file, and no lead is too long for one.

use memchr::memmem::find;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Takes in a body of `multipart/form-data` (RFC 7578) piece by piece, and gives it back with its files empty.
pub(super) struct WithoutFiles {
    /// What stands between two parts.
    delimiter: Vec<u8>,
    /// What is not told apart yet: a part's head, or what may be the beginning of a delimiter.
    open: Vec<u8>,
    /// How much of a head was looked through, however small the pieces are.
    seen: usize,
    within: Within,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// What comes before the first part; nothing, mostly.
    Preamble,
    /// A part's head; after the last part, what follows it.
    Head,
    Text,
    File,
}

impl WithoutFiles {
    /// For a body whose parts this boundary stands between.
    pub(super) fn new(boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        Self { delimiter, open: Vec::new(), seen: 0, within: Within::Preamble }
    }

    /// Adds to `kept` what is left of one more piece. Returns how much more is held back.
    pub(super) fn take(&mut self, piece: &[u8], kept: &mut Vec<u8>) -> usize {
        self.open.extend_from_slice(piece);
        while self.passes(kept) {}
        self.open.len()
    }

    /// The body is over: adds what was held back.
    pub(super) fn end(self, kept: &mut Vec<u8>) {
        kept.extend(self.open);
    }

    /// Goes on to the next head, or to what comes after one, if that has arrived.
    fn passes(&mut self, kept: &mut Vec<u8>) -> bool {
        let end = match self.within {
            // It may begin the body, without a line that it ends.
            Within::Preamble => self.delimiter.get(2..).unwrap_or_default(),
            Within::Head => END_OF_HEAD,
            Within::Text | Within::File => &self.delimiter,
        };
        let length = end.len();
        let found = self.open.get(self.seen..).and_then(|unseen| find(unseen, end)).map(|at| at + self.seen);
        let before = found.unwrap_or_else(|| (self.open.len() + 1).saturating_sub(length));
        if self.within == Within::Head {
            self.seen = if found.is_some() { 0 } else { before };
            let Some(at) = found else { return false };
            let head: Vec<u8> = self.open.drain(..at + length).collect();
            let mut lines = head.split(|byte| *byte == b'\n');
            let named = |line: &[u8]| line.to_ascii_lowercase().starts_with(b"content-disposition:") && is_file(line);
            self.within = if lines.any(named) { Within::File } else { Within::Text };
            kept.extend(head);
            return true;
        }
        let content = self.open.drain(..before);
        match self.within {
            Within::File => drop(content),
            _ => kept.extend(content),
        }
        if found.is_some() {
            kept.extend(self.open.drain(..length));
            self.within = Within::Head;
        }
        found.is_some()
    }
}

/// Whether a part of this disposition is a file: it names one, as browsers do even where none was chosen.
pub(super) fn is_file(disposition: &[u8]) -> bool {
    let mut quoted = false;
    let parameters = disposition.split(|byte| {
        quoted ^= *byte == b'"';
        !quoted && *byte == b';'
    });
    parameters.map(|said| said.trim_ascii_start().to_ascii_lowercase()).any(|said| {
        let rest = said.strip_prefix(b"filename").unwrap_or_default();
        rest.starts_with(b"=") || rest.starts_with(b"*=")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(head: &str, content: &[u8]) -> Vec<u8> {
        [b"\r\n--x\r\nContent-Disposition: form-data; ", head.as_bytes(), END_OF_HEAD, content].concat()
    }

    fn without(body: &[u8], size: usize) -> Vec<u8> {
        let (mut files, mut kept) = (WithoutFiles::new("x"), Vec::new());
        let most = body.chunks(size).map(|piece| files.take(piece, &mut kept)).max().unwrap_or_default();
        assert!(most < 100 + size, "{most} bytes were held back");
        files.end(&mut kept);
        kept
    }

    #[test]
    fn files_are_emptied_and_nothing_else_however_the_body_arrives() {
        let named = "name=\"plan; filename=x\"\r\nContent-Type: text/plain; filename=x";
        let like = b"--x\r\n\r\n\r\n--y\r\n-";
        let file = |content: &[u8]| part("name=\"plan\"; filename=\"a \\\"; b.pdf\"", content);
        let other = |content: &[u8]| part("name=\"plan\"; FileName*=UTF-8''b.pdf", content);
        let end = b"\r\n--x--\r\n".to_vec();
        let whole = [
            part(named, like),
            file(&[like.to_vec(), b"%PDF\r\n".repeat(99)].concat()),
            part(named, b""),
            other(like),
            end.clone(),
        ];
        let rest = [part(named, like), file(b""), part(named, b""), other(b""), end].concat();
        let body = whole.concat();
        for size in 1..200 {
            assert_eq!(without(&body[2..], size), rest[2..], "pieces of {size} bytes");
        }
    }

    proptest! {
        #[test]
        fn what_has_no_file_comes_back_as_it_was(
            contents in proptest::collection::vec("(\r|\n|-|x|=|;|\"){0,12}", 0..6),
            size in 1_usize..20,
        ) {
            let mut body: Vec<u8> = contents.iter().flat_map(|content| part("name=\"a\"", content.as_bytes())).collect();
            body.extend(b"\r\n--x--\r\n");
            prop_assert_eq!(without(&body[2..], size), &body[2..]);
        }
    }
}
