use super::given::{self, DAILY, Given};
use super::{LicenseNotice, Stage};
use crate::Timestamp;
use crate::license::{License, LicenseStatus};
use crate::resolve::Holdings;

/// What is to be told now.
#[derive(Debug, Default)]
pub(crate) struct Due {
    pub(crate) notices: Vec<LicenseNotice>,
    pub(crate) warnings: Vec<DailyWarning>,
    /// When there will be more.
    pub(crate) next: Option<Timestamp>,
}

/// What the log says once a day in the days of grace (N5).
#[derive(Debug)]
pub(crate) struct DailyWarning {
    pub(crate) license: String,
    pub(crate) message: String,
    /// What is kept of it.
    pub(crate) entry: String,
}

/// Which notices are due at `now`, after those that were given.
pub(crate) fn due(holdings: &Holdings, given: &Given, now: Timestamp) -> Due {
    let mut due = Due::default();
    let mut next = Vec::new();
    let licenses = holdings.licenses.iter().map(|held| &held.license);
    let judged: Vec<_> = licenses
        .map(|license| {
            let state = license.status(now, &holdings.deployment, &holdings.revocations);
            (license, state)
        })
        .collect();
    let alive = judged.iter().filter(|(_, state)| {
        matches!(
            state,
            LicenseStatus::Active | LicenseStatus::Grace | LicenseStatus::NotYetValid
        )
    });
    let last_end = alive.map(|(license, _)| license.expires_at()).max();
    for (license, state) in judged {
        if matches!(
            state,
            LicenseStatus::Revoked | LicenseStatus::WrongDeployment
        ) {
            continue;
        }
        // N6: what ends is of no interest where something lasts longer.
        if last_end.is_some_and(|last_end| last_end > license.expires_at()) {
            continue;
        }
        next.extend(Stage::next_at(license, now));
        if let Some(stage) = Stage::reached(license, now)
            && given.wants(license, stage, now)
        {
            due.notices.push(LicenseNotice::of(license, stage, now));
        }
        if state == LicenseStatus::Grace {
            let daily = given.next_daily(license, now);
            if daily <= now {
                due.warnings.push(DailyWarning::of(license));
                next.push(now.saturating_add_days(1));
            } else {
                next.push(daily);
            }
        }
    }
    due.next = next.into_iter().min();
    due
}

impl DailyWarning {
    fn of(license: &License) -> Self {
        let (id, ends) = (license.id(), license.grace_ends_at());
        Self {
            license: id.to_owned(),
            message: format!(
                "license `{id}` expired at {}; it stays in force until {ends}: renew it before that day",
                license.expires_at()
            ),
            entry: given::entry(id, license.expires_at(), DAILY),
        }
    }
}
