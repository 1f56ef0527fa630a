use std::sync::Arc;

use super::{Watched, seen};
use crate::Reply;
use crate::audit::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use crate::metrics::Backend::Audit as BACKEND;

impl<S: AuditSink + ?Sized> AuditSink for Watched<Arc<S>> {
    fn record(&self, record: AuditRecord) -> Reply<Result<(), AuditError>> {
        seen(BACKEND, self.0.record(record))
    }

    fn read(&self, query: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        seen(BACKEND, self.0.read(query))
    }
}
