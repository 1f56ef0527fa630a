//! R2: which licenses are in force.

use crate::catalog::PlanId;
use crate::license::{License, LicenseStatus};
use crate::{Catalog, Timestamp};

use super::{HeldLicense, LicenseSource};

/// A license with its state at the time of resolving.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) license: &'a License,
    pub(super) source: &'a LicenseSource,
    pub(super) status: LicenseStatus,
    /// The plan, where the key names one.
    pub(super) plan: Option<PlanId>,
    /// How high the plan is; none is below all.
    pub(super) rank: Option<usize>,
}

/// Judges every license, in an order that does not depend on the order of holding (I6).
pub(super) fn judge<'a>(
    catalog: &Catalog,
    licenses: &'a [HeldLicense],
    now: Timestamp,
) -> Vec<Judged<'a>> {
    let mut judged: Vec<_> = licenses
        .iter()
        .map(|held| {
            let plan = held.license.plan().and_then(|name| catalog.plan_id(name));
            Judged {
                license: &held.license,
                source: &held.source,
                status: held.license.status_at(now),
                plan,
                rank: plan.and_then(|plan| catalog.rank(plan)),
            }
        })
        .collect();
    judged.sort_by(|a, b| a.license.id().cmp(b.license.id()));
    judged
}
