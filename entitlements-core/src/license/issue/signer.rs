use crate::license::TrustedKey;

/// Whoever signs licenses: a private key in this process ([`SigningKey`](super::SigningKey)), or a service that keeps one.
///
/// A service that is asked over the network:
///
/// ```
/// use entitlements_core::license::{LicenseDraft, LicenseIssuer, SignError, Signer, SigningKey, TrustedKey};
/// use entitlements_core::testing;
///
/// /// The client of a key management service. The private key never leaves the service.
/// struct Kms {
///     client: KmsClient,
///     key_name: String,
///     /// Fetched once at the start.
///     public: TrustedKey,
/// }
///
/// impl Signer for Kms {
///     fn trusted_key(&self) -> &TrustedKey {
///         &self.public
///     }
///
///     fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
///         // For an RSA key: the service's algorithm `RSASSA_PKCS1_V1_5_SHA_512`.
///         self.client.sign(&self.key_name, message).map_err(SignError::new)
///     }
/// }
///
/// # struct KmsClient(SigningKey);
/// # impl KmsClient {
/// #     fn sign(&self, _: &str, message: &[u8]) -> Result<Vec<u8>, std::io::Error> { Ok(self.0.sign(message)) }
/// # }
/// # let inner = SigningKey::generate()?;
/// # let public = inner.trusted_key().clone();
/// let kms = Kms { client: KmsClient(inner), key_name: "licenses-2026".into(), public };
/// let issuer = LicenseIssuer::new(kms).with_catalog(testing::catalog());
/// let draft = LicenseDraft::new("Acme GmbH").plan("business").expires_at("2027-12-31T23:59:59Z".parse()?);
/// let key = issuer.issue(&draft, testing::NOW)?;
/// assert_eq!(key.split('.').count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Where the client is asynchronous, [`LicenseIssuer::prepare`](super::LicenseIssuer::prepare) gives what is to be signed, and
/// [`UnsignedLicense::complete`](super::UnsignedLicense::complete) takes the signature.
pub trait Signer: Send + Sync {
    /// The public half. It says with which algorithm is signed, and each signature is checked against it.
    fn trusted_key(&self) -> &TrustedKey;

    /// Signs a message: 64 bytes for Ed25519 (RFC 8032), as many as the modulus has for RS512 (RFC 8017).
    ///
    /// # Errors
    /// When no signature can be had.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

impl<S: Signer + ?Sized> Signer for &S {
    fn trusted_key(&self) -> &TrustedKey {
        (**self).trusted_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        (**self).sign(message)
    }
}

impl<S: Signer + ?Sized> Signer for Box<S> {
    fn trusted_key(&self) -> &TrustedKey {
        (**self).trusted_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        (**self).sign(message)
    }
}

impl<S: Signer + ?Sized> Signer for std::sync::Arc<S> {
    fn trusted_key(&self) -> &TrustedKey {
        (**self).trusted_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        (**self).sign(message)
    }
}

/// Why a signer gave no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SignError(String);

impl SignError {
    /// What the signer says. It must not hold secrets.
    #[must_use]
    pub fn new(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}
