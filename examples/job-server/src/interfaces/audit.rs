use entitlements_axum::{BoxFuture, Timestamp};

use crate::failure::Failure;

/// Who did what, and what became of it.
#[derive(Debug)]
pub(crate) struct AuditEntry {
    pub(crate) at: Timestamp,
    pub(crate) namespace: String,
    pub(crate) actor: String,
    /// Method and route, such as `POST /jobs/{id}/cancel`.
    pub(crate) action: String,
    /// The path.
    pub(crate) target: String,
    /// The status of the answer.
    pub(crate) outcome: u16,
}

/// Takes note of every request that may change something.
pub(crate) trait AuditLogger: Send + Sync {
    fn log(&self, entry: AuditEntry) -> BoxFuture<'_, Result<(), Failure>>;
}

/// Nothing is noted.
pub(crate) struct NoAudit;

impl AuditLogger for NoAudit {
    fn log(&self, _: AuditEntry) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }
}
