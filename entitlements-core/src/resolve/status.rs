//! R2: which licenses are in force.

use crate::catalog::PlanId;
use crate::license::{License, LicenseStatus};
use crate::{Catalog, Timestamp};

use super::{Holdings, LicenseSource};

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
    holdings: &'a Holdings,
    now: Timestamp,
) -> Vec<Judged<'a>> {
    let status =
        |license: &License| license.status(now, &holdings.deployment, &holdings.revocations);
    let mut judged: Vec<_> = holdings
        .licenses
        .iter()
        .map(|held| {
            let plan = held.license.plan().and_then(|name| catalog.plan_id(name));
            Judged {
                license: &held.license,
                source: &held.source,
                status: status(&held.license),
                plan,
                rank: plan.and_then(|plan| catalog.rank(plan)),
            }
        })
        .collect();
    judged.sort_by(|a, b| a.license.id().cmp(b.license.id()));
    judged
}
