use super::secrets::cleaned;
use super::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use crate::Reply;

/// A sink as the engine hands it out: no key gets into it (I9), and no record gets lost in silence (M13).
#[derive(Debug)]
pub(crate) struct Guarded<S>(pub(crate) S);

impl<S: AuditSink> AuditSink for Guarded<S> {
    fn record(&self, record: AuditRecord) -> Reply<Result<(), AuditError>> {
        let record = cleaned(record);
        let unkept = Unkept(Some(record.clone()));
        match self.0.record(record) {
            Reply::Now(answer) => Reply::Now(unkept.answered(answer)),
            Reply::Later(answer) => Reply::later(async move { unkept.answered(answer.await) }),
        }
    }

    fn read(&self, query: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        self.0.read(query)
    }
}

/// A record of which it is not known that it was kept. Dropped so, it is written to the log.
struct Unkept(Option<AuditRecord>);

impl Unkept {
    fn answered(mut self, answer: Result<(), AuditError>) -> Result<(), AuditError> {
        let record = self.0.take();
        if let (Err(error), Some(record)) = (&answer, record) {
            write(&record, error);
        }
        answer
    }
}

impl Drop for Unkept {
    fn drop(&mut self) {
        if let Some(record) = self.0.take() {
            let nobody =
                AuditError::new("nobody waited for the answer, and it may be kept all the same");
            write(&record, &nobody);
        }
    }
}

/// As [`LogAudit`](super::LogAudit) would, so that whoever looks for records in the log finds this one.
fn write(record: &AuditRecord, why: &AuditError) {
    tracing::error!(
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
        "an audit record is not kept: {why}"
    );
}
