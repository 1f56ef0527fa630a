use entitlements_core::{Current, Timestamp};
use serde::Serialize;

use super::items::{
    ByName, FeatureView, LimitView, NoticeView, PlanView, RateView, Time, Used, features, limits,
    notices, rates,
};

/// `GET /entitlements`: what an account has, for its own interface.
#[derive(Debug, Serialize)]
pub(crate) struct EntitlementsView<'a> {
    account: &'a str,
    plan: PlanView<'a>,
    plan_in_force: &'a str,
    status: &'static str,
    features: ByName<'a, FeatureView<'a>>,
    limits: ByName<'a, LimitView>,
    rates: ByName<'a, Option<RateView>>,
    expires_at: Option<Time>,
    grace_ends_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<Vec<NoticeView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<NoticeView<'a>>>,
    upgrade_url: Option<&'a str>,
    /// Not part of what the entity tag is made of, so it is added last.
    #[serde(skip_serializing_if = "Option::is_none")]
    refreshed_at: Option<Time>,
}

/// Whether warnings and errors are shown: they name what only an operator can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Yes,
    No,
}

impl<'a> EntitlementsView<'a> {
    pub(crate) fn of(current: &'a Current, used: &Used, notes: Shown) -> Self {
        let shown = notes == Shown::Yes;
        Self {
            account: current.account().as_str(),
            plan: PlanView::of(current.plan_shown()),
            plan_in_force: current.plan_in_force().name(),
            status: current.status().as_str(),
            features: features(current),
            limits: limits(current, used),
            rates: rates(current),
            expires_at: current.expires_at().map(Time::exact),
            grace_ends_at: current.grace_ends_at().map(Time::exact),
            warnings: shown.then(|| notices(current.warnings())),
            errors: shown.then(|| notices(current.errors())),
            upgrade_url: current.catalog().upgrade_url(),
            refreshed_at: None,
        }
    }

    /// Says when it was made.
    pub(crate) const fn refresh_at(&mut self, now: Timestamp) {
        self.refreshed_at = Some(Time::seconds(now));
    }
}
