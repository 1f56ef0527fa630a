//! `--key` and `--kid`: what signs, and by what name.

use std::path::Path;

use entitlements_core::license::{KeyError, SignError, Signer, SigningKey, TrustedKey};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::files::read_key_file;
use crate::quote;

/// Reads the private key that signs.
pub(crate) fn read(path: &Path) -> Result<SigningKey, Failure> {
    let failure = |why: String| {
        let message = format!("cannot use {} as a private key: {why}", quote::path(path));
        Failure::usage(
            "private_key",
            message,
            "name the `.private.pem` file that `keygen` wrote",
        )
    };
    let pem = Zeroizing::new(read_key_file(path).map_err(failure)?);
    SigningKey::from_pem(pem.as_slice()).map_err(|error| failure(error.to_string()))
}

/// A private key under the name by which products know it.
pub(crate) struct NamedSigner {
    key: SigningKey,
    named: TrustedKey,
}

impl NamedSigner {
    /// Without a `kid` it is called by its thumbprint.
    pub(crate) fn new(key: SigningKey, kid: Option<&str>) -> Result<Self, KeyError> {
        let thumbprint = key.trusted_key().clone();
        let named = match kid {
            Some(kid) => thumbprint.with_kid(kid)?,
            None => thumbprint,
        };
        Ok(Self { key, named })
    }

    /// Whether this is one of the key's names.
    pub(crate) fn is_called(&self, kid: &str) -> bool {
        kid == self.named.kid() || kid == self.key.kid()
    }
}

impl Signer for NamedSigner {
    fn trusted_key(&self) -> &TrustedKey {
        &self.named
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Signer::sign(&self.key, message)
    }
}
