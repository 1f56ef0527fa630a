//! RFC 8037 appendix A, through the public API.

use entitlements_core::license::{Algorithm, SigningKey, TrustedKey};
use entitlements_core::strict::base64url::decode;

const D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const SIGNED: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
const SIGNATURE: &str = concat!(
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt",
    "9g7sVvpAr_MuM0KAg"
);

#[test]
fn a_1_and_a_2_the_private_key_has_the_public_one() {
    let secret: [u8; 32] = decode(D).unwrap().try_into().unwrap();
    let key = SigningKey::from_ed25519_bytes(&secret).unwrap();
    let public: [u8; 32] = decode(X).unwrap().try_into().unwrap();
    assert_eq!(
        key.trusted_key(),
        &TrustedKey::from_ed25519_bytes(&public).unwrap()
    );
    assert_eq!(key.algorithm(), Algorithm::Ed25519);
}

#[test]
fn a_3_thumbprint() {
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}"#);
    let key = TrustedKey::from_jwk(jwk).unwrap();
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn a_4_signing() {
    let secret: [u8; 32] = decode(D).unwrap().try_into().unwrap();
    let key = SigningKey::from_ed25519_bytes(&secret).unwrap();
    assert_eq!(key.sign(SIGNED.as_bytes()), decode(SIGNATURE).unwrap());
}

#[test]
fn a_5_validation() {
    let public: [u8; 32] = decode(X).unwrap().try_into().unwrap();
    let key = TrustedKey::from_ed25519_bytes(&public).unwrap();
    assert!(key.verify(SIGNED.as_bytes(), &decode(SIGNATURE).unwrap()));
    assert!(!key.verify(&SIGNED.as_bytes()[1..], &decode(SIGNATURE).unwrap()));
}
