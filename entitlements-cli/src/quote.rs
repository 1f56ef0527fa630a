//! What was typed, as messages may repeat it: on one line, nothing invisible, and never a key.

use std::path::Path;

/// The most characters of input that a message repeats.
const MOST_CHARS: usize = 256;
const HIDDEN: &str = "(a key, not shown)";

/// What every private key in PEM has: the armour; behind the algorithm of PKCS#8 the octets of an Ed25519 key, or of an RSA
/// key; and the beginning of an RSA key of PKCS#1.
const PRIVATE: [&str; 4] = ["PRIVATEKEY-----", "K2VwBCIE", "BAQEFAASC", "IBAAKCAgEA"];

/// Input in backticks.
pub(crate) fn quoted(input: &str) -> String {
    if holds_key(input) {
        format!("`{HIDDEN}`")
    } else {
        format!("`{}`", plain(input))
    }
}

/// A path in backticks.
pub(crate) fn path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// The beginning of a text as a terminal shows it: control characters and those that turn the writing round are escaped.
pub(crate) fn plain(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => escaped(text.get(..end).unwrap_or_default()) + "…",
        None => escaped(text),
    }
}

/// All of a text as a terminal shows it.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_deceptive(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Input that is no message: as it is, unless it is a key.
pub(crate) fn without_key(text: &str) -> &str {
    if holds_key(text) { HIDDEN } else { text }
}

/// A message whose quoted parts hold no key.
pub(crate) fn without_keys(message: &str) -> String {
    let parts: Vec<&str> = message
        .split('`')
        .map(|part| if holds_key(part) { HIDDEN } else { part })
        .collect();
    parts.join("`").replace(['\n', '\r'], " ")
}

fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether the text looks like a license key or a private key, or like most of one; line breaks do not matter.
fn holds_key(text: &str) -> bool {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    // A line of armour alone tells what a file must hold, and holds nothing.
    if compact == "-----BEGINPRIVATEKEY-----" {
        return false;
    }
    if PRIVATE.iter().any(|part| compact.contains(part)) {
        return true;
    }
    let base64url = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    compact.split(|c| !base64url(c)).any(|run| {
        // `eyJ` is how base64url of `{"` begins; signatures have 86 characters.
        run.split_once("eyJ")
            .is_some_and(|(_, rest)| rest.len() >= 16)
            || run.split('.').any(|part| part.len() >= 80)
    })
}

#[cfg(test)]
mod tests {
    use super::{holds_key, plain, quoted, without_keys};

    #[test]
    fn keys_are_not_repeated() {
        for key in [
            "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJBY21lIn0.c2ln",
            "eyJhbGci\nOiJFZERTQSJ9\n.eyJzdWIi",
            "@eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJBY21lIn0.c2ln",
            "-----BEGIN PRIVATE KEY-----\nMC4C",
            "MC4CAQAwBQYDK2VwBCIEIA==",
            "MIIJQgIBADANBgkqhkiG9w0BAQEFAASCCSwwggkoAgEAAoICAQ",
            "MIIJKAIBAAKCAgEAq83v",
        ] {
            assert!(holds_key(key), "{key}");
            assert_eq!(quoted(key), "`(a key, not shown)`");
            assert_eq!(
                without_keys(&format!("unknown plan `{key}`")),
                "unknown plan `(a key, not shown)`"
            );
        }
        assert!(holds_key(&"A".repeat(86)));
    }

    #[test]
    fn names_paths_and_thumbprints_are() {
        for input in [
            "business",
            "-----BEGIN PRIVATE KEY-----",
            "/home/acme/keys/kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k.public.pem",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert_eq!(quoted(input), format!("`{input}`"));
        }
    }

    #[test]
    fn what_deceives_a_terminal_is_escaped() {
        assert_eq!(
            plain("Acme\u{1b}[2J\n\u{202e}x"),
            "Acme\\u{1b}[2J\\u{a}\\u{202e}x"
        );
        assert_eq!(plain("Müller \"und\" Söhne"), "Müller \"und\" Söhne");
        assert_eq!(plain(&"ä".repeat(300)).chars().count(), 257);
    }
}
