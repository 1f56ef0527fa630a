use entitlements_core::catalog::Retention;
use entitlements_core::resolve::DowngradePreview;
use entitlements_core::{AccountId, Timestamp};
use serde::Serialize;

use super::items::{ByName, RateView, Time};

/// `GET /entitlements/downgrade-preview`: what an account would lose on another plan.
#[derive(Debug, Serialize)]
pub(crate) struct DowngradeView<'a> {
    account: &'a str,
    plan: &'a str,
    plan_in_force_now: &'a str,
    plan_in_force_then: &'a str,
    loses_nothing: bool,
    features_lost: &'a [String],
    limits: ByName<'a, LimitFallView>,
    rates: ByName<'a, FallView<Option<RateView>>>,
    retention: ByName<'a, FallView<Option<RetentionView>>>,
    refreshed_at: Time,
}

#[derive(Debug, Serialize)]
struct LimitFallView {
    /// Null where it is unlimited.
    now: Option<u64>,
    then: Option<u64>,
    used: Option<u64>,
    over: Option<u64>,
}

#[derive(Debug, Serialize)]
struct FallView<V> {
    now: V,
    then: V,
}

/// As catalogs write it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RetentionView {
    Flag(bool),
    Days(u64),
    Unlimited(&'static str),
}

impl RetentionView {
    /// None of a kind that is newer than this API.
    const fn of(retention: Retention) -> Option<Self> {
        match retention {
            Retention::Flag(flag) => Some(Self::Flag(flag)),
            Retention::Days(days) => Some(Self::Days(days)),
            Retention::Unlimited => Some(Self::Unlimited("unlimited")),
            _ => None,
        }
    }
}

impl<'a> DowngradeView<'a> {
    pub(crate) fn of(
        account: &'a AccountId,
        plan: &'a str,
        preview: &'a DowngradePreview,
        now: Timestamp,
    ) -> Self {
        let limits = preview.limits.iter().map(|fall| {
            let view = LimitFallView {
                now: fall.now.at_most(),
                then: fall.then.at_most(),
                used: fall.used,
                over: fall.over,
            };
            (fall.name.as_str(), view)
        });
        let rates = preview.rates.iter().map(|fall| {
            let view = FallView {
                now: RateView::of(fall.now),
                then: RateView::of(fall.then),
            };
            (fall.name.as_str(), view)
        });
        let retention = preview.retention.iter().map(|fall| {
            let view = FallView {
                now: fall.now.and_then(RetentionView::of),
                then: fall.then.and_then(RetentionView::of),
            };
            (fall.name.as_str(), view)
        });
        Self {
            account: account.as_str(),
            plan,
            plan_in_force_now: &preview.plan_now,
            plan_in_force_then: &preview.plan_then,
            loses_nothing: preview.loses_nothing(),
            features_lost: &preview.features_lost,
            limits: limits.collect(),
            rates: rates.collect(),
            retention: retention.collect(),
            refreshed_at: Time::seconds(now),
        }
    }
}
