use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use crate::Reply;

/// How many records stay in memory: months of what operators do by hand, in about a megabyte.
const KEPT: usize = 1000;

/// Writes each record to the log, at target `entitlements::audit`, and keeps the newest 1,000 in memory.
///
/// The default: whoever keeps the log keeps the records, and nothing else is needed. Those in memory are gone when the process ends.
#[derive(Default)]
pub struct LogAudit {
    /// By id, which is by age.
    newest: Mutex<BTreeMap<String, AuditRecord>>,
}

impl LogAudit {
    /// Without records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn newest(&self) -> MutexGuard<'_, BTreeMap<String, AuditRecord>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditSink for LogAudit {
    fn record(&self, record: AuditRecord) -> Reply<Result<(), AuditError>> {
        let mut newest = self.newest();
        if newest.contains_key(&record.id) {
            return Reply::Now(Ok(()));
        }
        write(&record);
        newest.insert(record.id.clone(), record);
        if newest.len() > KEPT {
            newest.pop_first();
        }
        Reply::Now(Ok(()))
    }

    fn read(&self, query: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        let newest = self.newest();
        let found = newest
            .values()
            .rev()
            .filter(|record| query.asks_for(record));
        // One more than fit, to tell whether there is a next page.
        let found = found.take(query.limit() + 1).cloned().collect();
        Reply::Now(Ok(AuditPage::of(found, query.limit())))
    }
}

fn write(record: &AuditRecord) {
    tracing::info!(
        target: "entitlements::audit",
        id = %record.id,
        at = %record.at,
        action = record.action,
        by = record.actor,
        license = record.license,
        plan = record.plan,
        account = record.account,
        outcome = record.outcome,
        client = record.client_address.map(tracing::field::display),
        details = record.shown_details(),
        "audit"
    );
}

impl fmt::Debug for LogAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogAudit")
            .field("kept", &self.newest().len())
            .finish()
    }
}
