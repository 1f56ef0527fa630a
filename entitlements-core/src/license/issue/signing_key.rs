use std::fmt;
use std::path::Path;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA512};
use der::pem::{self, LineEnding};
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use zeroize::Zeroizing;

use super::{SignError, Signer};
use crate::license::key::read_key_file;
use crate::license::pem::read_block;
use crate::license::{Algorithm, KeyError, TrustedKey};

/// A vendor's private key in this process. Wiped from memory when dropped, never shown by `Debug`.
pub struct SigningKey {
    secret: Secret,
    public: TrustedKey,
}

enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Rsa(Box<rsa::KeyPair>),
}

impl SigningKey {
    /// Makes a new Ed25519 key from the operating system's randomness.
    ///
    /// # Errors
    /// When the operating system has no randomness to give, which does not happen on supported systems.
    pub fn generate() -> Result<Self, KeyError> {
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(secret.as_mut()).map_err(|_| KeyError::NoRandomness)?;
        Self::of_ed25519(ed25519_dalek::SigningKey::from_bytes(&secret))
    }

    /// Makes a new RSA key of 4096 bits, for RS512. Takes about a second, at times several.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn generate_rsa4096() -> Result<Self, KeyError> {
        let pair = rsa::KeyPair::generate(KeySize::Rsa4096).map_err(|_| KeyError::NoRandomness)?;
        Self::of_rsa(pair)
    }

    /// Reads a private key in PEM: PKCS#8 (`PRIVATE KEY`; RFC 5958, RFC 8410), or PKCS#1 for RSA (`RSA PRIVATE KEY`; RFC 8017).
    ///
    /// # Errors
    /// When it is not one, is a public key, is encrypted, or is an RSA key that licenses are not signed with.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let pem = std::str::from_utf8(pem.as_ref()).map_err(|_| KeyError::PrivateForm)?;
        if pem.contains("PUBLIC KEY-----") {
            return Err(KeyError::PublicKeyAsPrivate);
        }
        if pem.contains("ENCRYPTED") {
            return Err(KeyError::EncryptedKey);
        }
        let (label, der) = read_block(pem).ok_or(KeyError::PrivateForm)?;
        match label {
            "PRIVATE KEY" => match ed25519_dalek::SigningKey::from_pkcs8_der(&der) {
                Ok(key) => Self::of_ed25519(key),
                Err(_) => {
                    Self::of_rsa(rsa::KeyPair::from_pkcs8(&der).map_err(|_| KeyError::PrivateForm)?)
                }
            },
            "RSA PRIVATE KEY" => {
                Self::of_rsa(rsa::KeyPair::from_der(&der).map_err(|_| KeyError::PrivateForm)?)
            }
            _ => Err(KeyError::PrivateForm),
        }
    }

    /// Reads a private key file in PEM.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem), and when the file cannot be read.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let pem = Zeroizing::new(read_key_file(path.as_ref())?);
        Self::from_pem(pem)
    }

    /// Takes the 32 bytes of an Ed25519 private key (RFC 8032 section 5.1.5), from a vault for instance.
    ///
    /// # Errors
    /// Never for a secret that was made at random.
    pub fn from_ed25519_bytes(secret: &[u8; 32]) -> Result<Self, KeyError> {
        Self::of_ed25519(ed25519_dalek::SigningKey::from_bytes(secret))
    }

    /// The private key in PEM (PKCS#8), wiped from memory when dropped.
    #[must_use]
    pub fn private_key_pem(&self) -> Zeroizing<String> {
        // INVARIANT: a key that was made or read always encodes.
        match &self.secret {
            Secret::Ed25519(key) => {
                // Without the public key: PKCS#8 version 1, which older tools read too.
                let bytes = KeypairBytes {
                    secret_key: key.to_bytes(),
                    public_key: None,
                };
                bytes.to_pkcs8_pem(LineEnding::LF).unwrap_or_default()
            }
            Secret::Rsa(pair) => {
                let der: Result<Pkcs8V1Der<'static>, _> = pair.as_der();
                let pem = der.ok().and_then(|der| {
                    pem::encode_string("PRIVATE KEY", LineEnding::LF, der.as_ref()).ok()
                });
                Zeroizing::new(pem.unwrap_or_default())
            }
        }
    }

    /// The public key in PEM (`SubjectPublicKeyInfo`).
    #[must_use]
    pub fn public_key_pem(&self) -> String {
        self.public.to_pem()
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
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// Signs a message.
    ///
    /// # Panics
    /// Never; an RSA key that was checked when it was read signs whatever it is given.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::Ed25519(key) => key.sign(message).to_vec(),
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let random = SystemRandom::new();
                match pair.sign(&RSA_PKCS1_SHA512, &random, message, &mut signature) {
                    Ok(()) => signature,
                    // No signature at all rather than a wrong one; whoever checks it refuses it.
                    Err(_) => Vec::new(),
                }
            }
        }
    }

    fn of_ed25519(key: ed25519_dalek::SigningKey) -> Result<Self, KeyError> {
        let public = TrustedKey::from_ed25519_bytes(key.verifying_key().as_bytes())?;
        Ok(Self {
            secret: Secret::Ed25519(Box::new(key)),
            public,
        })
    }

    /// With the checks of a public key: what nobody would trust is not signed with.
    fn of_rsa(pair: rsa::KeyPair) -> Result<Self, KeyError> {
        let public = TrustedKey::from_der(pair.public_key())?;
        Ok(Self {
            secret: Secret::Rsa(Box::new(pair)),
            public,
        })
    }
}

impl Signer for SigningKey {
    fn trusted_key(&self) -> &TrustedKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(Self::sign(self, message))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid())
            .field("algorithm", &self.algorithm())
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
        let Secret::Ed25519(secret) = &key.secret else {
            panic!("not an Ed25519 key");
        };
        assert!(!format!("{key:?}").contains(&format!("{:?}", secret.to_bytes())));
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

    #[test]
    fn an_rsa_key_reads_back_and_signs_what_verifies() {
        let key = SigningKey::generate_rsa4096().unwrap();
        assert_eq!(key.algorithm(), Algorithm::Rs512);
        let pem = key.private_key_pem();
        let again = SigningKey::from_pem(pem.as_bytes()).unwrap();
        assert_eq!(again.trusted_key(), key.trusted_key());
        let trusted = TrustedKey::from_pem(key.public_key_pem()).unwrap();
        assert_eq!(trusted.kid(), key.kid());
        let signature = key.sign(b"message");
        assert_eq!(signature.len(), 512);
        assert!(trusted.verify(b"message", &signature));
        assert!(!trusted.verify(b"massage", &signature));
        assert_eq!(
            TrustedKey::from_pem(pem.as_bytes()),
            Err(KeyError::PrivateKeyAsPublic)
        );
    }
}
