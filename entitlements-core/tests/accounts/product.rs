//! The product that these tests sell, and short ways to say what an account has.

use std::sync::{Arc, LazyLock};

use entitlements_core::account::{AccountTerms, Override, OverrideValue, SubscriptionStatus};
use entitlements_core::license::{LicenseDraft, LicenseIssuer, LicenseVerifier, SigningKey};
use entitlements_core::resolve::{
    EntitlementSet, HeldLicense, Holdings, LicenseSource, Notice, resolve_account,
};
use entitlements_core::testing::NOW;
use entitlements_core::{Catalog, Limit, RateTerm, Timestamp};

const TOML: &str = r#"
schema = 1
[product]
name = "Panel"
default_plan = "free"
plan_order = ["free", "team", "business"]
[license]
[license.claims]
rates = { api = "limits.api_rate" }
[features.audit]
[features.cmek]
[features.scim]
[features.sso]
[limits.nodes]
[limits.projects]
[limits.users]
[rates.api]
[plans.free]
features = ["scim"]
limits = { users = 3, projects = 2, nodes = 1 }
rates = { api = { requests = 60, per = "1m", burst = 100 } }
retention = { audit_days = 7 }
past_due_grace_days = 2
[plans.team]
features = ["sso"]
limits = { users = { quantity = true, default = 5 }, projects = { quantity = true }, nodes = { licensed = true, plus = 1, default = 4 } }
rates = { api = { requests = 600, per = "1m", burst = 1000 } }
retention = { audit_days = 30 }
past_due_grace_days = 7
[plans.business]
extends = "team"
features = ["audit"]
limits = { users = 50, projects = "unlimited" }
rates = { api = "unlimited" }
retention = { audit_days = "unlimited", immutable = true }
past_due_grace_days = 0
[plans.special]
features = ["cmek"]
limits = { users = 9 }
[addons.seats]
limits = { users = { add = 10 } }
[addons.floor]
limits = { users = 8, projects = 6 }
[addons.regulated]
requires = ["business"]
features = ["cmek"]
limits = { nodes = 20 }
"#;

pub(crate) fn catalog() -> Arc<Catalog> {
    static CATALOG: LazyLock<Arc<Catalog>> =
        LazyLock::new(|| Arc::new(Catalog::from_toml(TOML).unwrap()));
    Arc::clone(&CATALOG)
}

/// The same product, but for one thing that its catalog says.
pub(crate) fn changed(from: &str, to: &str) -> Arc<Catalog> {
    assert!(TOML.contains(from));
    Arc::new(Catalog::from_toml(&TOML.replace(from, to)).unwrap())
}

pub(crate) fn days(days: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOW.unix_seconds() + days * 86_400)
}

/// The moment before.
pub(crate) fn before(time: Timestamp) -> Timestamp {
    Timestamp::from_unix_micros(time.unix_micros() - 1)
}

/// The moment after.
pub(crate) fn after(time: Timestamp) -> Timestamp {
    Timestamp::from_unix_micros(time.unix_micros() + 1)
}

pub(crate) fn on(plan: &str) -> AccountTerms {
    AccountTerms::on_plan(plan.to_owned())
}

pub(crate) fn past_due(plan: &str, since: Timestamp) -> AccountTerms {
    let mut terms = on(plan);
    terms.status = SubscriptionStatus::PastDue { since };
    terms
}

pub(crate) fn cancelled(plan: &str, at: Timestamp) -> AccountTerms {
    let mut terms = on(plan);
    terms.status = SubscriptionStatus::Cancelled { at };
    terms
}

pub(crate) fn ending(mut terms: AccountTerms, ends_at: Timestamp) -> AccountTerms {
    terms.ends_at = Some(ends_at);
    terms
}

pub(crate) fn with_addons(mut terms: AccountTerms, addons: &[&'static str]) -> AccountTerms {
    terms.addons = addons.iter().map(|name| (*name).into()).collect();
    terms
}

pub(crate) fn with_override(mut terms: AccountTerms, over: Override) -> AccountTerms {
    terms.overrides.push(over);
    terms
}

pub(crate) fn feature(name: &'static str, on: bool) -> OverrideValue {
    OverrideValue::Feature(name.into(), on)
}

pub(crate) fn limit(name: &'static str, most: u64) -> OverrideValue {
    OverrideValue::Limit(name.into(), Limit::AtMost(most))
}

/// Holdings with these licenses.
pub(crate) fn holding<const N: usize>(
    catalog: &Arc<Catalog>,
    drafts: [fn(LicenseDraft) -> LicenseDraft; N],
) -> Holdings {
    let signing_key = SigningKey::generate().unwrap();
    let trusted = signing_key.trusted_key().clone();
    let verifier = LicenseVerifier::new([trusted]).unwrap();
    let verifier = verifier.with_catalog(Arc::clone(catalog));
    // Issued long ago, by an older catalog in which any plan may have the add-ons.
    let older = changed(r#"requires = ["business"]"#, "requires = []");
    let issuer = LicenseIssuer::new(signing_key).with_catalog(older);
    let mut holdings = Holdings::default();
    for draft in drafts {
        let license = LicenseDraft::new("customer").expires_at(days(365));
        let key = issuer.issue(&draft(license), days(-365)).unwrap();
        holdings.hold(HeldLicense {
            license: verifier.verify_held(&key).unwrap(),
            source: LicenseSource::Flag,
        });
    }
    holdings
}

/// What an account has that holds nothing beside its terms.
pub(crate) fn has(terms: &AccountTerms, now: Timestamp) -> EntitlementSet {
    beside(&Holdings::default(), terms, now)
}

pub(crate) fn beside(holdings: &Holdings, terms: &AccountTerms, now: Timestamp) -> EntitlementSet {
    let catalog = catalog();
    resolve_account(&catalog, catalog.default_plan(), holdings, terms, now)
}

pub(crate) fn features(set: &EntitlementSet) -> Vec<&str> {
    let features = set.catalog().features();
    features
        .filter(|(id, _)| set.has_id(*id))
        .map(|(_, feature)| feature.name())
        .collect()
}

pub(crate) fn users(set: &EntitlementSet) -> Option<u64> {
    set.limit("users").at_most()
}

pub(crate) fn requests(term: RateTerm) -> Option<u64> {
    match term {
        RateTerm::AtMost(rate) => Some(rate.requests()),
        RateTerm::Unlimited => None,
    }
}

pub(crate) fn codes(notices: &[Notice]) -> Vec<&'static str> {
    notices.iter().map(Notice::code).collect()
}
