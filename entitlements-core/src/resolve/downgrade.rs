//! R11: what an account would lose on another plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{EntitlementSet, Holdings, resolve_account};
use crate::account::{AccountTerms, SubscriptionStatus};
use crate::catalog::{LimitId, PlanId, Retention};
use crate::{Catalog, Limit, PlanName, RateTerm, Timestamp};

/// What an account would lose on another plan; made by [`downgrade_preview`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DowngradePreview {
    /// The plan in force now, by its code.
    pub plan_now: String,
    /// The plan that would be in force.
    pub plan_then: String,
    /// Features that it would no longer have, in the order of names.
    pub features_lost: Vec<String>,
    /// Limits that would fall, in the order of names.
    pub limits: Vec<LimitFall>,
    /// Rates that would fall, in the order of names.
    pub rates: Vec<Fall<RateTerm>>,
    /// Retention that would fall, in the order of names; none is what would be there no more.
    pub retention: Vec<Fall<Option<Retention>>>,
}

impl DowngradePreview {
    /// Whether nothing would be lost.
    #[must_use]
    pub const fn loses_nothing(&self) -> bool {
        self.features_lost.is_empty()
            && self.limits.is_empty()
            && self.rates.is_empty()
            && self.retention.is_empty()
    }
}

/// Something that would be less than it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fall<T> {
    /// The name in the catalog.
    pub name: String,
    /// What it is.
    pub now: T,
    /// What it would be.
    pub then: T,
}

/// A limit that would be lower than it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitFall {
    /// The name in the catalog.
    pub name: String,
    /// How many there may be.
    pub now: Limit,
    /// How many there might be.
    pub then: Limit,
    /// How many are in use; none where that is not known.
    pub used: Option<u64>,
    /// How many of those in use would be over the limit; none where their number is not known.
    pub over: Option<u64>,
}

/// What an account would lose at `now` if its subscription were an active one to `plan`, everything else being equal:
/// quantity, add-ons and overrides stay, and so does what it holds beside. Changes nothing.
///
/// `used` says how many of something are in use, where that is known.
///
/// ```
/// use entitlements_core::account::AccountTerms;
/// use entitlements_core::resolve::{Holdings, downgrade_preview};
/// use entitlements_core::{Limit, testing};
///
/// let catalog = testing::catalog();
/// let (base, holdings) = (catalog.default_plan(), Holdings::default());
/// let terms = AccountTerms::on_plan("business");
/// let community = catalog.plan_id("community").unwrap();
/// let users = catalog.limit_id("users").unwrap();
///
/// let used = |limit| (limit == users).then_some(8);
/// let preview = downgrade_preview(&catalog, base, &holdings, &terms, community, testing::NOW, used);
/// assert_eq!(preview.features_lost, ["ip_allowlist", "sso"]);
/// let users = preview.limits.iter().find(|limit| limit.name == "users").unwrap();
/// assert_eq!((users.now, users.then), (Limit::AtMost(15), Limit::AtMost(3)));
/// assert_eq!(users.over, Some(5));
/// ```
#[must_use]
pub fn downgrade_preview(
    catalog: &Arc<Catalog>,
    base: PlanId,
    holdings: &Holdings,
    terms: &AccountTerms,
    plan: PlanId,
    now: Timestamp,
    used: impl Fn(LimitId) -> Option<u64>,
) -> DowngradePreview {
    let other_terms = AccountTerms {
        plan: Some(PlanName::from(catalog.plan_at(plan).name().to_owned())),
        status: SubscriptionStatus::Active,
        ends_at: None,
        ..terms.clone()
    };
    let before = resolve_account(catalog, base, holdings, terms, now);
    let after = resolve_account(catalog, base, holdings, &other_terms, now);
    DowngradePreview {
        plan_now: before.plan_in_force().name().to_owned(),
        plan_then: after.plan_in_force().name().to_owned(),
        features_lost: features_lost(&before, &after),
        limits: limits(&before, &after, used),
        rates: rates(&before, &after),
        retention: retention(before.retention(), after.retention()),
    }
}

fn features_lost(before: &EntitlementSet, after: &EntitlementSet) -> Vec<String> {
    let features = before.catalog().features();
    features
        .filter(|(id, _)| before.has_id(*id) && !after.has_id(*id))
        .map(|(_, feature)| feature.name().to_owned())
        .collect()
}

fn limits(
    before: &EntitlementSet,
    after: &EntitlementSet,
    used: impl Fn(LimitId) -> Option<u64>,
) -> Vec<LimitFall> {
    let limits = before.catalog().limits().filter_map(|(id, definition)| {
        let (now, then) = (before.limit_id(id), after.limit_id(id));
        let Limit::AtMost(most) = then else {
            return None;
        };
        (then < now).then(|| {
            let used = used(id);
            LimitFall {
                name: definition.name().to_owned(),
                now,
                then,
                used,
                over: used.map(|used| used.saturating_sub(most)),
            }
        })
    });
    limits.collect()
}

fn rates(before: &EntitlementSet, after: &EntitlementSet) -> Vec<Fall<RateTerm>> {
    let rates = before.catalog().rates().filter_map(|(id, definition)| {
        let (now, then) = (before.rate_id(id), after.rate_id(id));
        (then < now).then(|| Fall {
            name: definition.name().to_owned(),
            now,
            then,
        })
    });
    rates.collect()
}

fn retention(
    before: &BTreeMap<String, Retention>,
    after: &BTreeMap<String, Retention>,
) -> Vec<Fall<Option<Retention>>> {
    let falls = before.iter().filter_map(|(name, now)| {
        let then = after.get(name).copied();
        // A promise that is not made is as good as none.
        (then.unwrap_or(Retention::Flag(false)) < *now).then(|| Fall {
            name: name.clone(),
            now: Some(*now),
            then,
        })
    });
    falls.collect()
}
