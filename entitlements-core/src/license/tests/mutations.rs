//! Whatever is changed in a key, it is refused.

use super::Forger;
use crate::license::compact_key;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn good(forger: &Forger) -> String {
    forger.key(
        r#"{"jti":"lic-1","sub":"acme","tier":"business","exp":4102444800,"features":["sso"]}"#,
    )
}

#[test]
fn every_single_bit_counts() {
    let forger = Forger::new();
    let key = good(&forger);
    assert!(forger.verdict(&key).is_ok());
    for place in 0..key.len() {
        for bit in 0..8 {
            let mut bytes = key.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(
                    forger.verdict(&changed).is_err(),
                    "bit {bit} of byte {place}: {changed}"
                );
            }
        }
    }
}

#[test]
fn every_single_character_counts() {
    let forger = Forger::new();
    let key = good(&forger);
    for place in (0..key.len()).filter(|place| place % 3 == 0 || *place + 4 > key.len()) {
        for other in ALPHABET
            .iter()
            .filter(|other| key.as_bytes()[place] != **other)
        {
            let mut bytes = key.clone().into_bytes();
            bytes[place] = *other;
            assert!(
                forger
                    .verdict(std::str::from_utf8(&bytes).unwrap())
                    .is_err(),
                "{place}"
            );
        }
        let mut without = key.clone();
        without.remove(place);
        assert!(forger.verdict(&without).is_err(), "without {place}");
        let mut doubled = key.clone();
        doubled.insert(place, char::from(key.as_bytes()[place]));
        assert!(forger.verdict(&doubled).is_err(), "doubled {place}");
    }
    for end in 0..key.len() {
        assert!(
            forger.verdict(key.get(..end).unwrap()).is_err(),
            "cut at {end}"
        );
    }
}

#[test]
fn white_space_is_the_entrances_business_not_the_verifiers() {
    let forger = Forger::new();
    let key = good(&forger);
    let folded: String = key
        .as_bytes()
        .chunks(20)
        .map(|line| format!("  {}\r\n\t", std::str::from_utf8(line).unwrap()))
        .collect();
    assert!(forger.verdict(&folded).is_err());
    assert_eq!(compact_key(folded.as_bytes()).unwrap(), key);
    assert!(compact_key(&vec![b' '; 64 * 1024 + 1]).is_err());
    assert!(compact_key(b"\xff").is_err());
    assert_ne!(compact_key("a\u{a0}b".as_bytes()).unwrap(), "ab");
}

proptest::proptest! {
    #[test]
    fn arbitrary_text_is_refused_without_a_panic(text: String) {
        let forger = Forger::new();
        proptest::prop_assert!(forger.verdict(&text).is_err());
    }

    #[test]
    fn an_arbitrary_payload_is_refused_or_read_without_a_panic(payload: Vec<u8>) {
        let forger = Forger::new();
        let _ = forger.verdict(&forger.sign(r#"{"alg":"EdDSA"}"#, payload));
    }

    #[test]
    fn arbitrary_claims_are_refused_or_read_without_a_panic(claims in r#"\{("(tier|exp|iat|nbf|features|limits|jti)":(1|-1|4102444800|null|true|"business"|\[\]|\{\}|1e5|\["a"\]|\{"a":1\}),?){0,5}\}"#) {
        let forger = Forger::new();
        let _ = forger.verdict(&forger.key(&claims));
    }
}
