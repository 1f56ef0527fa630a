//! What an account has at a time: from licenses, an account's terms and the catalog to one [`EntitlementSet`].
//!
//! The rules are numbered in `spec/resolution.md`, and each file here is one of them:
//!
//! - R1 `base_plan.rs`: what one has without anything;
//! - R2 `sources.rs` and `subscription.rs`: which sources there are, and which are in force;
//! - R3 `offer.rs` and `addons.rs`: what a source says; R4 `grant.rs`: what it thereby gives;
//! - R5 `join.rs`: how sources and base plan come together;
//! - R6 `overrides.rs`: what an operator changed for one account;
//! - R7 `shown.rs`: which plan is in force and which is shown;
//! - R8 `ended.rs`: what was there and has ended, so that a denial can say so;
//! - R9 `notices/`: what to tell the operator;
//! - R10 `explain/`: which source gave what;
//! - R11 `downgrade.rs`: what another plan would take.
//!
//! All of it is pure: the same inputs and time give the same set, in whatever order licenses, add-ons and overrides come.

mod addons;
mod base_plan;
mod downgrade;
mod ended;
mod explain;
mod grant;
mod holdings;
mod join;
mod notices;
mod offer;
mod overrides;
mod set;
mod shown;
mod sources;
mod span;
mod subscription;
mod warning;

pub(crate) use addons::inapplicable_addons;
pub use base_plan::{DeploymentMode, base_plan};
pub use downgrade::{DowngradePreview, Fall, LimitFall, downgrade_preview};
pub use ended::Ended;
pub use explain::{Effect, Explained, Explanation, IgnoredBecause, Step, StepSource, explain};
pub use holdings::{
    HeldLicense, Holdings, LicenseSource, RejectedCause, RejectedKey, RejectedRevocations,
    RevocationsCause,
};
pub use notices::{Notice, license_notices};
pub use set::{EntitlementSet, FeatureState, LicenseEntry};
pub(crate) use span::Span;

use std::sync::Arc;

use crate::account::AccountTerms;
use crate::catalog::PlanId;
use crate::{Catalog, Timestamp};
use grant::Grant;
use join::Joined;

/// What everybody has at `now` who holds this: an account without terms of its own.
///
/// The set says for which span of time it is the answer ([`EntitlementSet::holds_at`]): until the next moment at which
/// one of the licenses begins, ends, or leaves its grace.
///
/// ```
/// use entitlements_core::resolve::{Holdings, resolve};
/// use entitlements_core::testing;
///
/// let catalog = testing::catalog();
/// let set = resolve(&catalog, catalog.default_plan(), &Holdings::default(), testing::NOW);
/// assert_eq!(set.plan_in_force().name(), "community");
/// assert!(!set.has("sso"));
/// ```
#[must_use]
pub fn resolve(
    catalog: &Arc<Catalog>,
    base: PlanId,
    holdings: &Holdings,
    now: Timestamp,
) -> EntitlementSet {
    resolve_account(catalog, base, holdings, &AccountTerms::default(), now)
}

/// What an account with these terms has at `now`, beside what everybody has who holds this.
///
/// The set ends at the next moment at which one of the licenses, the subscription or an override begins, ends, or leaves
/// its grace.
///
/// ```
/// use entitlements_core::account::{AccountTerms, Override, OverrideValue};
/// use entitlements_core::resolve::{Holdings, resolve_account};
/// use entitlements_core::{Limit, testing};
///
/// let catalog = testing::catalog();
/// let mut terms = AccountTerms::on_plan("business");
/// let more = OverrideValue::Limit("users".into(), Limit::AtMost(40));
/// terms.overrides.push(Override::new("o1", more, testing::NOW).because("a promise"));
///
/// let (base, holdings) = (catalog.default_plan(), Holdings::default());
/// let set = resolve_account(&catalog, base, &holdings, &terms, testing::NOW);
/// assert_eq!(set.plan_in_force().name(), "business");
/// assert!(set.has("sso"));
/// assert_eq!(set.limit("users"), Limit::AtMost(40));
/// ```
#[must_use]
pub fn resolve_account(
    catalog: &Arc<Catalog>,
    base: PlanId,
    holdings: &Holdings,
    terms: &AccountTerms,
    now: Timestamp,
) -> EntitlementSet {
    let sources = sources::judge(catalog, base, holdings, terms, now);
    let mut joined = Joined::base(catalog, base);
    for judged in sources.iter().filter(|judged| judged.is_in_force()) {
        let grant = Grant::of(catalog, base, judged.source);
        joined.add(&grant, judged.is_in_grace());
    }
    let overridden = overrides::apply(catalog, terms, now, &mut joined);
    let ended = ended::of_sources(catalog, base, &sources, &overridden);
    let shown = shown::best(&sources);
    let notices = notices::collect(catalog, base, holdings, terms, &sources, now);
    let ends_of_overrides = terms.overrides.iter().filter_map(|over| over.ends_at);
    let boundaries = sources.iter().flat_map(|judged| judged.boundaries());
    EntitlementSet {
        catalog: Arc::clone(catalog),
        status: shown.map_or(holdings.status_without_license(), |best| best.status),
        base_plan: base,
        plan_shown: shown.and_then(|best| best.plan).unwrap_or(base),
        plan_in_force: shown::plan_in_force(catalog, base, &sources),
        features: joined.features,
        grace_features: joined.grace_features,
        limits: joined.limits,
        rates: joined.rates,
        retention: joined.retention,
        overridden,
        ended,
        expires_at: shown.and_then(|best| best.expires_at),
        grace_ends_at: shown.and_then(|best| best.grace_ends_at),
        is_out_of_force: shown.is_some()
            && !sources
                .iter()
                .any(|judged| judged.is_held() && judged.is_in_force())
            || shown.is_none() && !holdings.rejected.is_empty(),
        licenses: set::entries(catalog, holdings, &sources),
        warnings: notices.warnings,
        errors: notices.errors,
        span: Span::around(now, boundaries.chain(ends_of_overrides)),
    }
}
