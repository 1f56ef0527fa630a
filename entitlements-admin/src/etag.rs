//! Entity tags and `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1.2).

use std::fmt::Write;

use http::HeaderMap;
use http::header::IF_NONE_MATCH;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A strong entity tag: the hash of what a view says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntityTag(String);

impl EntityTag {
    /// The tag of a view.
    pub(crate) fn of(view: &impl Serialize) -> Self {
        let mut hash = Sha256::new();
        // A hash takes whatever it is given; a view without a JSON form is noticed where it is sent.
        let _ = serde_json::to_writer(&mut Sink(&mut hash), view);
        Self::from_hash(hash)
    }

    /// The tag of a text.
    pub(crate) fn of_text(text: &[u8]) -> Self {
        Self::from_hash(Sha256::new_with_prefix(text))
    }

    fn from_hash(hash: Sha256) -> Self {
        let mut tag = String::with_capacity(66);
        tag.push('"');
        for byte in hash.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        Self(tag)
    }

    /// The tag with its quotes.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `If-None-Match` has it. Weak tags match as well: the comparison is the weak one.
    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        headers.get_all(IF_NONE_MATCH).iter().any(|value| {
            // No tag holds a quote, so a piece between commas equals this tag only where the tag stands there itself.
            value
                .as_bytes()
                .split(|byte| *byte == b',')
                .map(<[u8]>::trim_ascii)
                .any(|tag| {
                    tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == self.0.as_bytes()
                })
        })
    }
}

/// Hashes what is written.
struct Sink<'a>(&'a mut Sha256);

impl std::io::Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn matches(values: &[&str]) -> bool {
        let tag = EntityTag("\"abc\"".into());
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IF_NONE_MATCH, HeaderValue::from_str(value).unwrap());
        }
        tag.is_in(&headers)
    }

    #[test]
    fn the_tag_is_found_however_it_is_listed() {
        for values in [
            &["\"abc\""][..],
            &["W/\"abc\""],
            &["*"],
            &[" * "],
            &["\"x\", \"abc\""],
            &["\"x\",W/\"abc\",\"y\""],
            &["\"x\"", "\"abc\""],
            &["\"a,b\" , \"abc\""],
            &["\"\u{e9}\", \"abc\""],
        ] {
            assert!(matches(values), "{values:?}");
        }
    }

    #[test]
    fn what_is_not_the_tag_does_not_match() {
        for values in [
            &[][..],
            &[""],
            &["abc"],
            &["\"ABC\""],
            &["w/\"abc\""],
            &["\"abc"],
            &["\"*\""],
            &["W/*"],
            &["\"abc\"d"],
            &["\"abcd\""],
            &["W/ \"abc\""],
            &["\"x, \"abc\" y\""],
        ] {
            assert!(!matches(values), "{values:?}");
        }
    }

    #[test]
    fn the_tag_is_the_hash_in_quotes() {
        let tag = EntityTag::of(&Vec::<u8>::new());
        // SHA-256 of `[]`.
        assert_eq!(
            tag.as_str(),
            "\"4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945\""
        );
    }
}
