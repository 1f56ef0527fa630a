use std::sync::Arc;

use super::NOW;
use crate::Catalog;
use crate::license::{
    License, LicenseDraft, LicenseIssuer, LicenseVerifier, RevocationDraft, SigningKey, TrustedKey,
};

/// A vendor with a key of its own, made on the fly: issues keys that nobody outside the test trusts.
#[derive(Debug)]
pub struct TestVendor {
    private_pem: zeroize::Zeroizing<String>,
    trusted: TrustedKey,
}

impl Default for TestVendor {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(
    clippy::expect_used,
    reason = "a test kit stops the test, and says why"
)]
impl TestVendor {
    /// A vendor with a new key.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    #[must_use]
    pub fn new() -> Self {
        let key = SigningKey::generate().expect("the operating system gives randomness");
        Self {
            private_pem: key.private_key_pem(),
            trusted: key.trusted_key().clone(),
        }
    }

    /// The public half, for whoever shall trust this vendor.
    #[must_use]
    pub fn trusted_key(&self) -> TrustedKey {
        self.trusted.clone()
    }

    /// The public half in PEM, as a product would compile it in.
    ///
    /// # Panics
    /// Never; a key reads its own PEM.
    #[must_use]
    pub fn public_key_pem(&self) -> String {
        let key = SigningKey::from_pem(&*self.private_pem).expect("the key reads its own PEM");
        key.public_key_pem()
    }

    /// A license key. The draft that `say` gets expires 365 days after [`NOW`] and names no plan yet.
    ///
    /// # Panics
    /// When the draft is refused, for instance because the catalog lacks a name; the message says why.
    #[must_use]
    pub fn key(
        &self,
        catalog: &Arc<Catalog>,
        say: impl FnOnce(LicenseDraft) -> LicenseDraft,
    ) -> String {
        let key = SigningKey::from_pem(&*self.private_pem).expect("the key reads its own PEM");
        let issuer = LicenseIssuer::new(key).with_catalog(Arc::clone(catalog));
        let draft = LicenseDraft::new("customer").expires_at(NOW.saturating_add_days(365));
        issuer
            .issue(&say(draft), NOW)
            .expect("the test's license can be issued")
    }

    /// A revocation list that was issued at [`NOW`], with what is said of it.
    ///
    /// # Panics
    /// When it cannot be signed; the message says why.
    #[must_use]
    pub fn revocations(&self, say: impl FnOnce(RevocationDraft) -> RevocationDraft) -> String {
        let key = SigningKey::from_pem(&*self.private_pem).expect("the key reads its own PEM");
        let list = say(RevocationDraft::new()).sign(&key, NOW);
        list.expect("the list can be signed")
    }

    /// What such a key says once it is verified.
    ///
    /// # Panics
    /// As [`key`](Self::key).
    #[must_use]
    pub fn license(
        &self,
        catalog: &Arc<Catalog>,
        say: impl FnOnce(LicenseDraft) -> LicenseDraft,
    ) -> License {
        let verifier = LicenseVerifier::new([self.trusted_key()]).expect("one key has one kid");
        let verifier = verifier.with_catalog(Arc::clone(catalog));
        verifier
            .verify_held(&self.key(catalog, say))
            .expect("an issued key verifies")
    }
}
