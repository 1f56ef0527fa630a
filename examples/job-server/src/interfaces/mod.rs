//! Where a license changes what every request does: traits whose free implementations do nothing.
//!
//! The server always calls through the trait. Which implementation that is follows the license while the program runs, and
//! holds still for the length of a request. The paid ones are in [`paid`](crate::paid).

mod audit;
mod auth;
mod courier;
mod tenant;

pub(crate) use audit::{AuditEntry, AuditLogger, NoAudit};
pub(crate) use auth::{AuthProvider, NoProvider};
pub(crate) use courier::{Courier, Event, FireAndForget};
pub(crate) use tenant::{
    DEFAULT as DEFAULT_NAMESPACE, OneNamespace, TenantResolver, named as named_namespace,
};

use std::sync::Arc;

use entitlements_axum::{Entitlements, Switch};

use crate::paid::{Deliveries, Namespaces, RecordedAudit, SingleSignOn};
use crate::store::Store;

/// The interfaces, each with both of its implementations.
#[derive(Clone)]
pub(crate) struct Interfaces {
    pub(crate) auth: Switch<dyn AuthProvider>,
    pub(crate) audit: Switch<dyn AuditLogger>,
    pub(crate) tenant: Switch<dyn TenantResolver>,
    pub(crate) courier: Switch<dyn Courier>,
}

impl Interfaces {
    pub(crate) fn new(entitlements: &Entitlements, store: &Store, courier: Deliveries) -> Self {
        let sso = SingleSignOn::new(store.clone());
        let audit = RecordedAudit::new(store.clone());
        let namespaces = Namespaces::new(store.clone());
        Self {
            auth: entitlements.when("auth", Arc::new(sso), Arc::new(NoProvider)),
            audit: entitlements.when("audit", Arc::new(audit), Arc::new(NoAudit)),
            tenant: entitlements.when("tenancy", Arc::new(namespaces), Arc::new(OneNamespace)),
            courier: entitlements.when("webhooks", Arc::new(courier), Arc::new(FireAndForget)),
        }
    }
}
