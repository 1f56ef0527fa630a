//! What an account has at a time: from licenses, plans and the catalog to one [`EntitlementSet`].
//!
//! The rules are numbered in `spec/resolution.md`, and each file here is one of them:
//!
//! - R1 `base_plan.rs`: what one has without anything;
//! - R2 `status.rs`: which sources are in force;
//! - R3 and R4 `grant.rs`: what one source gives;
//! - R5 `join.rs`: how sources and base plan come together;
//! - R7 `shown.rs`: which plan is in force and which is shown;
//! - R8 `ended.rs`: what was there and has ended, so that a denial can say so;
//! - R9 `notices.rs`: what to tell the operator.
//!
//! [`resolve`] is pure: the same inputs and time give the same set, in whatever order the licenses come.

mod base_plan;
mod ended;
mod grant;
mod holdings;
mod join;
mod notices;
mod set;
mod shown;
mod status;

pub use base_plan::{DeploymentMode, base_plan};
pub use ended::Ended;
pub(crate) use grant::inapplicable_addons;
pub use holdings::{
    HeldLicense, Holdings, LicenseSource, RejectedCause, RejectedKey, RejectedRevocations,
    RevocationsCause,
};
pub use notices::{Notice, license_notices};
pub use set::{EntitlementSet, FeatureState, LicenseEntry};

use std::sync::Arc;

use crate::catalog::PlanId;
use crate::{Catalog, Timestamp};
use join::Joined;
use status::Judged;

/// What an account has at `now`.
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
    let licenses = status::judge(catalog, holdings, now);
    let mut joined = Joined::base(catalog, base);
    for judged in licenses.iter().filter(|judged| judged.status.is_in_force()) {
        let grant = grant::of_license(catalog, base, judged.license);
        joined.add(&grant, judged.status);
    }
    let ended = ended::of_licenses(catalog, base, &licenses);
    let shown = shown::best(&licenses);
    let span = Span::around(now, &licenses);
    let notices = notices::collect(catalog, holdings, &licenses);
    let status = shown.map_or(holdings.status_without_license(), |best| best.status);
    EntitlementSet {
        catalog: Arc::clone(catalog),
        status,
        base_plan: base,
        plan_shown: shown.and_then(|best| best.plan).unwrap_or(base),
        plan_in_force: shown::plan_in_force(catalog, base, &licenses),
        features: joined.features,
        grace_features: joined.grace_features,
        limits: joined.limits,
        rates: joined.rates,
        retention: joined.retention,
        ended,
        expires_at: shown.map(|best| best.license.expires_at()),
        grace_ends_at: shown.map(|best| best.license.grace_ends_at()),
        licenses: set::entries(catalog, holdings, &licenses),
        warnings: notices.warnings,
        errors: notices.errors,
        span,
    }
}

/// The time for which a set is the answer: from its first moment to the one after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    /// Nothing is to come, so that it also holds at the latest time there is, which nothing is after.
    pub(crate) endless: bool,
}

impl Span {
    fn around(now: Timestamp, licenses: &[Judged<'_>]) -> Self {
        let mut span = Self {
            from: Timestamp::MIN,
            until: Timestamp::MAX,
            endless: true,
        };
        for boundary in licenses
            .iter()
            .flat_map(|judged| judged.license.boundaries())
        {
            if boundary <= now {
                span.from = span.from.max(boundary);
            } else {
                span.until = span.until.min(boundary);
                span.endless = false;
            }
        }
        span
    }
}
