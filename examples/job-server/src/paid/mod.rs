//! What an organisation with several teams needs: one file a feature, and in it what its gated route does.
//!
//! A license that ends opens nothing and loses nothing: grants still bind, sealed payloads stay sealed and readable,
//! recorded audit stays there, what was kept for 90 days is kept for 90 days.

pub(crate) mod alerts;
pub(crate) mod analytics;
pub(crate) mod audit;
pub(crate) mod encryption;
pub(crate) mod rbac;
pub(crate) mod replication;
pub(crate) mod retention;
pub(crate) mod search;
pub(crate) mod sso;
pub(crate) mod tenancy;
pub(crate) mod webhooks;

pub(crate) use crate::identity::Grant;
pub(crate) use alerts::Alert;
pub(crate) use audit::RecordedAudit;
pub(crate) use retention::RetentionRule;
pub(crate) use sso::{SingleSignOn, SsoSettings};
pub(crate) use tenancy::{Namespace, Namespaces};
pub(crate) use webhooks::{Deliveries, Guarantee};
