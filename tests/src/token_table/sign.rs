//! `sign_with`: signatures by the fixed keys, and by those who have only their public halves.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};
use aws_lc_rs::{hmac, signature};

use super::keys;
use crate::encoding::from_pem;

/// Signs `message`: with a key by its name, `none` for nothing, `hmac-256:vendor:pem` with a public key in a form as the secret
/// (`hmac-256:text:secret` with a text), `rs256:rsa` with a key and another algorithm, or `es256` with a key of nobody.
///
/// # Panics
/// When there is no such way.
#[must_use]
pub fn signature(sign_with: &str, message: &[u8]) -> Vec<u8> {
    let (way, of) = sign_with.split_once(':').unwrap_or((sign_with, ""));
    match way {
        "none" => Vec::new(),
        "es256" => es256(message),
        "hmac-256" => mac(hmac::HMAC_SHA256, of, message),
        "hmac-384" => mac(hmac::HMAC_SHA384, of, message),
        "hmac-512" => mac(hmac::HMAC_SHA512, of, message),
        "rs256" => rsa(of, &RSA_PKCS1_SHA256, message),
        "rs384" => rsa(of, &RSA_PKCS1_SHA384, message),
        "ps256" => rsa(of, &RSA_PSS_SHA256, message),
        "ps384" => rsa(of, &RSA_PSS_SHA384, message),
        "ps512" => rsa(of, &RSA_PSS_SHA512, message),
        name => keys::key(name).sign(message),
    }
}

/// The `alg` of a key's own signatures.
#[must_use]
pub fn algorithm(sign_with: &str) -> &'static str {
    match sign_with {
        "none" => "none",
        name => keys::key(name).algorithm().header_name(),
    }
}

fn mac(algorithm: hmac::Algorithm, of: &str, message: &[u8]) -> Vec<u8> {
    let (name, form) = of.split_once(':').expect("a key and its form");
    let secret = if name == "text" {
        form.as_bytes().to_vec()
    } else {
        keys::form(name, form)
    };
    let key = hmac::Key::new(algorithm, &secret);
    hmac::sign(&key, message).as_ref().to_vec()
}

fn rsa(name: &str, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let der = from_pem(&keys::key(name).private_key_pem());
    let pair = KeyPair::from_pkcs8(&der).expect("PKCS#8");
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut signature)
        .expect("an RSA key signs");
    signature
}

fn es256(message: &[u8]) -> Vec<u8> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("randomness");
    let signed = pair.sign(&SystemRandom::new(), message).expect("signs");
    let public = signature::UnparsedPublicKey::new(
        &signature::ECDSA_P256_SHA256_FIXED,
        pair.public_key().as_ref(),
    );
    public
        .verify(message, signed.as_ref())
        .expect("a genuine signature");
    signed.as_ref().to_vec()
}
