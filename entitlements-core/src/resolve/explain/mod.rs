//! R10: which source gave what, and why another did not.

mod step;
mod trace;

pub use step::{Effect, IgnoredBecause, Step, StepSource};

use super::set::state_of;
use super::sources::{self, Judged};
use super::{FeatureState, Holdings, overrides};
use crate::account::AccountTerms;
use crate::catalog::PlanId;
use crate::{Catalog, Limit, RateTerm, Timestamp};
use trace::Trace;

/// How everything that an account has came about: for support, and for whoever wonders why a request is denied.
///
/// Made by [`explain`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    features: Vec<Explained<FeatureState>>,
    limits: Vec<Explained<Limit>>,
    rates: Vec<Explained<RateTerm>>,
}

impl Explanation {
    /// Every feature of the catalog, in the order of names.
    #[must_use]
    pub fn features(&self) -> &[Explained<FeatureState>] {
        &self.features
    }

    /// Every limit of the catalog, in the order of names.
    #[must_use]
    pub fn limits(&self) -> &[Explained<Limit>] {
        &self.limits
    }

    /// Every rate of the catalog, in the order of names.
    #[must_use]
    pub fn rates(&self) -> &[Explained<RateTerm>] {
        &self.rates
    }

    /// One feature, where the catalog has it.
    #[must_use]
    pub fn feature(&self, name: impl AsRef<str>) -> Option<&Explained<FeatureState>> {
        find(&self.features, name.as_ref())
    }

    /// One limit, where the catalog has it.
    #[must_use]
    pub fn limit(&self, name: impl AsRef<str>) -> Option<&Explained<Limit>> {
        find(&self.limits, name.as_ref())
    }

    /// One rate, where the catalog has it.
    #[must_use]
    pub fn rate(&self, name: impl AsRef<str>) -> Option<&Explained<RateTerm>> {
        find(&self.rates, name.as_ref())
    }
}

fn find<'a, T>(all: &'a [Explained<T>], name: &str) -> Option<&'a Explained<T>> {
    all.iter().find(|explained| explained.name == name)
}

/// How one feature, limit or rate came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained<T> {
    name: String,
    value: T,
    steps: Vec<Step<T>>,
}

impl<T> Explained<T> {
    /// The name in the catalog.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What came of it: what the account has.
    #[must_use]
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// Who had a part in it, in the order of the rules: base plan, licenses, subscription, overrides.
    #[must_use]
    pub fn steps(&self) -> &[Step<T>] {
        &self.steps
    }
}

/// Why an account has at `now` what [`resolve_account`](super::resolve_account) says.
///
/// ```
/// use entitlements_core::account::{AccountTerms, Override, OverrideValue};
/// use entitlements_core::resolve::{Holdings, explain};
/// use entitlements_core::{Limit, testing};
///
/// let catalog = testing::catalog();
/// let mut terms = AccountTerms::on_plan("business");
/// let fewer = OverrideValue::Limit("users".into(), Limit::AtMost(5));
/// terms.overrides.push(Override::new("o1", fewer, testing::NOW));
///
/// let base = catalog.default_plan();
/// let explanation = explain(&catalog, base, &Holdings::default(), &terms, testing::NOW);
/// let users = explanation.limit("users").unwrap();
/// assert_eq!(*users.value(), Limit::AtMost(5));
/// let steps = users.steps().iter().map(|step| (step.source.as_str(), step.effect.as_str(), step.value));
/// assert!(steps.eq([
///     ("base_plan", "gave", Limit::AtMost(3)),
///     ("subscription", "raised", Limit::AtMost(15)),
///     ("override", "replaced", Limit::AtMost(5)),
/// ]));
/// ```
#[must_use]
pub fn explain(
    catalog: &Catalog,
    base: PlanId,
    holdings: &Holdings,
    terms: &AccountTerms,
    now: Timestamp,
) -> Explanation {
    let mut trace = Trace::from_base(catalog, base);
    for (judged, ignored) in every_source(catalog, base, holdings, terms, now) {
        trace.source(&judged, ignored);
    }
    let changes = overrides::oldest_first(catalog, terms);
    for (place, (over, change)) in changes.iter().enumerate() {
        let mut newer = changes.iter().skip(place + 1);
        let ignored = if !overrides::is_in_force(over, now) {
            Some(IgnoredBecause::Ended)
        } else if newer.any(|(other, newer)| {
            overrides::is_in_force(other, now) && newer.has_subject_of(change)
        }) {
            Some(IgnoredBecause::Superseded)
        } else {
            None
        };
        trace.overridden(&over.id, *change, ignored);
    }
    overrides::apply(catalog, terms, now, &mut trace.joined);
    finished(catalog, trace)
}

/// Every source in the order of judging, with those that are not judged because the subscription stands for them.
fn every_source<'a>(
    catalog: &Catalog,
    base: PlanId,
    holdings: &'a Holdings,
    terms: &'a AccountTerms,
    now: Timestamp,
) -> Vec<(Judged<'a>, Option<IgnoredBecause>)> {
    let judged = sources::judge(catalog, base, holdings, terms, now);
    let doubles = holdings.licenses.iter();
    let doubles = doubles
        .filter(|held| sources::is_signed_for_subscription(&held.license, terms))
        .map(|held| {
            let because = IgnoredBecause::SignedForSubscription;
            (
                sources::judge_license(catalog, holdings, held, now),
                Some(because),
            )
        });
    let judged = judged.into_iter().map(|judged| (judged, None));
    let mut every: Vec<_> = judged.chain(doubles).collect();
    every.sort_by(|(a, _), (b, _)| {
        let order = |judged: &Judged<'a>| {
            let id = judged.source.license().map(|license| license.id());
            (id.is_none(), id)
        };
        order(a).cmp(&order(b))
    });
    every
}

fn finished(catalog: &Catalog, trace: Trace<'_>) -> Explanation {
    let joined = trace.joined;
    let state = |id| state_of(&joined.features, &joined.grace_features, id);
    Explanation {
        features: explained(
            catalog.features().map(|(_, feature)| feature.name()),
            catalog.features().map(|(id, _)| state(id)),
            trace.features,
        ),
        limits: explained(
            catalog.limits().map(|(_, limit)| limit.name()),
            joined.limits,
            trace.limits,
        ),
        rates: explained(
            catalog.rates().map(|(_, rate)| rate.name()),
            joined.rates,
            trace.rates,
        ),
    }
}

fn explained<'n, T>(
    names: impl Iterator<Item = &'n str>,
    values: impl IntoIterator<Item = T>,
    steps: Vec<Vec<Step<T>>>,
) -> Vec<Explained<T>> {
    names
        .zip(values)
        .zip(steps)
        .map(|((name, value), steps)| Explained {
            name: name.to_owned(),
            value,
            steps,
        })
        .collect()
}
