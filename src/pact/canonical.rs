//! The content hash of a pact: SHA-256 of its canonical JSON (RFC 8785).

use crate::json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The hash of `source`, in hexadecimal. Key order, escapes and the form of numbers do not change it.
pub(super) fn hash(source: &Value) -> String {
    // A `Value` has neither a key that is no string nor a number that is not finite: nothing to fail on.
    let canonical = serde_json_canonicalizer::to_vec(source).unwrap_or_default();
    let mut hash = String::with_capacity(64);
    for byte in Sha256::digest(canonical) {
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::hash;
    use crate::json::parse;

    #[test]
    fn the_same_content_has_the_same_hash_however_it_is_written() {
        let one = parse(r#"{"b": 1.0, "a": "\u00e9", "c": [1e2, -0]}"#).unwrap();
        let other = parse(r#"{"a":"é","c":[100,0],"b":1}"#).unwrap();
        assert_eq!(hash(&one), hash(&other));
        // `printf '%s' '{"a":"é","b":1,"c":[100,0]}' | sha256sum`
        assert_eq!(hash(&one), "4e3170a178fef2da3fd84ff478752fbdaa61fc46166ab50cf23a24795e5de646");
    }
}
