use std::sync::Arc;

use super::{IssueError, LicenseDraft, Signer, SigningKey, UnsignedLicense, claims, header};
use crate::catalog::LicenseProfile;
use crate::license::{LicenseError, LicenseErrorKind, TrustedKey};
use crate::{Catalog, Timestamp};

/// Signs license keys in the shape that a catalog gives them.
///
/// ```
/// use entitlements_core::license::{LicenseDraft, LicenseIssuer, SigningKey};
/// use entitlements_core::testing;
///
/// let catalog = testing::catalog();
/// let issuer = LicenseIssuer::new(SigningKey::generate()?).with_catalog(catalog);
/// let draft = LicenseDraft::new("Acme GmbH").plan("business").expires_at("2027-12-31T23:59:59Z".parse()?);
/// let key = issuer.issue(&draft, testing::NOW)?;
/// assert_eq!(key.split('.').count(), 3);
///
/// let typo = issuer.issue(&draft.plan("busines"), testing::NOW).unwrap_err();
/// assert_eq!(typo.to_string(), "unknown plan `busines`, did you mean `business`?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LicenseIssuer<S = SigningKey> {
    signer: S,
    trusted: TrustedKey,
    kid: Option<String>,
    alg: Option<&'static str>,
    catalog: Option<Arc<Catalog>>,
    profile: LicenseProfile,
}

/// In place of a [`Signer`], where the signature comes from elsewhere: see [`LicenseIssuer::for_key`].
#[derive(Debug, Clone, Copy)]
pub struct NoSigner(());

impl<S: Signer> LicenseIssuer<S> {
    /// An issuer that writes the default claim names.
    #[must_use]
    pub fn new(signer: S) -> Self {
        let trusted = signer.trusted_key().clone();
        Self::with_parts(signer, trusted)
    }

    /// Signs a license key. What comes out was checked as whoever gets it will check it.
    ///
    /// # Errors
    /// When the draft lacks what a key needs, names what the catalog lacks, or says something that is refused at
    /// checking; and when the signer gives no signature.
    pub fn issue(&self, draft: &LicenseDraft, now: Timestamp) -> Result<String, IssueError> {
        let unsigned = self.prepare(draft, now)?;
        let signature = self.signer.sign(unsigned.message())?;
        unsigned.complete(&signature)
    }

    /// Who signs.
    #[must_use]
    pub const fn signer(&self) -> &S {
        &self.signer
    }
}

impl LicenseIssuer<NoSigner> {
    /// An issuer whose signatures come from elsewhere: it [`prepare`](LicenseIssuer::prepare)s what is to be signed.
    #[must_use]
    pub fn for_key(public: TrustedKey) -> Self {
        Self::with_parts(NoSigner(()), public)
    }
}

impl<S> LicenseIssuer<S> {
    fn with_parts(signer: S, trusted: TrustedKey) -> Self {
        Self {
            signer,
            trusted,
            kid: None,
            alg: None,
            catalog: None,
            profile: LicenseProfile::default(),
        }
    }

    /// Writes the catalog's claim shape, and refuses names that it lacks.
    #[must_use]
    pub fn with_catalog(mut self, catalog: Arc<Catalog>) -> Self {
        self.profile = catalog.license().clone();
        self.catalog = Some(catalog);
        self
    }

    /// Writes another `kid` than the key's own, which is its thumbprint unless it was named.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    /// Writes `Ed25519` (RFC 9864) as the algorithm of an Ed25519 key, in place of `EdDSA`. Older verifiers do not know it.
    #[must_use]
    pub fn with_rfc_9864_name(mut self) -> Self {
        self.alg = Some("Ed25519").filter(|name| self.trusted.algorithm().is_named(name));
        self
    }

    /// Writes a license and leaves the signing to the caller.
    ///
    /// # Errors
    /// When the draft lacks what a key needs, or names what the catalog lacks.
    pub fn prepare(
        &self,
        draft: &LicenseDraft,
        now: Timestamp,
    ) -> Result<UnsignedLicense, IssueError> {
        if let Some(catalog) = &self.catalog {
            claims::check_names(draft, catalog)?;
        }
        let payload = claims::write(draft, &self.profile, now)?;
        let trusted = match &self.kid {
            Some(kid) => self.trusted.clone().with_kid(kid),
            None => Ok(self.trusted.clone()),
        };
        let trusted = trusted.map_err(|_| LicenseError::new(LicenseErrorKind::KeyId))?;
        let alg = self.alg.unwrap_or(trusted.algorithm().header_name());
        Ok(UnsignedLicense {
            signed_text: header::signed_text(alg, "JWT", trusted.kid(), &payload),
            trusted,
            catalog: self.catalog.clone(),
        })
    }
}
