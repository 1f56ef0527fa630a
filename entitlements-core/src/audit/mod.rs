//! Who changed what, when and from where: the records that an operator shows an auditor.
//!
//! - this file: the port;
//! - `record.rs`: one record;
//! - `query.rs`: which records are asked for, and the page that is answered;
//! - `guarded.rs`: the sink as the engine hands it out, which `secrets.rs` keeps keys and tokens out of;
//! - `log.rs`: the log, with the newest records in memory.
//!
//! The rule is M14 of `spec/management.md`.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use entitlements_core::audit::{AuditQuery, AuditRecord};
//! use entitlements_core::{Entitlements, testing};
//!
//! let (entitlements, _upkeep) = Entitlements::builder().catalog(testing::catalog()).build().await?;
//! let record = AuditRecord::new(entitlements.now(), "report.exported", "ada");
//! entitlements.audit().record(record).await?;
//!
//! let page = entitlements.audit().read(AuditQuery::default()).await?;
//! assert_eq!(page.records[0].actor, "ada");
//! assert_eq!(page.next, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod guarded;
mod log;
mod query;
mod record;
mod secrets;

pub(crate) use guarded::Guarded;
pub use log::LogAudit;
pub use query::{AuditPage, AuditQuery};
pub use record::AuditRecord;

use std::fmt;
use std::sync::Arc;

use crate::Reply;

/// Where audit records are kept: a port, so that they may be in the log, in a database or elsewhere.
///
/// A record is never replaced and never changed: one whose id is there already is not kept again. What was answered with success
/// can be read (M14).
///
/// # Cancel safety
/// A dropped reply leaves a record kept or not kept, and nothing in between. Clients go away while a change that they made stays, so a sink
/// that answers later does well to go on all the same; where nobody waited for its answer, the log has the record.
pub trait AuditSink: fmt::Debug + Send + Sync + 'static {
    /// Keeps a record.
    ///
    /// # Errors
    /// Where it cannot be kept.
    fn record(&self, record: AuditRecord) -> Reply<Result<(), AuditError>>;

    /// The newest records that a query asks for, by the order of their ids, and where the next page begins.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn read(&self, query: AuditQuery) -> Reply<Result<AuditPage, AuditError>>;
}

/// One sink in two places.
impl<S: AuditSink + ?Sized> AuditSink for Arc<S> {
    fn record(&self, record: AuditRecord) -> Reply<Result<(), AuditError>> {
        S::record(self, record)
    }

    fn read(&self, query: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        S::read(self, query)
    }
}

/// Why a record could not be kept, or records not be read, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct AuditError {
    cause: String,
}

impl AuditError {
    /// What went wrong, in words for the operator.
    #[must_use]
    pub fn new(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
        }
    }
}
