//! R2: which sources there are, and which of them are in force.

use super::subscription;
use super::{HeldLicense, Holdings};
use crate::account::{AccountTerms, SubscriptionStatus};
use crate::catalog::PlanId;
use crate::license::{License, LicenseStatus};
use crate::{Catalog, Timestamp};

/// Something that gives, beside the base plan.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// What the account was sold.
    Subscription(&'a AccountTerms),
    /// A license that is held, and where it comes from.
    License(&'a HeldLicense),
}

impl<'a> Source<'a> {
    pub(super) const fn license(self) -> Option<&'a License> {
        match self {
            Self::License(held) => Some(&held.license),
            Self::Subscription(_) => None,
        }
    }
}

/// A source with its state at the time of resolving.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) source: Source<'a>,
    pub(super) status: LicenseStatus,
    /// Whether it gives anything: as its status says, or in the days of grace after it was found where it is not bound to (S7a).
    pub(super) is_in_force: bool,
    /// The plan, where it has one: a key need not name one, and an account may have add-ons alone.
    pub(super) plan: Option<PlanId>,
    /// How high the plan is; none is below all.
    pub(super) rank: Option<usize>,
    /// When it expires, not counting grace; none is never.
    pub(super) expires_at: Option<Timestamp>,
    /// When it stops being in force; none is never.
    pub(super) grace_ends_at: Option<Timestamp>,
}

impl Judged<'_> {
    pub(super) const fn is_in_force(&self) -> bool {
        self.is_in_force
    }

    /// Whether it is in force for some days of grace alone.
    pub(super) fn is_in_grace(&self) -> bool {
        self.is_in_force && self.status != LicenseStatus::Active
    }

    /// Whether it counts as a license that is held (D10): a license does, and a subscription to a plan; add-ons alone do not.
    pub(super) const fn is_held(&self) -> bool {
        matches!(self.source, Source::License(_)) || self.plan.is_some()
    }

    /// The times at which the state changes by itself, in no order.
    pub(super) fn boundaries(&self) -> Vec<Timestamp> {
        match self.source {
            // The end of binding grace is among them.
            Source::License(held) => held
                .license
                .boundaries()
                .chain(self.grace_ends_at)
                .collect(),
            Source::Subscription(terms) => match terms.status {
                SubscriptionStatus::Cancelled { .. } => Vec::new(),
                _ => self.grace_ends_at.into_iter().collect(),
            },
        }
    }
}

/// Judges every license and then the subscription, in an order that does not depend on the order of holding (I6).
pub(super) fn judge<'a>(
    catalog: &Catalog,
    base: PlanId,
    holdings: &'a Holdings,
    terms: &'a AccountTerms,
    now: Timestamp,
) -> Vec<Judged<'a>> {
    let counts = |held: &&HeldLicense| !is_signed_for_subscription(&held.license, terms);
    let mut licenses: Vec<_> = holdings.licenses.iter().filter(counts).collect();
    licenses.sort_by(|a, b| a.license.id().cmp(b.license.id()));
    let mut judged: Vec<_> = licenses
        .into_iter()
        .map(|held| judge_license(catalog, holdings, held, now))
        .collect();
    judged.extend(judge_subscription(catalog, base, terms, now));
    judged
}

/// Whether the license stands for the subscription, which is known here: together they would count twice.
pub(super) fn is_signed_for_subscription(license: &License, terms: &AccountTerms) -> bool {
    terms.plan.is_some() && terms.license_id.as_deref() == Some(license.id())
}

/// A license with its state at `now`.
pub(super) fn judge_license<'a>(
    catalog: &Catalog,
    holdings: &Holdings,
    held: &'a HeldLicense,
    now: Timestamp,
) -> Judged<'a> {
    let license = &held.license;
    let plan = license.plan().and_then(|name| catalog.plan_id(name));
    let status = license.status(now, &holdings.deployment, &holdings.revocations);
    let mut grace_ends_at = license.grace_ends_at();
    let mut is_in_force = status.is_in_force();
    // S7a: elsewhere than where it is bound to, it goes on for some days from the first time on that this was seen.
    if status == LicenseStatus::WrongDeployment
        && let Some(since) = holdings.first_mismatches.get(license.id())
    {
        let days = catalog.license().binding_grace_days();
        grace_ends_at = grace_ends_at.min(since.saturating_add_days(days));
        is_in_force = now < grace_ends_at && license.status_at(now).is_in_force();
    }
    Judged {
        source: Source::License(held),
        status,
        is_in_force,
        plan,
        rank: plan.and_then(|plan| catalog.rank(plan)),
        expires_at: Some(license.expires_at()),
        grace_ends_at: Some(grace_ends_at),
    }
}

/// The plan that an account's add-ons stand on: its own, or the base plan where it has none. None where the catalog lacks
/// its own.
pub(super) fn plan_beneath(
    catalog: &Catalog,
    base: PlanId,
    terms: &AccountTerms,
) -> Option<PlanId> {
    match &terms.plan {
        Some(name) => catalog.plan_id(name.as_str()),
        None => Some(base),
    }
}

/// The subscription, where there is one and the catalog has its plan. One without a plan, for add-ons alone, has the
/// days of grace of the base plan that they stand on.
fn judge_subscription<'a>(
    catalog: &Catalog,
    base: PlanId,
    terms: &'a AccountTerms,
    now: Timestamp,
) -> Option<Judged<'a>> {
    if terms.plan.is_none() && terms.addons.is_empty() {
        return None;
    }
    let stands_on = plan_beneath(catalog, base, terms)?;
    let plan = terms.plan.as_ref().map(|_| stands_on);
    let grace_days = catalog.plan_at(stands_on).past_due_grace_days();
    let state = subscription::state(terms, grace_days, now);
    Some(Judged {
        source: Source::Subscription(terms),
        status: state.status,
        is_in_force: state.status.is_in_force(),
        plan,
        rank: plan.and_then(|plan| catalog.rank(plan)),
        expires_at: state.expires_at,
        grace_ends_at: state.grace_ends_at,
    })
}
