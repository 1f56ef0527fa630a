use entitlements_core::license::LicenseStatus;
use entitlements_core::resolve::Notice;
use entitlements_core::{Current, Timestamp};
use serde::Serialize;

use super::items::{
    ByName, FeatureView, LimitView, NoticeView, PlanView, Time, Used, features, limits, notices,
};

const DAY: u64 = 24 * 60 * 60;

/// `GET /license/status`: what follows from the keys, for whoever manages them.
#[derive(Debug, Serialize)]
pub(crate) struct StatusView<'a> {
    status: &'static str,
    plan: PlanView<'a>,
    plan_in_force: &'a str,
    expired: bool,
    degraded: bool,
    expires_at: Option<Time>,
    grace_ends_at: Option<Time>,
    days_remaining: Option<u64>,
    features: ByName<'a, FeatureView<'a>>,
    limits: ByName<'a, LimitView>,
    warnings: Vec<NoticeView<'a>>,
    errors: Vec<NoticeView<'a>>,
    revalidated_at: Time,
}

impl<'a> StatusView<'a> {
    /// What holds, of what was read at that time, and of what the engine works with.
    pub(crate) fn of(
        current: &'a Current,
        used: &Used,
        of_engine: &'a [Notice],
        read_at: Timestamp,
    ) -> Self {
        let mut warnings = notices(current.warnings());
        warnings.extend(notices(of_engine));
        Self {
            status: current.status().as_str(),
            plan: PlanView::of(current.plan_shown()),
            plan_in_force: current.plan_in_force().name(),
            expired: current.status() == LicenseStatus::Expired,
            degraded: current.is_degraded(),
            expires_at: current.expires_at().map(Time::exact),
            grace_ends_at: current.grace_ends_at().map(Time::exact),
            days_remaining: days_remaining(current),
            features: features(current),
            limits: limits(current, used),
            warnings,
            errors: notices(current.errors()),
            revalidated_at: Time::seconds(read_at),
        }
    }
}

/// Days until the expiry of what will be in force until then: nothing remains of what was revoked or belongs elsewhere.
fn days_remaining(current: &Current) -> Option<u64> {
    let end = current.expires_at()?;
    let counts = !matches!(
        current.status(),
        LicenseStatus::Revoked | LicenseStatus::WrongDeployment
    );
    counts.then(|| days_until(end, current.now()))
}

/// Whole days, a part of one counted as one; none are left once it has ended.
fn days_until(end: Timestamp, now: Timestamp) -> u64 {
    let left = end.saturating_since(now);
    (left.as_secs() + u64::from(left.subsec_nanos() > 0)).div_ceil(DAY)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn days_are_rounded_up_until_none_is_left() {
        let end = Timestamp::from_unix_seconds(1_900_000_000);
        let days = |before: Duration| days_until(end, end.saturating_sub(before));
        for (before, expected) in [
            (Duration::ZERO, 0),
            (Duration::from_micros(1), 1),
            (Duration::from_secs(1), 1),
            (Duration::from_secs(DAY), 1),
            (Duration::from_micros(86_400_000_001), 2),
            (Duration::from_secs(30 * DAY), 30),
        ] {
            assert_eq!(days(before), expected, "{before:?}");
        }
        assert_eq!(days_until(end, end.saturating_add_days(1)), 0);
    }
}
