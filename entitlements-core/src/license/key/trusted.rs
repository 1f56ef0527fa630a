use std::fmt;
use std::path::Path;

use ed25519_dalek::pkcs8::DecodePublicKey;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use super::KeyError;
use crate::strict::base64url;

/// The most bytes a key file may have.
const MAX_KEY_FILE_BYTES: u64 = 64 * 1024;

/// What a key signs with. A key has exactly one; a token's header never chooses (I7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519 (RFC 8032); `EdDSA` in a header, or `Ed25519` (RFC 9864).
    Ed25519,
}

impl Algorithm {
    /// Whether a header's `alg` names this algorithm.
    pub(crate) fn is_named(self, alg: &str) -> bool {
        match self {
            Self::Ed25519 => matches!(alg, "EdDSA" | "Ed25519"),
        }
    }

    /// What a header's `alg` says for it.
    pub(crate) const fn header_name(self) -> &'static str {
        match self {
            Self::Ed25519 => "EdDSA",
        }
    }
}

/// A vendor's public key, which license keys are checked against.
///
/// ```
/// use entitlements_core::license::{SigningKey, TrustedKey};
///
/// let vendor = SigningKey::generate()?;
/// let trusted = TrustedKey::from_pem(vendor.public_key_pem())?;
/// assert_eq!(trusted.kid(), vendor.kid());
/// assert!(trusted.verify(b"message", &vendor.sign(b"message")));
/// assert!(!trusted.verify(b"massage", &vendor.sign(b"message")));
/// # Ok::<(), entitlements_core::license::KeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TrustedKey {
    kid: String,
    key: VerifyingKey,
}

impl TrustedKey {
    /// Reads a public key in PEM (`SubjectPublicKeyInfo`, RFC 8410).
    ///
    /// # Errors
    /// When it is not one, is a private key, or is weak.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let pem = std::str::from_utf8(pem.as_ref())
            .map_err(|_| KeyError::PublicForm)?
            .trim();
        if pem.contains("PRIVATE KEY-----") {
            return Err(KeyError::PrivateKeyAsPublic);
        }
        let key = VerifyingKey::from_public_key_pem(pem).map_err(|_| KeyError::PublicForm)?;
        Self::checked(key)
    }

    /// Reads a public key file in PEM.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem), and when the file cannot be read.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        let text = crate::files::read_regular(path, MAX_KEY_FILE_BYTES).map_err(|cause| {
            KeyError::File {
                path: path.display().to_string(),
                cause: cause.to_string(),
            }
        })?;
        Self::from_pem(text)
    }

    /// Takes the 32 bytes of an Ed25519 public key (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    /// When they are no point on the curve, or one that makes a weak key.
    pub fn from_ed25519_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::OffCurve)?;
        Self::checked(key)
    }

    /// Names the key by another `kid` than its thumbprint.
    ///
    /// # Errors
    /// When `kid` is empty.
    pub fn with_kid(mut self, kid: impl Into<String>) -> Result<Self, KeyError> {
        self.kid = kid.into();
        if self.kid.is_empty() {
            Err(KeyError::EmptyKeyId)
        } else {
            Ok(self)
        }
    }

    /// What tokens call the key; its RFC 7638 thumbprint unless it was named.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What the key signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        Algorithm::Ed25519
    }

    /// Whether `signature` is this key's over `message`.
    ///
    /// Strict: besides what RFC 8032 demands, points of small order are refused.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }

    pub(crate) fn from_verifying_key(key: VerifyingKey) -> Self {
        Self {
            kid: thumbprint(&key),
            key,
        }
    }

    fn checked(key: VerifyingKey) -> Result<Self, KeyError> {
        if key.is_weak() {
            return Err(KeyError::WeakKey);
        }
        // A second encoding of the same point would be a second thumbprint for the same key.
        if key.to_edwards().compress().to_bytes() != key.to_bytes() {
            return Err(KeyError::OffCurve);
        }
        Ok(Self::from_verifying_key(key))
    }
}

impl fmt::Debug for TrustedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustedKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

/// RFC 7638, with the members that RFC 8037 section 2 names.
fn thumbprint(key: &VerifyingKey) -> String {
    let x = base64url::encode(key.as_bytes());
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    base64url::encode(&Sha256::digest(jwk.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037 appendix A.
    const RFC_8037_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn bytes(x: &str) -> [u8; 32] {
        base64url::decode(x).unwrap().try_into().unwrap()
    }

    #[test]
    fn rfc_8037_thumbprint_and_signature() {
        let key = TrustedKey::from_ed25519_bytes(&bytes(RFC_8037_X)).unwrap();
        assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let signature = base64url::decode(concat!(
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt",
            "9g7sVvpAr_MuM0KAg"
        ))
        .unwrap();
        assert!(key.verify(
            b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
            &signature
        ));
    }

    #[test]
    fn weak_and_impossible_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(
            TrustedKey::from_ed25519_bytes(&identity),
            Err(KeyError::WeakKey)
        );
        assert_eq!(
            TrustedKey::from_ed25519_bytes(&[0; 32]),
            Err(KeyError::WeakKey)
        );
        let mut not_a_point = [0; 32];
        not_a_point[0] = 2;
        assert_eq!(
            TrustedKey::from_ed25519_bytes(&not_a_point),
            Err(KeyError::OffCurve)
        );
        assert!(TrustedKey::from_ed25519_bytes(&[0xff; 32]).is_err());
    }

    #[test]
    fn a_wrong_length_signature_is_no_signature() {
        let key = TrustedKey::from_ed25519_bytes(&bytes(RFC_8037_X)).unwrap();
        for length in [0, 1, 63, 65, 128] {
            assert!(!key.verify(b"message", &vec![0; length]));
        }
    }
}
