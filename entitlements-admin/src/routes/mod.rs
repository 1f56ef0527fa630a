//! What the API does: one file a family of routes, each with its part of the table.

mod about;
mod accounts;
mod entitlements;
mod license;

use bytes::Bytes;
use entitlements_core::{AccountId, Current, Entitlements};
use http::request::Parts;

use crate::AdminApi;
use crate::refusal::{Failure, Refusal};
use crate::router::{Parameters, Route};

/// Every route.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    let families = [
        license::ROUTES,
        entitlements::ROUTES,
        accounts::ROUTES,
        accounts::PARTS,
    ];
    families.into_iter().flatten()
}

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
}
