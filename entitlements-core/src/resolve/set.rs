use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::overrides::Overridden;
use super::sources::{Judged, Source};
use super::{Ended, Holdings, LicenseSource, Notice, Span};
use crate::catalog::{
    FeatureId, FeatureSet, Id, LimitId, Plan, PlanId, Rate, RateId, RateTerm, Retention,
};
use crate::license::LicenseStatus;
use crate::{Catalog, Limit, Timestamp};

/// Everything an account has, for a span of time: what gates decide by.
///
/// It never changes; when something changes, another one takes its place. Made by [`resolve`](super::resolve()) and
/// [`resolve_account`](super::resolve_account).
#[derive(Debug)]
pub struct EntitlementSet {
    pub(super) catalog: Arc<Catalog>,
    pub(super) status: LicenseStatus,
    pub(super) base_plan: PlanId,
    pub(super) plan_shown: PlanId,
    pub(super) plan_in_force: PlanId,
    pub(super) features: FeatureSet,
    pub(super) grace_features: FeatureSet,
    pub(super) limits: Vec<Limit>,
    pub(super) rates: Vec<RateTerm>,
    pub(super) retention: BTreeMap<String, Retention>,
    pub(super) overridden: Overridden,
    pub(super) ended: Vec<Ended>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) grace_ends_at: Option<Timestamp>,
    pub(super) is_out_of_force: bool,
    pub(super) licenses: Vec<LicenseEntry>,
    pub(super) warnings: Vec<Notice>,
    pub(super) errors: Vec<Notice>,
    pub(super) span: Span,
}

/// Whether a feature is there, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FeatureState {
    /// It is there.
    Entitled,
    /// It is there, but only what is in its grace gives it: a license, or a subscription that is past due.
    GracePeriod,
    /// It is not there.
    NotEntitled,
}

impl FeatureState {
    /// Whether it may be used.
    #[must_use]
    pub const fn is_enabled(self) -> bool {
        !matches!(self, Self::NotEntitled)
    }

    /// The state as one snake_case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entitled => "entitled",
            Self::GracePeriod => "grace_period",
            Self::NotEntitled => "not_entitled",
        }
    }
}

/// A key that is held, for whoever manages licenses. Never the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseEntry {
    /// The license's id; none where the key does not verify.
    pub id: Option<String>,
    /// Where the key comes from.
    pub source: LicenseSource,
    /// The plan's code; none where the key names none or does not verify.
    pub plan: Option<String>,
    /// Its state.
    pub status: LicenseStatus,
    /// Whether it gives anything now: as its state says, or in the days of grace of a binding (S7a).
    pub is_in_force: bool,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

impl EntitlementSet {
    /// Whether the feature may be used now. A name that the catalog lacks is not there.
    ///
    /// Takes text, and the constants that [`catalog!`](crate::catalog!) makes.
    #[must_use]
    pub fn has(&self, feature: impl AsRef<str>) -> bool {
        self.catalog
            .feature_id(feature.as_ref())
            .is_some_and(|id| self.has_id(id))
    }

    /// Whether the feature may be used now.
    #[must_use]
    #[inline]
    pub fn has_id(&self, feature: FeatureId) -> bool {
        self.features.contains(feature)
    }

    /// Whether the feature is there, and for how long.
    #[must_use]
    pub fn feature_state(&self, feature: FeatureId) -> FeatureState {
        state_of(&self.features, &self.grace_features, feature)
    }

    /// How many of something there may be. A name that the catalog lacks has no room at all.
    ///
    /// Takes text, and the constants that [`catalog!`](crate::catalog!) makes.
    #[must_use]
    pub fn limit(&self, limit: impl AsRef<str>) -> Limit {
        self.catalog
            .limit_id(limit.as_ref())
            .map_or(Limit::AtMost(0), |id| self.limit_id(id))
    }

    /// How many of something there may be.
    #[must_use]
    pub fn limit_id(&self, limit: LimitId) -> Limit {
        self.limits
            .get(limit.index())
            .copied()
            .unwrap_or(Limit::AtMost(0))
    }

    /// Whether an override sets how many there may be, so that no plan and no license changes it.
    #[must_use]
    pub fn is_limit_overridden(&self, limit: LimitId) -> bool {
        self.overridden.limits.contains(&limit)
    }

    /// Whether an override sets how fast something may happen, so that no plan and no license changes it.
    #[must_use]
    pub fn is_rate_overridden(&self, rate: RateId) -> bool {
        self.overridden.rates.contains(&rate)
    }

    /// Whether an override takes the feature, so that no plan and no license gives it.
    pub(crate) fn is_taken(&self, feature: FeatureId) -> bool {
        self.overridden.taken.contains(feature)
    }

