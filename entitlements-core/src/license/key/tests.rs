use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;

use super::{Algorithm, KeyError, KeyRing, TrustedKey, Window};
use crate::Timestamp;
use crate::license::SigningKey;
use crate::strict::base64url::{decode, encode};

/// RFC 8037 appendix A.
const RFC_8037_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

static RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rsa4096().unwrap());

fn pem(label: &str, der: &[u8]) -> String {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap()
}

fn der_of(pem: &str) -> Vec<u8> {
    der::pem::decode_vec(pem.as_bytes()).unwrap().1
}

/// `SEQUENCE { INTEGER modulus, INTEGER exponent }`.
fn pkcs1(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    fn element(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = value.len();
        let mut bytes = vec![tag];
        match length {
            0..=127 => bytes.push(length as u8),
            128..=255 => bytes.extend([0x81, length as u8]),
            _ => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
        }
        bytes.extend(value);
        bytes
    }
    fn integer(value: &[u8]) -> Vec<u8> {
        match value.first() {
            Some(0..=127) => element(2, value),
            _ => element(2, &[&[0], value].concat()),
        }
    }
    element(0x30, &[integer(modulus), integer(exponent)].concat())
}

/// An odd number of that many bits.
fn odd(bits: usize) -> Vec<u8> {
    let mut number = vec![0xa5; bits.div_ceil(8)];
    number[0] = (0xff >> ((8 - bits % 8) % 8)) & (0x80 >> ((8 - bits % 8) % 8) | 0x2a);
    let last = number.len() - 1;
    number[last] |= 1;
    number
}

fn jwk(members: &str) -> Result<TrustedKey, KeyError> {
    TrustedKey::from_jwk(format!("{{{members}}}"))
}

#[test]
fn rfc_8037_thumbprint_and_signature() {
    let key = TrustedKey::from_ed25519_bytes(&decode(RFC_8037_X).unwrap().try_into().unwrap());
    let key = key.unwrap();
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let signature = decode(concat!(
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt",
        "9g7sVvpAr_MuM0KAg"
    ));
    assert!(key.verify(
        b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        &signature.unwrap()
    ));
}

#[test]
fn rfc_7638_rsa_thumbprint() {
    // Section 3.1 gives the form; its key has 2048 bits, which is too short here, so the digest is worked out again.
    use sha2::Digest as _;
    let der = RSA.public_key_pem();
    let key = TrustedKey::from_pem(&der).unwrap();
    let spki = der_of(&der);
    let (modulus, exponent) = (
        &spki[spki.len() - 5 - 512..spki.len() - 5],
        &spki[spki.len() - 3..],
    );
    let text = format!(
        r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
        encode(exponent),
        encode(modulus)
    );
    assert_eq!(key.kid(), encode(&sha2::Sha256::digest(text)));
}

#[test]
fn every_form_of_one_key_is_one_key() {
    let ed = SigningKey::generate().unwrap();
    let pem_text = ed.public_key_pem();
    let der = der_of(&pem_text);
    let raw: [u8; 32] = der[der.len() - 32..].try_into().unwrap();
    let x = encode(&raw);
    let expected = ed.trusted_key();
    let jwk_text =
        format!(r#" {{"kty":"OKP","crv":"Ed25519","x":"{x}","use":"sig","alg":"EdDSA"}}"#);
    for form in [
        pem_text.as_bytes(),
        format!("\n\n{}\n", pem_text.replace('\n', "\r\n")).as_bytes(),
        &der,
        &raw,
        jwk_text.as_bytes(),
    ] {
        assert_eq!(TrustedKey::from_bytes(form).as_ref(), Ok(expected));
    }
    assert_eq!(expected.algorithm(), Algorithm::Ed25519);

    let rsa = RSA.trusted_key();
    let spki = der_of(&RSA.public_key_pem());
    let pkcs1 = spki[spki.len() - 526..].to_vec();
    let (n, e) = (encode(&spki[spki.len() - 517..spki.len() - 5]), "AQAB");
    let jwk_text =
        format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}","alg":"RS512","key_ops":["verify"]}}"#);
    for form in [
        RSA.public_key_pem().as_bytes(),
        pem("RSA PUBLIC KEY", &pkcs1).as_bytes(),
        &spki,
        &pkcs1,
        jwk_text.as_bytes(),
    ] {
        assert_eq!(TrustedKey::from_bytes(form).as_ref(), Ok(rsa));
    }
    assert_eq!(rsa.algorithm(), Algorithm::Rs512);
}

