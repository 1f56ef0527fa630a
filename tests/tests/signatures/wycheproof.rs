//! All vectors, each through every form of its key. "acceptable" is invalid here.

use entitlements_core::license::{Algorithm, TrustedKey};
use entitlements_tests::encoding::from_hex;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    public_key: serde_json::Value,
    public_key_asn: Option<String>,
    public_key_der: String,
    public_key_pem: String,
    public_key_jwk: Option<serde_json::Value>,
    key_jwk: Option<serde_json::Value>,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    tc_id: u32,
    comment: String,
    msg: String,
    sig: String,
    result: String,
}

impl Group {
    /// The group's key in every form that the file has it in.
    fn keys(&self) -> Vec<TrustedKey> {
        let jwk = self.public_key_jwk.as_ref().or(self.key_jwk.as_ref());
        let mut keys = vec![
            TrustedKey::from_pem(&self.public_key_pem).unwrap(),
            TrustedKey::from_der(from_hex(&self.public_key_der)).unwrap(),
            TrustedKey::from_jwk(jwk.expect("each group has a JWK").to_string()).unwrap(),
        ];
        keys.extend(
            self.public_key_asn
                .iter()
                .map(|der| TrustedKey::from_der(from_hex(der)).unwrap()),
        );
        if let Some(raw) = self.public_key["pk"].as_str() {
            let raw: [u8; 32] = from_hex(raw).try_into().unwrap();
            keys.push(TrustedKey::from_ed25519_bytes(&raw).unwrap());
        }
        keys
    }
}

/// Runs a file, and gives how many vectors were valid and how many were refused.
fn run(text: &str, algorithm: Algorithm) -> (usize, usize) {
    let file: File = serde_json::from_str(text).unwrap();
    let (mut valid, mut refused) = (0, 0);
    for group in &file.test_groups {
        let keys = group.keys();
        for case in &group.tests {
            let expected = case.result == "valid";
            for key in &keys {
                assert_eq!(key.algorithm(), algorithm);
                assert_eq!(
                    key.verify(&from_hex(&case.msg), &from_hex(&case.sig)),
                    expected,
                    "test {}: {}",
                    case.tc_id,
                    case.comment
                );
            }
            *(if expected { &mut valid } else { &mut refused }) += 1;
        }
    }
    assert_eq!(valid + refused, file.number_of_tests);
    (valid, refused)
}

#[test]
fn ed25519() {
    let file = include_str!("../../vectors/wycheproof/ed25519_test.json");
    assert_eq!(run(file, Algorithm::Ed25519), (88, 63));
}

#[test]
fn rs512() {
    let file = include_str!("../../vectors/wycheproof/rsa_signature_4096_sha512_test.json");
    assert_eq!(run(file, Algorithm::Rs512), (7, 252));
}
