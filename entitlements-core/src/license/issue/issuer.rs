use std::sync::Arc;

use super::{IssueError, LicenseDraft, SigningKey, claims};
use crate::catalog::LicenseProfile;
use crate::license::{LicenseError, LicenseErrorKind, LicenseVerifier};
use crate::resolve::inapplicable_addons;
use crate::strict::base64url;
use crate::strict::json::ObjectWriter;
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
pub struct LicenseIssuer {
    key: SigningKey,
    kid: Option<String>,
    catalog: Option<Arc<Catalog>>,
    profile: LicenseProfile,
}

impl LicenseIssuer {
    /// An issuer that writes the default claim names.
    #[must_use]
    pub fn new(key: SigningKey) -> Self {
        Self {
            key,
            kid: None,
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

    /// Writes another `kid` than the key's thumbprint.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    /// The key that signs.
    #[must_use]
    pub const fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    /// Signs a license key. What comes out was checked as whoever gets it will check it.
    ///
    /// # Errors
    /// When the draft lacks what a key needs, names what the catalog lacks, or says something that is refused at
    /// checking.
    pub fn issue(&self, draft: &LicenseDraft, now: Timestamp) -> Result<String, IssueError> {
        if let Some(catalog) = &self.catalog {
            claims::check_names(draft, catalog)?;
        }
        let payload = claims::write(draft, &self.profile, now)?;
        let kid = self.kid.as_deref().unwrap_or(self.key.kid());
        let mut header = ObjectWriter::new();
        header
            .string("alg", self.key.algorithm().header_name())
            .string("typ", "JWT")
            .string("kid", kid);
        let signed = format!(
            "{}.{}",
            base64url::encode(header.finish().as_bytes()),
            base64url::encode(payload.as_bytes())
        );
        let signature = base64url::encode(&self.key.sign(signed.as_bytes()));
        let token = format!("{signed}.{signature}");
        self.check(&token, kid)?;
        Ok(token)
    }

    fn check(&self, token: &str, kid: &str) -> Result<(), IssueError> {
        let refused = |_| LicenseError::new(LicenseErrorKind::KeyId);
        let trusted = self
            .key
            .trusted_key()
            .clone()
            .with_kid(kid)
            .map_err(refused)?;
        let mut verifier = LicenseVerifier::new([trusted]).map_err(refused)?;
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
