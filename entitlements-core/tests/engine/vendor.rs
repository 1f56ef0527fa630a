//! A vendor that signs keys and revocation lists, and engines that trust it.

use entitlements_core::license::{LicenseDraft, LicenseIssuer, RevocationDraft, SigningKey};
use entitlements_core::strict::base64url;
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use entitlements_core::{EntitlementsBuilder, Timestamp, TrustedKey};

pub(crate) struct Vendor(SigningKey);

impl Vendor {
    pub(crate) fn new() -> Self {
        Self(SigningKey::generate().unwrap())
    }

    pub(crate) fn trusted(&self) -> TrustedKey {
        self.0.trusted_key().clone()
    }

    pub(crate) fn kid(&self) -> &str {
        self.0.kid()
    }

    /// A key with this id for the plan business.
    pub(crate) fn key(&self, id: &str) -> String {
        self.key_with(|draft| draft.plan("business").id(id))
    }

    /// A key that ends 365 days after now, and what is said of it.
    pub(crate) fn key_with(&self, say: impl FnOnce(LicenseDraft) -> LicenseDraft) -> String {
        let issuer = LicenseIssuer::new(&self.0).with_catalog(testing::catalog());
        let draft = LicenseDraft::new("acme").expires_at(NOW.saturating_add_days(365));
        issuer.issue(&say(draft), NOW).unwrap()
    }

    /// A list of licenses that was issued so many seconds before now.
    pub(crate) fn list(&self, seconds_ago: u64, licenses: &[&str]) -> String {
        let draft = licenses
            .iter()
            .fold(RevocationDraft::new(), |draft, id| draft.license(*id));
        draft.sign(&self.0, before_now(seconds_ago)).unwrap()
    }

    /// A list that revokes keys.
    pub(crate) fn list_of_keys(&self, seconds_ago: u64, kids: &[&str]) -> String {
        let draft = kids
            .iter()
            .fold(RevocationDraft::new(), |draft, kid| draft.key(*kid));
        draft.sign(&self.0, before_now(seconds_ago)).unwrap()
    }

    /// A token with this payload, whatever it says.
    pub(crate) fn sign(&self, token_type: &str, payload: &str) -> String {
        let kid = self.kid();
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"{token_type}"}}"#);
        self.sign_with(&header, payload)
    }

    pub(crate) fn sign_with(&self, header: &str, payload: &str) -> String {
        let encode = |text: &str| base64url::encode(text.as_bytes());
        let message = format!("{}.{}", encode(header), encode(payload));
        let signature = base64url::encode(&self.0.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

pub(crate) fn before_now(seconds: u64) -> Timestamp {
    NOW.saturating_sub(std::time::Duration::from_secs(seconds))
}

/// An engine that trusts all of these.
pub(crate) fn engine(
    vendors: &[&Vendor],
    say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
) -> TestEngine {
    let catalog = testing::catalog();
    let trusting = |builder| {
        vendors
            .iter()
            .fold(builder, |builder: EntitlementsBuilder, vendor| {
                builder.trusted_key(vendor.trusted())
            })
    };
    TestEngine::build(catalog, TestVendor::new(), |builder| say(trusting(builder))).0
}

/// The codes of what the operator should mend.
pub(crate) fn errors(engine: &TestEngine) -> Vec<&'static str> {
    let current = engine.current();
    current
        .errors()
        .iter()
        .map(entitlements_core::resolve::Notice::code)
        .collect()
}

/// The codes of what the operator should know.
pub(crate) fn warnings(engine: &TestEngine) -> Vec<&'static str> {
    let current = engine.current();
    current
        .warnings()
        .iter()
        .map(entitlements_core::resolve::Notice::code)
        .collect()
}

/// Everything that one may read of what is held now. The order in which licenses are listed says nothing.
pub(crate) fn seen(engine: &TestEngine) -> String {
    let current = engine.current();
    let catalog = current.catalog();
    let features: Vec<_> = catalog
        .features()
        .map(|(id, _)| current.feature_state(id))
        .collect();
    let limits: Vec<_> = catalog
        .limits()
        .map(|(id, _)| current.limit_id(id))
        .collect();
    let rates: Vec<_> = catalog.rates().map(|(id, _)| current.rate_id(id)).collect();
    let mut licenses: Vec<_> = current
        .licenses()
        .iter()
        .map(|l| format!("{l:?}"))
        .collect();
    licenses.sort();
    format!(
        "{:?} {} {} {features:?} {limits:?} {rates:?} {licenses:#?} {:#?} {:#?} {:?} {:?} {:?}",
        current.status(),
        current.plan_shown().name(),
        current.plan_in_force().name(),
        current.warnings(),
        current.errors(),
        current.expires_at(),
        current.changes_at(),
        current.ended(),
    )
}
