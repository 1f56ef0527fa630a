//! R6: what an operator changed for one account comes last.

use super::join::Joined;
use crate::account::{AccountTerms, Override, OverrideValue};
use crate::catalog::{FeatureId, FeatureSet, Id, LimitId, RateId};
use crate::{Catalog, Limit, RateTerm, Timestamp};

/// An override in numbers of one catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    Feature(FeatureId, bool),
    Limit(LimitId, Limit),
    Rate(RateId, RateTerm),
}

impl Change {
    /// None where the catalog lacks the name.
    fn of(catalog: &Catalog, value: &OverrideValue) -> Option<Self> {
        Some(match value {
            OverrideValue::Feature(name, on) => {
                Self::Feature(catalog.feature_id(name.as_str())?, *on)
            }
            OverrideValue::Limit(name, limit) => {
                Self::Limit(catalog.limit_id(name.as_str())?, *limit)
            }
            OverrideValue::Rate(name, rate) => Self::Rate(catalog.rate_id(name.as_str())?, *rate),
        })
    }

    /// Whether both are about one and the same thing.
    pub(super) fn has_subject_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Feature(a, _), Self::Feature(b, _)) => a == b,
            (Self::Limit(a, _), Self::Limit(b, _)) => a == b,
            (Self::Rate(a, _), Self::Rate(b, _)) => a == b,
            _ => false,
        }
    }
}

/// Whether an override has not ended. One counts from when it is known: its age only says which is the newest.
pub(super) fn is_in_force(over: &Override, now: Timestamp) -> bool {
    over.ends_at.is_none_or(|end| now < end)
}

/// The overrides that the catalog can read, the newest last: taken in this order, the last for a name replaces all
/// others for it. Of two of one age the larger id is last, whatever order they are stored in (I6).
pub(super) fn oldest_first<'a>(
    catalog: &Catalog,
    terms: &'a AccountTerms,
) -> Vec<(&'a Override, Change)> {
    let known = terms.overrides.iter();
    let mut known: Vec<_> = known
        .filter_map(|over| Some((over, Change::of(catalog, &over.value)?)))
        .collect();
    // Ids differ within an account; where they do not, the rest decides rather than the order.
    known.sort_by(|(a, x), (b, y)| {
        let [a, b] =
            [(a, x), (b, y)].map(|(it, change)| (it.created_at, &it.id, change, it.ends_at));
        a.cmp(&b)
    });
    known
}

/// Overrides in force whose name the catalog lacks, in no order.
pub(super) fn unknown<'a>(
    catalog: &Catalog,
    terms: &'a AccountTerms,
    now: Timestamp,
) -> impl Iterator<Item = &'a Override> {
    let in_force = terms.overrides.iter();
    let in_force = in_force.filter(move |over| is_in_force(over, now));
    in_force.filter(|over| Change::of(catalog, &over.value).is_none())
}

/// What overrides have decided, so that no plan and no license would change it.
#[derive(Debug, Clone, Default)]
pub(super) struct Overridden {
    /// Features that are taken.
    pub(super) taken: FeatureSet,
    /// Limits that are replaced.
    pub(super) limits: Vec<LimitId>,
    /// Rates that are replaced.
    pub(super) rates: Vec<RateId>,
}

/// Replaces what the sources give by what is in force of the overrides.
pub(super) fn apply(
    catalog: &Catalog,
    terms: &AccountTerms,
    now: Timestamp,
    joined: &mut Joined,
) -> Overridden {
    let mut overridden = Overridden::default();
    let known = oldest_first(catalog, terms).into_iter();
    for (_, change) in known.filter(|(over, _)| is_in_force(over, now)) {
        joined.replace(change);
        match change {
            Change::Feature(id, true) => overridden.taken.remove(id),
            Change::Feature(id, false) => overridden.taken.insert(id),
            Change::Limit(id, _) if !overridden.limits.contains(&id) => overridden.limits.push(id),
            Change::Rate(id, _) if !overridden.rates.contains(&id) => overridden.rates.push(id),
            Change::Limit(..) | Change::Rate(..) => {}
        }
    }
    overridden
}

impl Joined {
    fn replace(&mut self, change: Change) {
        match change {
            Change::Feature(id, on) => {
                // What an operator gives has no grace.
                self.grace_features.remove(id);
                if on {
                    self.features.insert(id);
                } else {
                    self.features.remove(id);
                }
            }
            Change::Limit(id, value) => {
                if let Some(limit) = self.limits.get_mut(id.index()) {
                    *limit = value;
                }
            }
            Change::Rate(id, value) => {
                if let Some(rate) = self.rates.get_mut(id.index()) {
                    *rate = value;
                }
            }
        }
    }
}
