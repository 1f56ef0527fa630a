//! L1 to L4: form, header and signature.

use super::Forger;
use crate::license::{LicenseErrorKind as Kind, LicenseVerifier, SigningKey};
use crate::strict::base64url::encode;
use crate::testing::{self, NOW};

#[test]
fn l1_only_the_compact_form_is_read() {
    let forger = Forger::new();
    let good = forger.headed(r#"{"alg":"EdDSA"}"#);
    assert!(forger.verdict(&good).is_ok());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts")
    };
    for token in [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        header.into(),
        format!("{header}.{payload}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{header}..{payload}.{signature}"),
        format!(".{payload}.{signature}"),
    ] {
        forger.refuses(&token, Kind::Malformed);
    }
    for token in [
        format!("{header}.{payload}.{signature}="),
        format!("{header}.{payload}=.{signature}"),
        format!("{header}=.{payload}.{signature}"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{header}.{payload}.+{}", signature.split_at(1).1),
        format!("{header}.{payload}A.{signature}"),
        format!("{header}.\u{200b}{payload}.{signature}"),
        "\0.\0.\0".into(),
        "{\"payload\":\"\",\"signatures\":[]}.a.b".into(),
    ] {
        assert!(forger.verdict(&token).is_err(), "{token}");
        assert_ne!(
            forger.verdict(&token).map(drop),
            Err(Kind::Signature),
            "{token}"
        );
    }
    // The last character of a signature holds two bits that belong to no byte.
    let last = signature.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.find(last).unwrap();
    let other = alphabet.chars().nth(place ^ 1).unwrap();
    let respelled = format!("{}{other}", good.strip_suffix(last).unwrap());
    forger.refuses(&respelled, Kind::Encoding);
}

#[test]
fn l1_a_key_has_at_most_16_kib() {
    let forger = Forger::new();
    let padded = |length: usize| {
        forger.key(&format!(
            r#"{{"tier":"business","exp":4102444800,"x":"{}"}}"#,
            "a".repeat(length)
        ))
    };
    let most = (11_000..13_000)
        .rev()
        .map(padded)
        .find(|key| key.len() <= 16 * 1024)
        .unwrap();
    assert!(most.len() > 16 * 1024 - 4);
    assert!(forger.verdict(&most).is_ok());
    forger.refuses(&padded(12_400), Kind::TooLong);
    forger.refuses(&"a".repeat(16 * 1024 + 1), Kind::TooLong);
    forger.refuses(&".".repeat(10_000_000), Kind::TooLong);
}

#[test]
fn l2_and_l3_the_header_is_strict_json_and_asks_for_nothing() {
    let forger = Forger::new();
    for (header, kind) in [
        ("{", Kind::Json),
        ("null", Kind::NotAnObject),
        ("[]", Kind::NotAnObject),
        (r#""EdDSA""#, Kind::NotAnObject),
        ("\u{feff}{\"alg\":\"EdDSA\"}", Kind::Json),
        (r#"{"alg":"EdDSA"} x"#, Kind::Json),
        (r#"{"alg":"EdDSA","alg":"EdDSA"}"#, Kind::DuplicateMember),
        (
            r#"{"alg":"EdDSA","\u0061lg":"none"}"#,
            Kind::DuplicateMember,
        ),
        (
            r#"{"alg":"EdDSA","x":{"a":1,"a":1}}"#,
            Kind::DuplicateMember,
        ),
        (r#"{"alg":"EdDSA","crit":["exp"]}"#, Kind::HeaderParameter),
        (r#"{"alg":"EdDSA","crit":[]}"#, Kind::HeaderParameter),
        (r#"{"alg":"EdDSA","b64":true}"#, Kind::HeaderParameter),
        (r#"{"alg":"EdDSA","zip":"DEF"}"#, Kind::HeaderParameter),
        (r#"{"alg":"EdDSA","typ":"at+jwt"}"#, Kind::TokenType),
        (
            r#"{"alg":"EdDSA","typ":"entitlements-revocations+jwt"}"#,
            Kind::TokenType,
        ),
        (r#"{"alg":"EdDSA","typ":null}"#, Kind::TokenType),
        (r#"{"alg":"EdDSA","typ":"LICENSE+JWT"}"#, Kind::TokenType),
        (r#"{"alg":"EdDSA","kid":""}"#, Kind::KeyId),
        (r#"{"alg":"EdDSA","kid":1}"#, Kind::KeyId),
        (r#"{"alg":"EdDSA","kid":null}"#, Kind::KeyId),
        (r#"{"alg":"EdDSA","kid":["a"]}"#, Kind::KeyId),
        (
            r#"{"alg":"EdDSA","kid":"../../etc/passwd"}"#,
            Kind::UnknownKey,
        ),
        ("{}", Kind::Algorithm),
        (r#"{"alg":null}"#, Kind::Algorithm),
        (r#"{"alg":["EdDSA"]}"#, Kind::Algorithm),
        (r#"{"alg":"none"}"#, Kind::Algorithm),
        (r#"{"alg":"None"}"#, Kind::Algorithm),
        (r#"{"alg":""}"#, Kind::Algorithm),
        (r#"{"alg":"eddsa"}"#, Kind::Algorithm),
        (r#"{"alg":"EdDSA "}"#, Kind::Algorithm),
        (r#"{"alg":"HS256"}"#, Kind::Algorithm),
        (r#"{"alg":"RS256"}"#, Kind::Algorithm),
        (r#"{"alg":"RS512"}"#, Kind::Algorithm),
        (r#"{"alg":"ES256"}"#, Kind::Algorithm),
        (r#"{"alg":"Ed448"}"#, Kind::Algorithm),
    ] {
        forger.refuses(&forger.headed(header), kind);
    }
    let deep = format!(
        r#"{{"alg":"EdDSA","x":{}{}}}"#,
        "[".repeat(32),
        "]".repeat(32)
    );
    forger.refuses(&forger.headed(&deep), Kind::Depth);
    let kid = forger.key.kid();
    for header in [
        r#"{"alg":"EdDSA"}"#.to_owned(),
        r#"{"alg":"Ed25519","typ":"jwt"}"#.into(),
        r#"{"alg":"\u0045dDSA","typ":"license+jwt"}"#.into(),
        format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{kid}"}}"#),
        // Keys and addresses of keys in a header are not read, whatever they say.
        r#"{"alg":"EdDSA","jwk":{"kty":"OKP"},"jku":"https://evil.example","x5u":1,"x5c":[]}"#
            .into(),
    ] {
        assert!(forger.verdict(&forger.headed(&header)).is_ok(), "{header}");
    }
}

#[test]
fn l4_nothing_but_configured_keys_verifies_anything() {
    let forger = Forger::new();
    let stranger = Forger::new();
    let kid = forger.key.kid();
    forger.refuses(&stranger.headed(r#"{"alg":"EdDSA"}"#), Kind::Signature);
    forger.refuses(
        &stranger.headed(&format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#)),
        Kind::Signature,
    );
    let good = forger.headed(r#"{"alg":"EdDSA"}"#);
    let (signed, _) = good.rsplit_once('.').unwrap();
    for signature in [
        vec![],
        vec![0; 63],
        vec![0; 64],
        vec![0; 65],
        vec![0xff; 64],
        b"none".to_vec(),
    ] {
        forger.refuses(&format!("{signed}.{}", encode(&signature)), Kind::Signature);
    }
    let nobody = LicenseVerifier::new([]).unwrap();
    let refused = nobody.verify(&good, NOW).unwrap_err();
    assert_eq!(refused.kind(), Kind::UnknownKey);
}

#[test]
fn l4_of_several_keys_the_named_one_is_tried() {
    let (old, new) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let ring = [
        old.trusted_key().clone(),
        new.trusted_key().clone().with_kid("2026").unwrap(),
    ];
    let verifier = LicenseVerifier::new(ring)
        .unwrap()
        .with_catalog(testing::catalog());
    let sign = |key: &SigningKey, header: &str| {
        let signed = format!(
            "{}.{}",
            encode(header.as_bytes()),
            encode(br#"{"tier":"business","exp":4102444800}"#)
        );
        format!("{signed}.{}", encode(&key.sign(signed.as_bytes())))
    };
    let verdict = |token: &str| verifier.verify(token, NOW).map(|license| license.kid);
    assert_eq!(
        verdict(&sign(&new, r#"{"alg":"EdDSA","kid":"2026"}"#)).unwrap(),
        "2026"
    );
    assert_eq!(verdict(&sign(&new, r#"{"alg":"EdDSA"}"#)).unwrap(), "2026");
    assert_eq!(
        verdict(&sign(&old, r#"{"alg":"EdDSA"}"#)).unwrap(),
        old.kid()
    );
    let crossed = verdict(&sign(&old, r#"{"alg":"EdDSA","kid":"2026"}"#)).unwrap_err();
    assert_eq!(crossed.kind(), Kind::Signature);
    // Its thumbprint is not its name any more.
    let renamed = format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, new.kid());
    assert_eq!(
        verdict(&sign(&new, &renamed)).unwrap_err().kind(),
        Kind::UnknownKey
    );
}

#[test]
fn l12_two_keys_of_one_name_are_refused_and_one_key_twice_too() {
    let (a, b) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let named = |key: &SigningKey| key.trusted_key().clone().with_kid("same").unwrap();
    let refused = LicenseVerifier::new([named(&a), named(&b)]).unwrap_err();
    assert!(refused.to_string().contains("`same`"), "{refused}");
    assert!(LicenseVerifier::new([named(&a), named(&a)]).is_err());
    assert!(a.trusted_key().clone().with_kid("").is_err());
}