    /// How fast something may happen. A name that the catalog lacks lets nothing happen at all.
    ///
    /// Takes text, and the constants that [`catalog!`](crate::catalog!) makes.
    #[must_use]
    pub fn rate(&self, rate: impl AsRef<str>) -> RateTerm {
        let never = RateTerm::AtMost(Rate {
            requests: 0,
            per: Duration::from_secs(1),
            burst: 0,
        });
        self.catalog
            .rate_id(rate.as_ref())
            .map_or(never, |id| self.rate_id(id))
    }

    /// How fast something may happen.
    #[must_use]
    pub fn rate_id(&self, rate: RateId) -> RateTerm {
        self.rates
            .get(rate.index())
            .copied()
            .unwrap_or(RateTerm::Unlimited)
    }

    /// How long things are kept, by name.
    #[must_use]
    pub const fn retention(&self) -> &BTreeMap<String, Retention> {
        &self.retention
    }

    /// The catalog that the set's names and numbers are of.
    #[must_use]
    pub const fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The status over all licenses and the account's subscription.
    #[must_use]
    pub const fn status(&self) -> LicenseStatus {
        self.status
    }

    /// The plan that counts: the highest of what is in force.
    #[must_use]
    pub fn plan_in_force(&self) -> &Plan {
        self.catalog.plan_at(self.plan_in_force)
    }

    /// The number of the plan that counts.
    #[must_use]
    pub const fn plan_in_force_id(&self) -> PlanId {
        self.plan_in_force
    }

    /// The plan to show: the best source's, even where it is not in force.
    #[must_use]
    pub fn plan_shown(&self) -> &Plan {
        self.catalog.plan_at(self.plan_shown)
    }

    /// The plan of whoever holds nothing.
    #[must_use]
    pub const fn base_plan_id(&self) -> PlanId {
        self.base_plan
    }

    /// When the license or subscription that is shown expires; none where it just goes on.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// When the grace of the license or subscription that is shown ends.
    #[must_use]
    pub const fn grace_ends_at(&self) -> Option<Timestamp> {
        self.grace_ends_at
    }

    /// Licenses and subscriptions that have ended, the last to expire first.
    #[must_use]
    pub fn ended(&self) -> &[Ended] {
        &self.ended
    }

    /// Every key that is held and counts for the account, those that do not verify last.
    #[must_use]
    pub fn licenses(&self) -> &[LicenseEntry] {
        &self.licenses
    }

    /// What the operator should know.
    #[must_use]
    pub fn warnings(&self) -> &[Notice] {
        &self.warnings
    }

    /// What the operator should mend.
    #[must_use]
    pub fn errors(&self) -> &[Notice] {
        &self.errors
    }

    /// Whether something is held, and none of it is in force (D10).
    #[must_use]
    pub fn is_out_of_force(&self) -> bool {
        self.is_out_of_force
    }

    /// Whether any license that is held is not in force, beside others that may be.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.licenses.iter().any(|entry| !entry.is_in_force)
    }

    /// Whether the set is still, or already, the answer at `now`.
    #[must_use]
    #[inline]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.span.from <= now && (now < self.span.until || self.span.endless)
    }

    /// The next moment at which something begins or ends by itself.
    #[must_use]
    pub fn changes_at(&self) -> Option<Timestamp> {
        (!self.span.endless).then_some(self.span.until)
    }
}

pub(super) fn state_of(
    there: &FeatureSet,
    in_grace: &FeatureSet,
    feature: FeatureId,
) -> FeatureState {
    if in_grace.contains(feature) {
        FeatureState::GracePeriod
    } else if there.contains(feature) {
        FeatureState::Entitled
    } else {
        FeatureState::NotEntitled
    }
}

pub(super) fn entries(
    catalog: &Catalog,
    holdings: &Holdings,
    sources: &[Judged<'_>],
) -> Vec<LicenseEntry> {
    let verified = sources.iter().filter_map(|judged| match judged.source {
        Source::Subscription(_) => None,
        Source::License(held) => Some(LicenseEntry {
            id: Some(held.license.id().to_owned()),
            source: held.source.clone(),
            plan: judged
                .plan
                .map(|plan| catalog.plan_at(plan).name().to_owned()),
            status: judged.status,
            is_in_force: judged.is_in_force(),
            expires_at: Some(held.license.expires_at()),
        }),
    });
    let rejected = holdings.rejected.iter().map(|key| LicenseEntry {
        id: key.id.clone(),
        source: key.source.clone(),
        plan: None,
        status: LicenseStatus::Invalid,
        is_in_force: false,
        expires_at: None,
    });
    verified.chain(rejected).collect()
}
