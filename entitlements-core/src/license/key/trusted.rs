use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::{Algorithm, KeyError, PublicKey, Window, form, read_key_file};
use crate::Timestamp;

/// A vendor's public key, which license keys are checked against.
///
/// It has one [`Algorithm`], whatever a token's header says (I7). Keys with which signatures can be forged, or that are too
/// short, are refused when they are read. Cloning is cheap.
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
///
/// A key that was in use from one day to another, and a license that was issued outside of them:
///
/// ```
/// use entitlements_core::license::{LicenseErrorKind, LicenseVerifier};
/// use entitlements_core::testing::{self, TestVendor};
///
/// let vendor = TestVendor::new();
/// let retired = vendor.trusted_key().valid_until("2026-01-01T00:00:00Z".parse()?);
/// let verifier = LicenseVerifier::new([retired])?;
/// let key = vendor.key(&testing::catalog(), |draft| draft.plan("business"));
/// let refused = verifier.verify(&key, testing::NOW).unwrap_err();
/// assert_eq!(refused.kind(), LicenseErrorKind::KeyWindow);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TrustedKey {
    kid: String,
    key: Arc<PublicKey>,
    window: Window,
}

impl TrustedKey {
    /// Reads a public key in PEM: `PUBLIC KEY` (`SubjectPublicKeyInfo`; RFC 5280, RFC 8410) or `RSA PUBLIC KEY` (RFC 8017).
    ///
    /// # Errors
    /// When it is not exactly one such block, is a private key or a certificate, or the key is weak, too short or too long.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        form::from_pem(pem.as_ref()).map(Self::of)
    }

    /// Reads a public key in DER: `SubjectPublicKeyInfo` or `RSAPublicKey`.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der(der: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        form::from_der(der.as_ref()).map(Self::of)
    }

    /// Reads a JSON Web Key (RFC 7517): `OKP` with curve `Ed25519`, or `RSA`. Its `kid` is kept where it has one.
    ///
    /// ```
    /// use entitlements_core::license::TrustedKey;
    ///
    /// // RFC 8037 appendix A.2.
    /// let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    /// let key = TrustedKey::from_jwk(jwk)?;
    /// assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    /// # Ok::<(), entitlements_core::license::KeyError>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem), and for a JWK set, a JWK with private members, and one whose `use`, `key_ops` or `alg`
    /// says that it is for something else.
    pub fn from_jwk(jwk: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let (key, kid) = form::from_jwk(jwk.as_ref())?;
        let trusted = Self::of(key);
        match kid {
            Some(kid) => trusted.with_kid(kid),
            None => Ok(trusted),
        }
    }

    /// Takes the 32 bytes of an Ed25519 public key (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    /// When they are no point on the curve, or one that makes a weak key.
    pub fn from_ed25519_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        PublicKey::from_ed25519_bytes(bytes).map(Self::of)
    }

    /// Reads a public key in whichever of these forms it is: 32 raw bytes, JWK, PEM or DER.
    ///
    /// # Errors
    /// As the reader of that form; [`KeyError::PublicForm`] where it is none of them.
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let bytes = bytes.as_ref();
        // No key in another form is as short.
        if let Ok(raw) = bytes.try_into() {
            return Self::from_ed25519_bytes(raw);
        }
        match bytes.trim_ascii_start() {
            [b'{', ..] => Self::from_jwk(bytes),
            _ if bytes.first() == Some(&0x30) => Self::from_der(bytes),
            _ => Self::from_pem(bytes),
        }
    }

    /// Reads a public key file, in whichever form it is.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and when the file cannot be read.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        Self::from_bytes(read_key_file(path.as_ref())?)
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

    /// Trusts the key for what was issued (`iat`) at this time or later. What does not say when it was issued is refused then.
    #[must_use]
    pub fn valid_from(mut self, time: Timestamp) -> Self {
        self.window = self.window.from(time);
        self
    }

    /// Trusts the key for what was issued (`iat`) before this time. What does not say when it was issued is refused then.
    ///
    /// Whoever holds a stolen key can write any `iat`: against theft there are revocation lists.
    #[must_use]
    pub fn valid_until(mut self, time: Timestamp) -> Self {
        self.window = self.window.until(time);
        self
    }

    /// What tokens call the key; its RFC 7638 thumbprint unless it was named.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What the key signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// Whether `signature` is this key's over `message`, by its one algorithm.
    ///
    /// Strict: besides what RFC 8032 demands, Ed25519 points of small order are refused; an RSA signature has exactly the
    /// modulus' length and the one DER encoding of the digest (RFC 8017 section 8.2.2).
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify(message, signature)
    }

    /// The key in PEM (`SubjectPublicKeyInfo`).
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.key.to_pem()
    }

    pub(crate) const fn window(&self) -> Window {
        self.window
    }

    fn of(key: PublicKey) -> Self {
        Self {
            kid: key.thumbprint(),
            key: Arc::new(key),
            window: Window::default(),
        }
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
