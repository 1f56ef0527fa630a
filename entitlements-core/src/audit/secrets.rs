//! I9, for records: whoever makes one may make a mistake, so each is looked at once more before it is kept.

use super::AuditRecord;
use crate::strict::text::is_invisible;

/// What stands where a secret stood.
const REMOVED: &str = "[removed]";

/// How the header and the payload of a compact JWS begin: `{"`, as base64url.
const START: &str = "eyJ";

/// No part of a key or a token that tells anything is shorter.
const SHORTEST: usize = 16;

/// The longest text of a record, in characters; what is longer was not meant to be read.
const LONGEST: usize = 1000;

/// The record without what looks like a key or a token, and without what would show as something else in a log.
pub(super) fn cleaned(mut record: AuditRecord) -> AuditRecord {
    for text in [
        &mut record.id,
        &mut record.action,
        &mut record.actor,
        &mut record.outcome,
    ] {
        clean(text);
    }
    for text in [&mut record.license, &mut record.plan, &mut record.account] {
        text.iter_mut().for_each(clean);
    }
    for (name, value) in &mut record.details {
        clean(name);
        clean(value);
    }
    record
}

fn clean(text: &mut String) {
    let shown = without_tokens(text);
    *text = shown
        .chars()
        .flat_map(|c| {
            // A character stands for itself, or is spelled out.
            let escape = is_invisible(c).then(|| c.escape_unicode());
            let plain = escape.is_none().then_some(c);
            escape.into_iter().flatten().chain(plain)
        })
        .take(LONGEST)
        .collect();
}

/// The text, with one word in place of all that follows the start of a token up to where it ends.
fn without_tokens(mut text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    while let Some(start) = text.find(START) {
        let (before, rest) = text.split_at(start);
        let length = rest.find(|c| !is_part_of_token(c)).unwrap_or(rest.len());
        let (found, after) = rest.split_at(length);
        let begins = !before.ends_with(|c: char| c.is_ascii_alphanumeric());
        shown.push_str(before);
        shown.push_str(if begins && length >= SHORTEST {
            REMOVED
        } else {
            found
        });
        text = after;
    }
    shown.push_str(text);
    shown
}

/// The alphabet of a compact JWS, and how it may be wrapped or padded.
fn is_part_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '/' | '=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOW;

    fn shown(text: &str) -> String {
        let mut text = text.to_owned();
        clean(&mut text);
        text
    }

    #[test]
    fn i9_what_looks_like_a_token_is_taken_out_wherever_it_stands() {
        let token = "eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJsaWNfMSJ9.c2lnbmF0dXJl";
        for (text, expected) in [
            (token.to_owned(), REMOVED.to_owned()),
            (format!("Bearer {token}"), format!("Bearer {REMOVED}")),
            (format!("a=`{token}`, b"), format!("a=`{REMOVED}`, b")),
            (format!("{token} {token}"), format!("{REMOVED} {REMOVED}")),
            ("x-eyJqdGkiOiJsaWNfMSJ9".into(), format!("x-{REMOVED}")),
        ] {
            assert_eq!(shown(&text), expected);
        }
    }

    #[test]
    fn what_does_not_look_like_one_stays() {
        for text in [
            "",
            "lic_1",
            "ada@example.com",
            "größe 牌 🔑",
            "eyJ",
            "eyJhbGciOiJF",
            "keyJournalOfTheVendor",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn a_text_cannot_write_lines_of_its_own_and_has_an_end() {
        assert_eq!(shown("a\nb\u{202e}"), "a\\u{a}b\\u{202e}");
        assert_eq!(shown(&"é".repeat(2 * LONGEST)), "é".repeat(LONGEST));
    }

    #[test]
    fn every_text_of_a_record_is_looked_at() {
        let token = || "eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJsaWNfMSJ9.c2lnbmF0dXJl".to_owned();
        let mut record = AuditRecord::new(NOW, token(), token());
        record.id = token();
        record.license = Some(token());
        record.plan = Some(token());
        record.account = Some(token());
        record.outcome = token();
        record.details = vec![(token(), token())];
        let shown = format!("{:?}", cleaned(record));
        assert_eq!(shown.matches(REMOVED).count(), 9, "{shown}");
        assert!(!shown.contains("eyJ"), "{shown}");
    }
}
