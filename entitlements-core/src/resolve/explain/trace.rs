//! Resolving again, step by step, with the rules' own parts: what is written down is what was done.

use super::step::{Effect, IgnoredBecause, Step, StepSource};
use crate::catalog::{Addon, AddonLimit, FeatureId, Id, LimitTerm, PlanId};
use crate::resolve::FeatureState;
use crate::resolve::addons::{Addition, Addons};
use crate::resolve::grant::Grant;
use crate::resolve::join::Joined;
use crate::resolve::offer::Offer;
use crate::resolve::overrides::Change;
use crate::resolve::sources::{Judged, Source};
use crate::{Catalog, Limit, RateTerm};

/// What has come together so far, and the steps to it, one list for each name of the catalog.
pub(super) struct Trace<'a> {
    catalog: &'a Catalog,
    base: PlanId,
    pub(super) joined: Joined,
    pub(super) features: Vec<Vec<Step<FeatureState>>>,
    pub(super) limits: Vec<Vec<Step<Limit>>>,
    pub(super) rates: Vec<Vec<Step<RateTerm>>>,
}

/// Whether what a source says counts.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    InForce {
        /// For some days alone.
        in_grace: bool,
    },
    Ignored(IgnoredBecause),
}

/// A source, or one add-on of it.
#[derive(Clone, Copy)]
struct Who<'s> {
    source: &'s StepSource,
    addon: Option<&'s Addon>,
}

impl Who<'_> {
    fn step<T>(self, effect: Effect, value: T) -> Step<T> {
        Step {
            source: self.source.clone(),
            addon: self.addon.map(|addon| addon.name().to_owned()),
            effect,
            value,
        }
    }
}

impl<'a> Trace<'a> {
    /// R1: what the base plan gives.
    pub(super) fn from_base(catalog: &'a Catalog, base: PlanId) -> Self {
        let joined = Joined::base(catalog, base);
        let source = StepSource::BasePlan(catalog.plan_at(base).name().to_owned());
        let who = Who {
            source: &source,
            addon: None,
        };
        let feature = |(id, _)| {
            let gave = || who.step(Effect::Gave, FeatureState::Entitled);
            joined
                .features
                .contains(id)
                .then(gave)
                .into_iter()
                .collect()
        };
        Self {
            features: catalog.features().map(feature).collect(),
            limits: first(who, &joined.limits),
            rates: first(who, &joined.rates),
            catalog,
            base,
            joined,
        }
    }

    /// R2 to R5: what a source gives, or would give if it were not ignored for a reason beside its state.
    pub(super) fn source(&mut self, judged: &Judged<'_>, ignored: Option<IgnoredBecause>) {
        let source = match judged.source {
            Source::License(held) => StepSource::License(held.license.id().to_owned()),
            Source::Subscription(_) => StepSource::Subscription,
        };
        let verdict = match ignored {
            Some(because) => Verdict::Ignored(because),
            None if judged.is_in_force() => Verdict::InForce {
                in_grace: judged.is_in_grace(),
            },
            None => Verdict::Ignored(IgnoredBecause::Status(judged.status)),
        };
        let who = |addon| Who {
            source: &source,
            addon,
        };
        let offer = Offer::of(self.catalog, self.base, judged.source);
        let mut grant = Grant::without_addons(self.catalog, self.base, &offer);
        // Add-ons alone stand on the base plan, which has had its step.
        if judged.source.license().is_some() || judged.plan.is_some() {
            self.give(who(None), &grant, verdict);
            if matches!(verdict, Verdict::InForce { .. }) {
                self.what_the_key_loses(who(None), &offer, &grant);
            }
        }
        for step in offer.addons.additions() {
            grant.add(step);
            self.give(
                who(Some(step.addon())),
                &changed_by(&grant, &[step]),
                verdict,
            );
        }
        let left_out = offer.addons.inapplicable.iter();
        let mut left_out: Vec<_> = left_out
            .map(|addon| (*addon, IgnoredBecause::RequiresUnmet))
            .collect();
        if offer.plan.is_none()
            && let Some(license) = judged.source.license()
        {
            let named = Addons::of_license(self.catalog, license);
            let named = named.applicable.into_iter().chain(named.inapplicable);
            left_out.extend(named.map(|addon| (addon, IgnoredBecause::OnlyListed)));
        }
        for (addon, because) in left_out {
            let because = match verdict {
                Verdict::InForce { .. } => because,
                Verdict::Ignored(because) => because,
            };
            let steps = [Addition::Adds(addon), Addition::Raises(addon)];
            let mut would = grant.clone();
            steps.into_iter().for_each(|step| would.add(step));
            let would = changed_by(&would, &steps);
            self.give(who(Some(addon)), &would, Verdict::Ignored(because));
        }
    }

