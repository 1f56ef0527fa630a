//! `{{…}}` in the texts of the table: times, keys, bytes and repetitions.

use entitlements_core::Timestamp;
use entitlements_core::strict::base64url;

use super::keys;
use crate::encoding::{from_hex, sha256};

/// What the texts of a row may refer to.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub now: Timestamp,
    /// The row's token, where it is made already.
    pub token: Option<&'a str>,
}

impl Terms<'_> {
    /// Puts in what stands in `{{…}}`. A time becomes a number, and loses the quotation marks around it.
    ///
    /// # Panics
    /// When there is something else in the braces than `spec/tokens/README.md` says.
    #[must_use]
    pub fn expand(&self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (term, behind) = after.split_once("}}").expect("`{{` has its `}}`");
            rest = behind;
            bytes.extend_from_slice(before.as_bytes());
            match self.time(term) {
                Some(seconds) => {
                    let unquoted = rest.strip_prefix('"');
                    if let (Some(b'"'), Some(unquoted)) = (bytes.last(), unquoted) {
                        bytes.pop();
                        rest = unquoted;
                    }
                    bytes.extend_from_slice(seconds.to_string().as_bytes());
                }
                None => bytes.extend_from_slice(&self.term(term)),
            }
        }
        bytes.extend_from_slice(rest.as_bytes());
        bytes
    }

    /// As [`expand`](Self::expand), where it is text.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        String::from_utf8(self.expand(text)).expect("a text")
    }

    /// `now`, `now+60`, `now-60` and RFC 3339.
    fn time(&self, term: &str) -> Option<i64> {
        if let Some(offset) = term.strip_prefix("now") {
            let offset: i64 = if offset.is_empty() {
                0
            } else {
                offset.parse().expect("seconds")
            };
            return Some(self.now.unix_seconds() + offset);
        }
        term.parse::<Timestamp>().ok().map(Timestamp::unix_seconds)
    }

    fn term(&self, term: &str) -> Vec<u8> {
        let (what, of) = term.split_once(':').unwrap_or((term, ""));
        let times = || {
            let (times, text) = of.split_once(':').expect("a number and a text");
            (times.parse::<usize>().expect("a number"), text)
        };
        match what {
            "kid" => keys::kid(of).into(),
            "kid_start" => keys::kid(of).as_bytes()[..10].to_vec(),
            "x" => base64url::encode(&keys::form(of, "raw")).into(),
            "pem" => keys::form(of, "pem"),
            "pem_escaped" => String::from_utf8(keys::form(of, "pem"))
                .expect("PEM is text")
                .replace('\n', "\\n")
                .into(),
            "upper" => self.term(of).to_ascii_uppercase(),
            "repeat" => {
                let (times, text) = times();
                text.repeat(times).into()
            }
            "repeat_hex" => {
                let (times, text) = times();
                from_hex(text).repeat(times)
            }
            "hex" => from_hex(of),
            "sha256" => sha256(self.token.expect("the token is made already")).into(),
            "fingerprint" => keys::FINGERPRINT.as_bytes().to_vec(),
            _ => panic!("the table knows no `{{{{{term}}}}}`"),
        }
    }
}
