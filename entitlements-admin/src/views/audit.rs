use std::net::IpAddr;

use entitlements_core::audit::{AuditPage, AuditRecord};
use serde::Serialize;

use super::items::Time;

/// `GET /audit`: a page of records, the newest first.
#[derive(Debug, Serialize)]
pub(crate) struct AuditView<'a> {
    records: Vec<RecordView<'a>>,
    /// What `before` has to be for the next page; null where there is none.
    next: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct RecordView<'a> {
    id: &'a str,
    at: Time,
    action: &'a str,
    actor: &'a str,
    license: Option<&'a str>,
    plan: Option<&'a str>,
    account: Option<&'a str>,
    outcome: &'a str,
    client_address: Option<IpAddr>,
    details: Vec<DetailView<'a>>,
}

#[derive(Debug, Serialize)]
struct DetailView<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> AuditView<'a> {
    pub(crate) fn of(page: &'a AuditPage) -> Self {
        Self {
            records: page.records.iter().map(RecordView::of).collect(),
            next: page.next.as_deref(),
        }
    }
}

impl<'a> RecordView<'a> {
    fn of(record: &'a AuditRecord) -> Self {
        let details = record.details.iter();
        Self {
            id: &record.id,
            at: Time::exact(record.at),
            action: &record.action,
            actor: &record.actor,
            license: record.license.as_deref(),
            plan: record.plan.as_deref(),
            account: record.account.as_deref(),
            outcome: &record.outcome,
            client_address: record.client_address,
            details: details
                .map(|(name, value)| DetailView { name, value })
                .collect(),
        }
    }
}
