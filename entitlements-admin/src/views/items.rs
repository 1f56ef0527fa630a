//! The parts that several answers have.

use std::collections::BTreeMap;

use entitlements_core::catalog::{LimitId, Plan};
use entitlements_core::resolve::{EntitlementSet, Notice};
use entitlements_core::{RateTerm, Timestamp};
use serde::{Serialize, Serializer};

/// Values by name, in the order of the names.
pub(super) type ByName<'a, T> = BTreeMap<&'a str, T>;

/// A time in RFC 3339, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(Timestamp);

impl Time {
    pub(super) const fn exact(time: Timestamp) -> Self {
        Self(time)
    }

    /// Without its fraction of a second, for the time of day itself.
    pub(super) const fn seconds(time: Timestamp) -> Self {
        Self(Timestamp::from_unix_seconds(time.unix_seconds()))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Debug, Serialize)]
pub(super) struct PlanView<'a> {
    code: &'a str,
    name: &'a str,
}

impl<'a> PlanView<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        Self {
            code: plan.name(),
            name: plan.title(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct FeatureView<'a> {
    enabled: bool,
    entitlement: &'static str,
    name: &'a str,
}

pub(super) fn features(set: &EntitlementSet) -> ByName<'_, FeatureView<'_>> {
    let features = set.catalog().features().map(|(id, feature)| {
        let state = set.feature_state(id);
        let view = FeatureView {
            enabled: state.is_enabled(),
            entitlement: state.as_str(),
            name: feature.title(),
        };
        (feature.name(), view)
    });
    features.collect()
}

/// How many of each limit are used, by limit; none where nothing counts.
pub(super) type Used = BTreeMap<LimitId, Option<u64>>;

/// A limit, and what of it is used: null where nothing counts.
#[derive(Debug, Serialize)]
pub(super) struct LimitView {
    /// Null where it is unlimited.
    limit: Option<u64>,
    used: Option<u64>,
    /// Null where it is unlimited, too.
    remaining: Option<u64>,
}

pub(super) fn limits<'a>(set: &'a EntitlementSet, used: &Used) -> ByName<'a, LimitView> {
    let limits = set.catalog().limits().map(|(id, limit)| {
        let allowed = set.limit_id(id).at_most();
        let used = used.get(&id).copied().flatten();
        let view = LimitView {
            limit: allowed,
            used,
            // After a downgrade there may be more than is allowed: then nothing remains.
            remaining: allowed
                .zip(used)
                .map(|(allowed, used)| allowed.saturating_sub(used)),
        };
        (limit.name(), view)
    });
    limits.collect()
}

#[derive(Debug, Serialize)]
pub(super) struct RateView {
    requests: u64,
    per_seconds: u64,
    burst: u64,
}

impl RateView {
    /// None where it is unlimited.
    pub(super) fn of(term: RateTerm) -> Option<Self> {
        match term {
            RateTerm::AtMost(rate) => Some(Self {
                requests: rate.requests(),
                per_seconds: rate.per().as_secs(),
                burst: rate.burst(),
            }),
            RateTerm::Unlimited => None,
        }
    }
}

/// Null where a rate is unlimited.
pub(super) fn rates(set: &EntitlementSet) -> ByName<'_, Option<RateView>> {
    let rates = set.catalog().rates();
    rates
        .map(|(id, definition)| (definition.name(), RateView::of(set.rate_id(id))))
        .collect()
}

#[derive(Debug, Serialize)]
pub(super) struct NoticeView<'a> {
    code: &'static str,
    message: &'a str,
    action: &'static str,
}

pub(super) fn notices(notices: &[Notice]) -> Vec<NoticeView<'_>> {
    let views = notices.iter().map(|notice| NoticeView {
        code: notice.code(),
        message: notice.message(),
        action: notice.action(),
    });
    views.collect()
}
