//! R8: what an account had and has no more.

use super::grant;
use super::status::Judged;
use crate::catalog::{FeatureId, FeatureSet, Id, LimitId, PlanId};
use crate::license::LicenseStatus;
use crate::{Catalog, Limit, Timestamp};

/// What one license gave that has ended.
#[derive(Debug, Clone)]
pub struct Ended {
    expired_at: Timestamp,
    plan: Option<PlanId>,
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

/// The licenses that have ended, the last to expire first.
pub(super) fn of_licenses(catalog: &Catalog, base: PlanId, licenses: &[Judged<'_>]) -> Vec<Ended> {
    let mut ended: Vec<_> = licenses
        .iter()
        .filter(|judged| judged.status == LicenseStatus::Expired)
        .map(|judged| {
            let grant = grant::of_license(catalog, base, judged.license);
            Ended {
                expired_at: judged.license.expires_at(),
                plan: judged.plan,
                features: grant.features,
                limits: grant.limits,
            }
        })
        .collect();
    ended.sort_by_key(|ended| std::cmp::Reverse(ended.expired_at));
    ended
}
