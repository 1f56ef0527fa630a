use entitlements_core::resolve::{Explained, Explanation, FeatureState, Step};
use entitlements_core::{AccountId, Limit, RateTerm, Timestamp};
use serde::Serialize;

use super::items::{ByName, RateView, Time};

/// `GET /entitlements/explain`: what an account has, and who had a part in it.
#[derive(Debug, Serialize)]
pub(crate) struct ExplanationView<'a> {
    account: &'a str,
    features: ByName<'a, ExplainedView<'a, &'static str>>,
    limits: ByName<'a, ExplainedView<'a, Option<u64>>>,
    rates: ByName<'a, ExplainedView<'a, Option<RateView>>>,
    refreshed_at: Time,
}

/// One feature, limit or rate: what came of it, and the steps to it in their order.
#[derive(Debug, Serialize)]
struct ExplainedView<'a, V> {
    value: V,
    steps: Vec<StepView<'a, V>>,
}

#[derive(Debug, Serialize)]
struct StepView<'a, V> {
    source: &'static str,
    id: Option<&'a str>,
    addon: Option<&'a str>,
    effect: &'static str,
    because: Option<&'static str>,
    value: V,
}

impl<'a> ExplanationView<'a> {
    pub(crate) fn of(account: &'a AccountId, explanation: &'a Explanation, now: Timestamp) -> Self {
        let feature = |state: &FeatureState| state.as_str();
        let limit = |limit: &Limit| limit.at_most();
        let rate = |term: &RateTerm| RateView::of(*term);
        Self {
            account: account.as_str(),
            features: by_name(explanation.features(), feature),
            limits: by_name(explanation.limits(), limit),
            rates: by_name(explanation.rates(), rate),
            refreshed_at: Time::seconds(now),
        }
    }
}

fn by_name<'a, T, V>(
    all: &'a [Explained<T>],
    show: impl Fn(&T) -> V,
) -> ByName<'a, ExplainedView<'a, V>> {
    let views = all.iter().map(|explained| {
        let step = |step: &'a Step<T>| StepView {
            source: step.source.as_str(),
            id: step.source.id(),
            addon: step.addon.as_deref(),
            effect: step.effect.as_str(),
            because: step.effect.because(),
            value: show(&step.value),
        };
        let view = ExplainedView {
            value: show(explained.value()),
            steps: explained.steps().iter().map(step).collect(),
        };
        (explained.name(), view)
    });
    views.collect()
}
