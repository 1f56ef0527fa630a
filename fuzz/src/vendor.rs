//! The vendor whose keys are in the corpus.
//!
//! Its key pair is the one of RFC 8037 appendix A, so both halves are public and the corpus can be made anew to the byte.

use entitlements_core::license::{SigningKey, TrustedKey};
use entitlements_core::strict::base64url::encode;

const PUBLIC: [u8; 32] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];

/// The private half, PKCS#8 in PEM.
pub const PRIVATE_PEM: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";

/// The public half, made without the private one.
///
/// # Panics
/// When the published key is refused.
#[must_use]
pub fn trusted_key() -> TrustedKey {
    TrustedKey::from_ed25519_bytes(&PUBLIC).expect("the key of RFC 8037 is a good one")
}

/// The private half, for what makes keys. The target `token` has no business with it.
///
/// # Panics
/// When the published key is refused.
#[must_use]
pub fn signing_key() -> SigningKey {
    SigningKey::from_pem(PRIVATE_PEM).expect("the key of RFC 8037 is a good one")
}

/// Signs the bytes of a header and a payload as they stand, into the compact form.
#[must_use]
pub fn sign(key: &SigningKey, header: &[u8], payload: &[u8]) -> String {
    let signed = format!("{}.{}", encode(header), encode(payload));
    let signature = encode(&key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}
