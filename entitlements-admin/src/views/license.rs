use entitlements_core::resolve::{EntitlementSet, LicenseEntry};
use serde::Serialize;

use super::items::Time;

/// `GET /license`: the keys that are held.
#[derive(Debug, Serialize)]
pub(crate) struct LicensesView<'a> {
    status: &'static str,
    licenses: Vec<LicenseView<'a>>,
}

impl<'a> LicensesView<'a> {
    pub(crate) fn of(set: &'a EntitlementSet) -> Self {
        let licenses = set.licenses().iter().map(LicenseView::of).collect();
        Self {
            status: set.status().as_str(),
            licenses,
        }
    }
}

/// One key, without the key. What is not known of a key that does not verify is null.
#[derive(Debug, Serialize)]
pub(crate) struct LicenseView<'a> {
    id: Option<&'a str>,
    source: &'static str,
    plan: Option<&'a str>,
    status: &'static str,
    expires_at: Option<Time>,
}

impl<'a> LicenseView<'a> {
    pub(crate) fn of(entry: &'a LicenseEntry) -> Self {
        Self {
            id: entry.id.as_deref(),
            source: entry.source.as_str(),
            plan: entry.plan.as_deref(),
            status: entry.status.as_str(),
            expires_at: entry.expires_at.map(Time::exact),
        }
    }
}
