//! What the API does: one file a family of routes, each with its part of the table.

mod about;
mod accounts;
mod allowlist;
mod audit;
mod entitlements;
mod license;
mod public;

use std::time::Duration;

use bytes::Bytes;
use entitlements_core::audit::AuditRecord;
use entitlements_core::{AccountId, Current, Entitlements, Reply};
use http::request::Parts;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::AdminApi;
use crate::guard::Principal;
use crate::refusal::{Failure, Refusal};
use crate::router::{Parameters, Route};

/// Every route.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    let families = [
        license::ROUTES,
        entitlements::ROUTES,
        accounts::ROUTES,
        accounts::PARTS,
        allowlist::ROUTES,
        audit::ROUTES,
        public::ROUTES,
    ];
    families.into_iter().flatten()
}

/// How long a client waits for a record to be kept: longer than any disk takes, and shorter than clients wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request that may do what it asks for.
pub(crate) struct Call {
    pub(crate) api: AdminApi,
    pub(crate) head: Parts,
    pub(crate) parameters: Parameters,
    pub(crate) body: Bytes,
}

impl Call {
    fn engine(&self) -> &Entitlements {
        self.api.entitlements()
    }

    /// What holds for an account; 503 where the accounts cannot be asked.
    async fn current_of(&self, account: &AccountId) -> Result<Current, Failure> {
        let current = self.engine().current_of(account).await;
        Ok(current.map_err(|why| why.denial())?)
    }

    /// What the path has for `{name}`.
    fn parameter(&self, name: &str) -> Result<&str, Refusal> {
        let found = self.parameters.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, value)| value.as_str())
            .ok_or(Refusal::NoRoute)
    }

    /// A record of what somebody does by this call (M13).
    fn audited(&self, by: &Principal, action: &str) -> AuditRecord {
        let mut record = AuditRecord::new(self.engine().now(), action, by.name());
        record.client_address = self.api.client_of(&self.head).ok();
        record
    }

    /// Keeps a record of what is done. Where it cannot be kept, or not in time, the log has it, and what is done stays done.
    async fn keep(&self, record: AuditRecord) {
        let kept = self.engine().audit().record(record);
        if matches!(kept, Reply::Now(_)) || Handle::try_current().is_err() {
            let _ = kept.await;
        } else {
            let _ = timeout(PATIENCE, kept).await;
        }
    }
}