#[test]
fn a_jwk_keeps_its_kid() {
    let okp = format!(r#""kty":"OKP","crv":"Ed25519","x":"{RFC_8037_X}""#);
    assert_eq!(
        jwk(&format!(r#"{okp},"kid":"2026""#)).unwrap().kid(),
        "2026"
    );
    for kid in [r#""""#, "7", "null", "[]"] {
        assert_eq!(
            jwk(&format!(r#"{okp},"kid":{kid}"#)),
            Err(KeyError::EmptyKeyId)
        );
    }
}

#[test]
fn a_jwk_for_something_else_is_refused() {
    let okp = format!(r#""kty":"OKP","crv":"Ed25519","x":"{RFC_8037_X}""#);
    for (more, expected) in [
        (r#""use":"enc""#, KeyError::OtherUse("use")),
        (r#""use":null"#, KeyError::OtherUse("use")),
        (r#""key_ops":["sign"]"#, KeyError::OtherUse("key_ops")),
        (r#""key_ops":[]"#, KeyError::OtherUse("key_ops")),
        (
            r#""key_ops":["verify","sign"]"#,
            KeyError::OtherUse("key_ops"),
        ),
        (
            r#""key_ops":["verify","verify"]"#,
            KeyError::OtherUse("key_ops"),
        ),
        (r#""key_ops":"verify""#, KeyError::OtherUse("key_ops")),
        (r#""alg":"RS512""#, KeyError::OtherUse("alg")),
        (r#""alg":"ES256""#, KeyError::OtherUse("alg")),
        (
            r#""d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A""#,
            KeyError::PrivateKeyAsPublic,
        ),
        (r#""k":"AA""#, KeyError::PrivateKeyAsPublic),
        (r#""keys":[]"#, KeyError::SeveralKeys),
        (r#""kty":"OKP""#, KeyError::PublicForm),
    ] {
        assert_eq!(jwk(&format!("{okp},{more}")), Err(expected), "{more}");
    }
    assert!(jwk(&format!(r#"{okp},"alg":"Ed25519","key_ops":["verify"]"#)).is_ok());
    for (members, expected) in [
        (r#""keys":[]"#, KeyError::SeveralKeys),
        (r#""kty":"oct","k":"AAAA""#, KeyError::PrivateKeyAsPublic),
        (
            r#""kty":"EC","crv":"P-256","x":"AA","y":"AA""#,
            KeyError::OtherAlgorithm,
        ),
        (
            r#""kty":"OKP","crv":"Ed448","x":"AA""#,
            KeyError::OtherAlgorithm,
        ),
        (
            r#""kty":"OKP","crv":"X25519","x":"AA""#,
            KeyError::OtherAlgorithm,
        ),
        (
            r#""kty":"OKP","crv":"Ed25519","x":"AAAA""#,
            KeyError::PublicForm,
        ),
        (r#""kty":"OKP","crv":"Ed25519""#, KeyError::PublicForm),
        (r#""kty":"RSA","n":"AAEC","e":"AQAB""#, KeyError::PublicForm),
        (r#""kty":"RSA","n":"","e":"AQAB""#, KeyError::PublicForm),
        ("", KeyError::PublicForm),
    ] {
        assert_eq!(jwk(members), Err(expected), "{members}");
    }
    assert_eq!(
        jwk(&format!(
            r#""kty":"OKP","crv":"Ed25519","x":"{RFC_8037_X}=""#
        )),
        Err(KeyError::PublicForm)
    );
    assert_eq!(TrustedKey::from_jwk("[]"), Err(KeyError::PublicForm));
}

#[test]
fn weak_and_impossible_ed25519_keys_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut not_a_point = [0; 32];
    not_a_point[0] = 2;
    // y = p + 1, which is the identity's second encoding.
    let mut second_encoding = [0xff; 32];
    second_encoding[0] = 0xee;
    second_encoding[31] = 0x7f;
    for (bytes, expected) in [
        ([0; 32], KeyError::WeakKey),
        (identity, KeyError::WeakKey),
        (not_a_point, KeyError::OffCurve),
        (second_encoding, KeyError::WeakKey),
    ] {
        assert_eq!(
            TrustedKey::from_ed25519_bytes(&bytes),
            Err(expected.clone())
        );
        assert_eq!(TrustedKey::from_bytes(bytes), Err(expected.clone()));
        let x = encode(&bytes);
        assert_eq!(
            jwk(&format!(r#""kty":"OKP","crv":"Ed25519","x":"{x}""#)),
            Err(expected)
        );
    }
    // y = p + 3 is a point, and 3 is its one encoding.
    let mut p_plus_3 = [0xff; 32];
    p_plus_3[0] = 0xf0;
    p_plus_3[31] = 0x7f;
    assert_eq!(
        TrustedKey::from_ed25519_bytes(&p_plus_3),
        Err(KeyError::OffCurve)
    );
    assert!(TrustedKey::from_ed25519_bytes(&[0xff; 32]).is_err());
}

#[test]
fn rsa_keys_outside_the_sizes_are_refused() {
    let load = |modulus: &[u8], exponent: &[u8]| TrustedKey::from_der(pkcs1(modulus, exponent));
    let f4 = [1, 0, 1];
    for bits in [512, 1024, 2048, 3072, 4095, 8193, 16384] {
        assert_eq!(
            load(&odd(bits), &f4),
            Err(KeyError::RsaSize(bits)),
            "{bits}"
        );
    }
    for bits in [4096, 4097, 6144, 8191, 8192] {
        assert!(load(&odd(bits), &f4).is_ok(), "{bits}");
    }
    let mut even = odd(4096);
    *even.last_mut().unwrap() &= 0xfe;
    assert_eq!(load(&even, &f4), Err(KeyError::RsaModulus));
    for exponent in [
        &[1][..],
        &[3],
        &[17],
        &[0xff, 0xff],
        &[1, 0, 0],
        &[1, 0, 2],
        &[2, 0, 0, 0, 1],
        &[1, 0, 0, 0, 0, 0, 0, 0, 1],
    ] {
        assert_eq!(
            load(&odd(4096), exponent),
            Err(KeyError::RsaExponent),
            "{exponent:x?}"
        );
    }
    assert!(load(&odd(4096), &[1, 0, 0, 0, 1]).is_ok(), "2^32 + 1");
}

#[test]
fn other_things_in_der_and_pem_are_refused_by_name() {
    let ed = SigningKey::generate().unwrap();
    let private = ed.private_key_pem();
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let short: PublicKeyX509Der<'static> = pair.public_key().as_der().unwrap();
    let mut trailing = der_of(&ed.public_key_pem());
    trailing.push(0);
    // A P-256 key's `SubjectPublicKeyInfo`, as far as its algorithm.
    let p256 = [
        &[
            0x30, 0x19, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
            0x08,
        ][..],
        &[
            0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x02, 0x00, 0x04,
        ],
    ]
    .concat();
    let two = format!("{0}{0}", ed.public_key_pem());
    for (bytes, expected) in [
        (private.as_bytes().to_vec(), KeyError::PrivateKeyAsPublic),
        (der_of(&private), KeyError::PrivateKeyAsPublic),
        (der_of(&RSA.private_key_pem()), KeyError::PrivateKeyAsPublic),
        (
            pem("ENCRYPTED PRIVATE KEY", b"x").into_bytes(),
            KeyError::PrivateKeyAsPublic,
        ),
        (
            pem("OPENSSH PRIVATE KEY", b"x").into_bytes(),
            KeyError::PrivateKeyAsPublic,
        ),
        (pem("CERTIFICATE", b"x").into_bytes(), KeyError::Certificate),
        (vec![0x30, 5, 0x30, 3, 0xa0, 1, 2], KeyError::Certificate),
        (two.into_bytes(), KeyError::SeveralKeys),
        (
            pem("RSA PUBLIC KEY", &der_of(&ed.public_key_pem())).into_bytes(),
            KeyError::PublicForm,
        ),
        (
            pem("EC PUBLIC KEY", b"x").into_bytes(),
            KeyError::PublicForm,
        ),
        (
            pem("PUBLIC KEY", &trailing).into_bytes(),
            KeyError::PublicForm,
        ),
        (trailing, KeyError::PublicForm),
        (p256, KeyError::OtherAlgorithm),
        (short.as_ref().to_vec(), KeyError::RsaSize(2048)),
        (
            format!("key: {}", ed.public_key_pem()).into_bytes(),
            KeyError::PublicForm,
        ),
        (b"-----BEGIN PUBLIC KEY-----".to_vec(), KeyError::PublicForm),
        (
            b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI".to_vec(),
            KeyError::PublicForm,
        ),
        (vec![0xff; 40], KeyError::PublicForm),
        (Vec::new(), KeyError::PublicForm),
    ] {
        let refused = TrustedKey::from_bytes(&bytes);
        assert_eq!(
            refused,
            Err(expected),
            "{:?}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn a_wrong_length_signature_is_no_signature() {
    for key in [
        SigningKey::generate().unwrap().trusted_key(),
        RSA.trusted_key(),
    ] {
        for length in [0, 1, 63, 64, 65, 128, 511, 512, 513, 1024] {
            assert!(!key.verify(b"message", &vec![0; length]));
            assert!(!key.verify(b"message", &vec![0xff; length]));
        }
    }
}

#[test]
fn a_window_has_its_first_moment_and_not_its_last() {
    let at = Timestamp::from_unix_seconds;
    let window = Window::default().from(at(10)).until(at(20));
    let allowed: Vec<i64> = (8..23).filter(|s| window.allows(Some(at(*s)))).collect();
    assert_eq!(allowed, (10..20).collect::<Vec<_>>());
    assert!(!window.allows(None));
    assert!(Window::default().allows(None));
    assert!(!Window::default().from(at(10)).allows(None));
    assert!(Window::default().until(at(20)).allows(Some(at(-5))));
}

#[test]
fn a_window_that_ends_before_it_begins_is_refused() {
    let key = SigningKey::generate().unwrap().trusted_key().clone();
    let at = Timestamp::from_unix_seconds;
    for until in [9, 10] {
        let key = key.clone().valid_from(at(10)).valid_until(at(until));
        let refused = KeyRing::new(vec![key]).unwrap_err();
        assert!(matches!(refused, KeyError::EmptyWindow(_)));
    }
}
