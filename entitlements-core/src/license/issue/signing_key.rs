use std::fmt;

use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::spki::EncodePublicKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use zeroize::Zeroizing;

use crate::license::{Algorithm, KeyError, TrustedKey};

/// A vendor's private key. Wiped from memory when dropped, never shown by `Debug`.
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    public: TrustedKey,
}

impl SigningKey {
    /// Makes a new Ed25519 key from the operating system's randomness.
    ///
    /// # Errors
    /// When the operating system has no randomness to give, which does not happen on supported systems.
    pub fn generate() -> Result<Self, KeyError> {
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(secret.as_mut()).map_err(|_| KeyError::NoRandomness)?;
        Ok(Self::new(ed25519_dalek::SigningKey::from_bytes(&secret)))
    }

    /// Reads a private key in PEM (PKCS#8, RFC 8410).
    ///
    /// # Errors
    /// When it is not one, or is a public key.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let pem = std::str::from_utf8(pem.as_ref())
            .map_err(|_| KeyError::PrivateForm)?
            .trim();
        if pem.contains("PUBLIC KEY-----") {
            return Err(KeyError::PublicKeyAsPrivate);
        }
        let key =
            ed25519_dalek::SigningKey::from_pkcs8_pem(pem).map_err(|_| KeyError::PrivateForm)?;
        Ok(Self::new(key))
    }

    /// The private key in PEM (PKCS#8), wiped from memory when dropped.
    #[must_use]
    pub fn private_key_pem(&self) -> Zeroizing<String> {
        // Without the public key: PKCS#8 version 1, which older tools read too.
        let bytes = KeypairBytes {
            secret_key: self.key.to_bytes(),
            public_key: None,
        };
        // INVARIANT: 32 bytes always encode.
        bytes.to_pkcs8_pem(LineEnding::LF).unwrap_or_default()
    }

    /// The public key in PEM (`SubjectPublicKeyInfo`).
    #[must_use]
    pub fn public_key_pem(&self) -> String {
        // INVARIANT: 32 bytes always encode.
        self.key
            .verifying_key()
            .to_public_key_pem(LineEnding::LF)
            .unwrap_or_default()
    }

    /// The public half, as whoever checks keys trusts it.
    #[must_use]
    pub const fn trusted_key(&self) -> &TrustedKey {
        &self.public
    }

    /// The thumbprint of the public half (RFC 7638).
    #[must_use]
    pub fn kid(&self) -> &str {
        self.public.kid()
    }

    /// What the key signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).to_vec()
    }

    fn new(key: ed25519_dalek::SigningKey) -> Self {
        let public = TrustedKey::from_verifying_key(key.verifying_key());
        Self { key, public }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_reads_back_and_debug_tells_nothing() {
        let key = SigningKey::generate().unwrap();
        let pem = key.private_key_pem();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        let again = SigningKey::from_pem(pem.as_bytes()).unwrap();
        assert_eq!(again.sign(b"m"), key.sign(b"m"));
        assert_eq!(again.trusted_key(), key.trusted_key());
        assert!(!format!("{key:?}").contains(&format!("{:?}", key.key.to_bytes())));
        assert_eq!(
            TrustedKey::from_pem(pem.as_bytes()),
            Err(KeyError::PrivateKeyAsPublic)
        );
        assert_eq!(
            SigningKey::from_pem(key.public_key_pem()).unwrap_err(),
            KeyError::PublicKeyAsPrivate
        );
        assert_eq!(
            SigningKey::from_pem("no PEM").unwrap_err(),
            KeyError::PrivateForm
        );
    }
}