    /// Writes down what is given, and joins it where it counts.
    fn give(&mut self, who: Who<'_>, grant: &Grant, verdict: Verdict) {
        let state = match verdict {
            Verdict::InForce { in_grace: true } => FeatureState::GracePeriod,
            Verdict::InForce { .. } | Verdict::Ignored(_) => FeatureState::Entitled,
        };
        let effect = |raises: bool| match verdict {
            Verdict::InForce { .. } if raises => Effect::Raised,
            Verdict::InForce { .. } => Effect::NoHigher,
            Verdict::Ignored(because) => Effect::Ignored(because),
        };
        for feature in grant.features.iter() {
            let effect = match verdict {
                Verdict::InForce { .. } => Effect::Gave,
                Verdict::Ignored(because) => Effect::Ignored(because),
            };
            self.feature(feature, who.step(effect, state));
        }
        let limits = self.joined.limits.iter().zip(&grant.limits);
        for (steps, (had, given)) in self.limits.iter_mut().zip(limits) {
            steps.extend(given.map(|given| who.step(effect(given > *had), given)));
        }
        let rates = self.joined.rates.iter().zip(&grant.rates);
        for (steps, (had, given)) in self.rates.iter_mut().zip(rates) {
            steps.extend(given.map(|given| who.step(effect(given > *had), given)));
        }
        if let Verdict::InForce { in_grace } = verdict {
            self.joined.add(grant, in_grace);
        }
    }

    /// Features that a key takes from its own plan, and numbers in it that are smaller than the plan's.
    fn what_the_key_loses(&mut self, who: Who<'_>, offer: &Offer<'_>, grant: &Grant) {
        let Some(plan) = offer.plan else { return };
        for (name, _) in offer.features.iter().filter(|(_, on)| !on) {
            let taken = self.catalog.feature_id(name).filter(|id| plan.has(*id));
            if let Some(id) = taken {
                self.feature(id, who.step(Effect::Took, FeatureState::NotEntitled));
            }
        }
        for (id, definition) in self.catalog.limits() {
            let not_licensed = !matches!(plan.limit(id), LimitTerm::Licensed { .. });
            let given = grant.limits.get(id.index()).copied().flatten();
            let listed = offer.listed_limit(definition.name());
            if let (true, Some(listed), Some(steps)) =
                (not_licensed, listed, self.limits.get_mut(id.index()))
                && given.is_some_and(|given| listed < given)
            {
                let ignored = Effect::Ignored(IgnoredBecause::NotLicensed);
                steps.push(who.step(ignored, listed));
            }
        }
    }

    /// R6: what an override does.
    pub(super) fn overridden(&mut self, id: &str, change: Change, ignored: Option<IgnoredBecause>) {
        let source = StepSource::Override(id.to_owned());
        let who = Who {
            source: &source,
            addon: None,
        };
        let or_ignored = |effect| ignored.map_or(effect, Effect::Ignored);
        match change {
            Change::Feature(id, true) => {
                let gave = or_ignored(Effect::Gave);
                self.feature(id, who.step(gave, FeatureState::Entitled));
            }
            Change::Feature(id, false) => {
                let took = or_ignored(Effect::Took);
                self.feature(id, who.step(took, FeatureState::NotEntitled));
            }
            Change::Limit(id, value) => {
                let step = who.step(or_ignored(Effect::Replaced), value);
                if let Some(steps) = self.limits.get_mut(id.index()) {
                    steps.push(step);
                }
            }
            Change::Rate(id, value) => {
                let step = who.step(or_ignored(Effect::Replaced), value);
                if let Some(steps) = self.rates.get_mut(id.index()) {
                    steps.push(step);
                }
            }
        }
    }

    fn feature(&mut self, id: FeatureId, step: Step<FeatureState>) {
        if let Some(steps) = self.features.get_mut(id.index()) {
            steps.push(step);
        }
    }
}

/// The base plan's step for each.
fn first<T: Copy>(who: Who<'_>, values: &[T]) -> Vec<Vec<Step<T>>> {
    let steps = values.iter();
    steps
        .map(|value| vec![who.step(Effect::Gave, *value)])
        .collect()
}

/// Of what a source has by now, that which these steps of an add-on were about.
fn changed_by(grant: &Grant, steps: &[Addition<'_>]) -> Grant {
    let mut changed = Grant {
        features: Default::default(),
        limits: vec![None; grant.limits.len()],
        rates: vec![None; grant.rates.len()],
        retention: Default::default(),
    };
    for step in steps {
        if let Addition::Adds(addon) = step {
            changed.features.union(&addon.features);
        }
        for (id, change) in step.addon().limits() {
            let is_step = matches!(
                (step, change),
                (Addition::Adds(_), AddonLimit::Add(_))
                    | (Addition::Raises(_), AddonLimit::AtLeast(_))
            );
            let now = grant.limits.get(id.index()).copied().flatten();
            if let (true, Some(limit)) = (is_step, changed.limits.get_mut(id.index())) {
                *limit = now;
            }
        }
    }
    changed
}
