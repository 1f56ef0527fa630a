use std::fmt;
use std::sync::Arc;

use super::IssueError;
use crate::Catalog;
use crate::license::{LicenseError, LicenseErrorKind, LicenseVerifier, TrustedKey};
use crate::resolve::inapplicable_addons;
use crate::strict::base64url;

/// A license that is written and not signed yet, for signers that have to be awaited.
///
/// ```
/// use entitlements_core::license::{LicenseDraft, LicenseIssuer, SigningKey};
/// use entitlements_core::testing;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let service = SigningKey::generate()?;
/// # async fn remote_sign(service: &SigningKey, message: &[u8]) -> Vec<u8> { service.sign(message) }
/// // All that is needed here of a key that somebody else keeps is its public half.
/// let issuer = LicenseIssuer::for_key(service.trusted_key().clone()).with_catalog(testing::catalog());
/// let draft = LicenseDraft::new("Acme GmbH").plan("business").expires_at("2027-12-31T23:59:59Z".parse()?);
/// let unsigned = issuer.prepare(&draft, testing::NOW)?;
/// let signature = remote_sign(&service, unsigned.message()).await;
/// let key = unsigned.complete(&signature)?;
/// # assert_eq!(key.split('.').count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use]
pub struct UnsignedLicense {
    pub(super) signed_text: String,
    pub(super) trusted: TrustedKey,
    pub(super) catalog: Option<Arc<Catalog>>,
}

impl UnsignedLicense {
    /// What is to be signed: header and payload as they stand in the key (RFC 7515 section 5.1).
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.signed_text.as_bytes()
    }

    /// Makes the license key, checked as whoever gets it will check it.
    ///
    /// # Errors
    /// When the signature is not one of the key over the [`message`](Self::message), or the key would be refused by whoever
    /// checks it.
    pub fn complete(self, signature: &[u8]) -> Result<String, IssueError> {
        let signature = base64url::encode(signature);
        let token = format!("{}.{signature}", self.signed_text);
        self.check(&token)?;
        Ok(token)
    }

    fn check(&self, token: &str) -> Result<(), IssueError> {
        let mut verifier = LicenseVerifier::new([self.trusted.clone()])
            .map_err(|_| LicenseError::new(LicenseErrorKind::KeyWindow))?;
        if let Some(catalog) = &self.catalog {
            verifier = verifier.with_catalog(catalog.clone());
        }
        // A key that is issued ahead of its time is the vendor's business: judged as one that is held.
        let license = verifier.verify_held(token)?;
        let inapplicable = |catalog| inapplicable_addons(catalog, &license).next();
        match self.catalog.as_deref().and_then(inapplicable) {
            Some(addon) => Err(IssueError::InapplicableAddon(addon.name().to_owned())),
            None => Ok(()),
        }
    }
}

/// A license is not a secret before it is signed, but whom it is for is nobody's business.
impl fmt::Debug for UnsignedLicense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedLicense")
            .field("kid", &self.trusted.kid())
            .finish_non_exhaustive()
    }
}
