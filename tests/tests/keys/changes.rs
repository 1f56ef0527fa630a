//! Whatever is changed in a key, or however it is written anew, it is refused.

use std::sync::LazyLock;

use base64_forms::{padded, standard};
use entitlements_core::license::{LicenseDraft, LicenseIssuer};
use entitlements_core::strict::base64url::{decode, encode};
use entitlements_core::testing::NOW;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::shapes::{catalogs, vendors, verifier};

/// A key of each vendor in each shape.
static KEYS: LazyLock<Vec<(usize, usize, String)>> = LazyLock::new(|| {
    let mut keys = Vec::new();
    for (shape, catalog) in catalogs().iter().enumerate() {
        for (vendor, key) in vendors().iter().enumerate() {
            let draft = LicenseDraft::new("Acme GmbH")
                .plan("pro")
                .feature("sso")
                .expires_at(NOW.saturating_add_days(30));
            let issuer = LicenseIssuer::new(key).with_catalog(catalog.clone());
            keys.push((shape, vendor, issuer.issue(&draft, NOW).unwrap()));
        }
    }
    keys
});

fn is_taken(shape: usize, vendor: usize, token: &str) -> bool {
    verifier(&vendors()[vendor], &catalogs()[shape])
        .verify(token, NOW)
        .is_ok()
}

mod base64_forms {
    pub(super) fn padded(part: &str) -> String {
        format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4))
    }

    pub(super) fn standard(part: &str) -> String {
        part.replace('-', "+").replace('_', "/")
    }
}

/// The same key written in another way: each has to be refused, or is the very same text.
fn rewritten(token: &str) -> Vec<String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts");
    };
    let text = |part: &str| String::from_utf8(decode(part).unwrap()).unwrap();
    let next = |part: &str| {
        // Bits after the last byte.
        let mut bytes = part.as_bytes().to_vec();
        *bytes.last_mut().unwrap() += 1;
        String::from_utf8(bytes).unwrap()
    };
    vec![
        parts
            .iter()
            .map(|part| padded(part))
            .collect::<Vec<_>>()
            .join("."),
        format!("{header}.{payload}.{}", padded(signature)),
        format!("{header}.{payload}.{}", next(signature)),
        format!("{header}.{payload}.{}", standard(signature)),
        standard(token),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}\n"),
        format!(" {token}"),
        format!("{token}\0"),
        format!("{header}.{payload}..{signature}"),
        format!("{header}..{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{payload}.{header}.{signature}"),
        format!(
            "{}.{payload}.{signature}",
            encode(format!("{} ", text(header)).as_bytes())
        ),
        format!(
            "{}.{payload}.{signature}",
            encode(format!("\u{feff}{}", text(header)).as_bytes())
        ),
        format!(
            "{header}.{}.{signature}",
            encode(text(payload).replace("\":", "\" :").as_bytes())
        ),
        format!(
            "{header}.{}.{signature}",
            encode(text(payload).replace("sso", "\\u0073so").as_bytes())
        ),
        format!(
            "{}.{}.{}",
            encode(header.as_bytes()),
            encode(payload.as_bytes()),
            encode(signature.as_bytes())
        ),
        format!(r#"{{"payload":"{payload}","protected":"{header}","signature":"{signature}"}}"#),
        format!(
            r#"{{"payload":"{payload}","signatures":[{{"protected":"{header}","signature":"{signature}"}}]}}"#
        ),
        format!("Bearer {token}"),
        token.to_ascii_uppercase(),
        token.chars().rev().collect(),
        format!("{token}{token}"),
    ]
}

#[test]
fn each_key_is_taken_as_it_was_issued() {
    for (shape, vendor, token) in KEYS.iter() {
        assert!(is_taken(*shape, *vendor, token));
    }
}

#[test]
fn no_key_is_taken_in_another_writing() {
    for (shape, vendor, token) in KEYS.iter() {
        for other in rewritten(token).into_iter().filter(|other| other != token) {
            assert!(!is_taken(*shape, *vendor, &other), "{other}");
        }
    }
}

#[test]
fn no_key_is_taken_from_the_other_vendor() {
    for (shape, vendor, token) in KEYS.iter() {
        assert!(!is_taken(*shape, 1 - vendor, token));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_single_bit_is_refused(key: Index, place: Index, bit in 0..8_u8) {
        let (shape, vendor, token) = key.get(&KEYS);
        let mut bytes = token.clone().into_bytes();
        bytes[place.index(token.len())] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(!is_taken(*shape, *vendor, &changed));
        }
    }

    #[test]
    fn a_single_character_is_refused(key: Index, place: Index, other: char, how in select(vec![0, 1, 2])) {
        let (shape, vendor, token) = key.get(&KEYS);
        let place = place.index(token.len());
        let changed = match how {
            0 => format!("{}{other}{}", &token[..place], &token[place + 1..]),
            1 => format!("{}{other}{}", &token[..place], &token[place..]),
            _ => format!("{}{}", &token[..place], &token[place + 1..]),
        };
        prop_assume!(changed != *token);
        prop_assert!(!is_taken(*shape, *vendor, &changed));
    }

    #[test]
    fn a_bit_of_what_the_signature_decodes_to_is_refused(key: Index, place: Index, bit in 0..8_u8) {
        let (shape, vendor, token) = key.get(&KEYS);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let mut signature = decode(signature).unwrap();
        let place = place.index(signature.len());
        signature[place] ^= 1 << bit;
        let changed = format!("{signed}.{}", encode(&signature));
        prop_assert!(!is_taken(*shape, *vendor, &changed));
    }
}
