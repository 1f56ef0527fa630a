//! From text to [`License`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::claims::{self, Signed};
use super::key::KeyRing;
use super::token::{Token, TokenKind, object};
use super::{KeyError, License, LicenseError, LicenseErrorKind, TrustedKey};
use crate::catalog::LicenseProfile;
use crate::{Catalog, Timestamp};

/// Checks license keys against trusted keys and a catalog.
///
/// ```
/// use entitlements_core::license::{Deployment, LicenseErrorKind, LicenseVerifier, Revocations};
/// use entitlements_core::testing::{self, TestVendor};
///
/// let catalog = testing::catalog();
/// let vendor = TestVendor::new();
/// let verifier = LicenseVerifier::new([vendor.trusted_key()])?.with_catalog(catalog.clone());
///
/// let key = vendor.key(&catalog, |draft| draft.plan("business"));
/// let license = verifier.verify(&key, testing::NOW)?;
/// assert_eq!(license.plan(), Some("business"));
///
/// // Genuine it is. In force too?
/// let status = license.status(testing::NOW, &Deployment::unknown(), &Revocations::new());
/// assert!(status.is_in_force());
///
/// let stranger = TestVendor::new().key(&catalog, |draft| draft.plan("business"));
/// let refused = verifier.verify(&stranger, testing::NOW).unwrap_err();
/// assert_eq!(refused.kind(), LicenseErrorKind::UnknownKey);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LicenseVerifier {
    ring: KeyRing,
    catalog: Option<Arc<Catalog>>,
    profile: LicenseProfile,
}

/// The keys that are trusted, and not the catalog, which is long.
impl fmt::Debug for LicenseVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenseVerifier")
            .field("trusted_keys", &self.trusted_keys())
            .finish_non_exhaustive()
    }
}

impl LicenseVerifier {
    /// A verifier that trusts these keys and expects the default claim names.
    ///
    /// # Errors
    /// When two keys have one `kid`, be it the same key twice, or one is valid at no time (L12).
    pub fn new(keys: impl IntoIterator<Item = TrustedKey>) -> Result<Self, KeyError> {
        let ring = KeyRing::new(keys.into_iter().collect())?;
        Ok(Self {
            ring,
            catalog: None,
            profile: LicenseProfile::default(),
        })
    }

    /// Expects the claim names of the catalog, and refuses plans and add-ons that it lacks.
    #[must_use]
    pub fn with_catalog(mut self, catalog: Arc<Catalog>) -> Self {
        self.profile = catalog.license().clone();
        self.catalog = Some(catalog);
        self
    }

    /// The keys that are trusted, in the order in which they were given.
    #[must_use]
    pub fn trusted_keys(&self) -> &[TrustedKey] {
        self.ring.keys()
    }

    /// Checks a key as it is checked when somebody hands it in: form, signature and claims, and that it was not
    /// issued after `now`.
    ///
    /// It takes the exact compact form: what was pasted or read from a file goes through
    /// [`compact_key`](super::compact_key) first. A license that expired, is bound elsewhere or was revoked is genuine all the
    /// same; whether it is in force is for [`License::status`] to say.
    ///
    /// # Errors
    /// On everything that `spec/license.md` lists, by [`LicenseErrorKind`].
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<License, LicenseError> {
        let license = self.verify_held(token)?;
        self.check_issued_by(now, license.issued_at())?;
        Ok(license)
    }

    /// Checks a key that is already held, from a store, a variable or a file: one from the future is not refused, it
    /// is [`NotYetValid`](super::LicenseStatus::NotYetValid).
    ///
    /// # Errors
    /// As [`verify`](Self::verify), less [`LicenseErrorKind::IssuedInFuture`].
    pub fn verify_held(&self, token: &str) -> Result<License, LicenseError> {
        let parts = TokenKind::License.split(token)?;
        let key = self.signer_of(&parts)?;
        let payload = object(&parts.payload)?;
        let signed = Signed {
            token,
            kid: key.kid(),
        };
        let license = claims::read(&payload, signed, &self.profile, self.catalog.as_deref())?;
        key.window().check(license.issued_at())?;
        Ok(license)
    }

    /// The trusted key that signed the token (L4).
    pub(super) fn signer_of(&self, token: &Token<'_>) -> Result<&TrustedKey, LicenseError> {
        let kid = token.header.kid.as_deref();
        let mut fault = LicenseErrorKind::UnknownKey;
        for key in self.ring.candidates(kid) {
            if key.algorithm().is_named(&token.header.alg) {
                if key.verify(token.signed, &token.signature) {
                    return Ok(key);
                }
                fault = LicenseErrorKind::Signature;
            } else if fault == LicenseErrorKind::UnknownKey {
                fault = LicenseErrorKind::Algorithm;
            }
        }
        Err(LicenseError::new(fault))
    }

    /// Refuses what says that it was issued after `now`, clocks that differ by the leeway allowed for.
    pub(super) fn check_issued_by(
        &self,
        now: Timestamp,
        issued_at: Option<Timestamp>,
    ) -> Result<(), LicenseError> {
        let leeway = Duration::from_secs(self.profile.leeway_seconds().into());
        match issued_at {
            Some(issued_at) if issued_at > now.saturating_add(leeway) => {
                Err(LicenseError::new(LicenseErrorKind::IssuedInFuture))
            }
            _ => Ok(()),
        }
    }
}
