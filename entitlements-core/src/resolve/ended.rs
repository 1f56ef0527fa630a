//! R8: what an account had and has no more.

use super::grant::Grant;
use super::overrides::Overridden;
use super::sources::Judged;
use crate::catalog::{FeatureId, FeatureSet, Id, LimitId, PlanId};
use crate::license::LicenseStatus;
use crate::{Catalog, Limit, Timestamp};

/// What one license gave that has ended, or a subscription.
///
/// Less what an override takes or replaces: a new license would not bring that back.
#[derive(Debug, Clone)]
pub struct Ended {
    expired_at: Timestamp,
    plan: Option<PlanId>,
    is_held: bool,
    features: FeatureSet,
    limits: Vec<Option<Limit>>,
}

impl Ended {
    /// When it expired; its grace ended later.
    #[must_use]
    pub const fn expired_at(&self) -> Timestamp {
        self.expired_at
    }

    /// The plan it was for, if it named one.
    #[must_use]
    pub const fn plan(&self) -> Option<PlanId> {
        self.plan
    }

    /// Whether it counts as a license that is held (D10); add-ons without a plan do not.
    #[must_use]
    pub(crate) const fn is_held(&self) -> bool {
        self.is_held
    }

    /// Whether it gave the feature.
    #[must_use]
    pub fn had(&self, feature: FeatureId) -> bool {
        self.features.contains(feature)
    }

    /// How many of something it allowed, if it said.
    #[must_use]
    pub fn limit(&self, limit: LimitId) -> Option<Limit> {
        self.limits.get(limit.index()).copied().flatten()
    }
}

/// The sources that have ended, the last to expire first.
pub(super) fn of_sources(
    catalog: &Catalog,
    base: PlanId,
    sources: &[Judged<'_>],
    overridden: &Overridden,
) -> Vec<Ended> {
    let expired = |judged: &&Judged<'_>| judged.status == LicenseStatus::Expired;
    let mut ended: Vec<_> = sources
        .iter()
        .filter(expired)
        .filter_map(|judged| {
            let mut grant = Grant::of(catalog, base, judged.source);
            for feature in overridden.taken.iter() {
                grant.features.remove(feature);
            }
            for limit in &overridden.limits {
                if let Some(limit) = grant.limits.get_mut(limit.index()) {
                    *limit = None;
                }
            }
            Some(Ended {
                expired_at: judged.expires_at?,
                plan: judged.plan,
                is_held: judged.is_held(),
                features: grant.features,
                limits: grant.limits,
            })
        })
        .collect();
    ended.sort_by_key(|ended| std::cmp::Reverse(ended.expired_at));
    ended
}
