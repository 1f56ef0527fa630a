use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use der::pem::{LineEnding, encode_string};

use super::ed25519::Ed25519Key;
use super::rsa::RsaKey;
use super::{Algorithm, KeyError};

/// A public key that was found fit to be trusted, of whichever algorithm.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    Ed25519(Ed25519Key),
    Rsa(RsaKey),
}

impl PublicKey {
    pub(super) fn from_ed25519_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Ed25519Key::from_bytes(bytes).map(Self::Ed25519)
    }

    /// Big-endian, without leading zeros.
    pub(super) fn from_rsa_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        RsaKey::from_components(modulus, exponent).map(Self::Rsa)
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::Ed25519,
            Self::Rsa(_) => Algorithm::Rs512,
        }
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => key.verify(message, signature),
            Self::Rsa(key) => key.verify(message, signature),
        }
    }

    pub(super) fn thumbprint(&self) -> String {
        match self {
            Self::Ed25519(key) => key.thumbprint(),
            Self::Rsa(key) => key.thumbprint(),
        }
    }

    /// `SubjectPublicKeyInfo` in PEM.
    pub(super) fn to_pem(&self) -> String {
        let parsed = match self {
            Self::Ed25519(key) => key.parsed(),
            Self::Rsa(key) => key.parsed(),
        };
        let der: Result<PublicKeyX509Der<'static>, _> = parsed.as_der();
        // INVARIANT: what was parsed encodes.
        der.ok()
            .and_then(|der| encode_string("PUBLIC KEY", LineEnding::LF, der.as_ref()).ok())
            .unwrap_or_default()
    }
}
