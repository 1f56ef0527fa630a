//! Keys that are refused, one by one and in bulk, and what is believed of the others.

mod forms;
mod mutations;
mod refusals;

use std::sync::Arc;

use super::{License, LicenseErrorKind, LicenseVerifier, SigningKey};
use crate::Catalog;
use crate::strict::base64url::encode;
use crate::testing::{self, NOW};

/// A vendor that signs whatever it is given.
struct Forger {
    key: SigningKey,
    verifier: LicenseVerifier,
}

impl Forger {
    fn new() -> Self {
        Self::with_catalog(testing::catalog())
    }

    fn with_catalog(catalog: Arc<Catalog>) -> Self {
        let key = SigningKey::generate().unwrap();
        let verifier = LicenseVerifier::new([key.trusted_key().clone()]).unwrap();
        Self {
            key,
            verifier: verifier.with_catalog(catalog),
        }
    }

    /// Signs the bytes of a header and a payload as they stand.
    fn sign(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        sign(&self.key, header, payload)
    }

    /// A key with the usual header and this payload.
    fn key(&self, payload: &str) -> String {
        self.sign(r#"{"alg":"EdDSA"}"#, payload)
    }

    /// A key with this header and a payload that is fine.
    fn headed(&self, header: &str) -> String {
        self.sign(header, r#"{"tier":"business","exp":4102444800}"#)
    }

    fn verdict(&self, token: &str) -> Result<License, LicenseErrorKind> {
        self.verifier
            .verify(token, NOW)
            .map_err(|error| error.kind())
    }

    #[track_caller]
    fn refuses(&self, token: &str, kind: LicenseErrorKind) {
        let shown = token.get(..token.len().min(200)).unwrap();
        assert_eq!(
            self.verdict(token).map(|license| license.id),
            Err(kind),
            "{shown}"
        );
    }
}

/// The compact form of a header and a payload as they stand.
pub(super) fn sign(
    key: &SigningKey,
    header: impl AsRef<[u8]>,
    payload: impl AsRef<[u8]>,
) -> String {
    let signed = format!("{}.{}", encode(header.as_ref()), encode(payload.as_ref()));
    let signature = encode(&key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}
