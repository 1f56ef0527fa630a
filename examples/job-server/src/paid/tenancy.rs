//! `tenancy`: namespaces, in which one team sees nothing of another.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use entitlements_axum::{BoxFuture, EngineCurrent};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::free::queues::check_name;
use crate::identity::{Caller, Role};
use crate::interfaces::{DEFAULT_NAMESPACE, TenantResolver, named_namespace};
use crate::json_body::JsonBody;
use crate::store::{Configured, Store};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Namespace {
    name: String,
}

/// Found by its name, which is its id; all of them belong to the default namespace.
impl Configured for Namespace {
    const KIND: &'static str = "namespace";
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(namespace): JsonBody<Namespace>,
) -> Answer<(StatusCode, Json<Namespace>)> {
    caller.is_in_default()?;
    caller.may_everywhere(Role::Admin)?;
    check_name(&namespace.name)?;
    app.store
        .put(DEFAULT_NAMESPACE, &namespace.name, &namespace)
        .await?;
    Ok((StatusCode::CREATED, Json(namespace)))
}

/// The namespace that `x-namespace` says, if there is one of that name.
pub(crate) struct Namespaces {
    store: Store,
}

impl Namespaces {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl TenantResolver for Namespaces {
    fn resolve<'a>(
        &'a self,
        head: &'a Parts,
        _: &'a EngineCurrent,
    ) -> BoxFuture<'a, Result<String, Failure>> {
        Box::pin(async {
            let name = named_namespace(head)?;
            if name != DEFAULT_NAMESPACE && self.store.get::<Namespace>(&name).await?.is_none() {
                return Err(Failure::not_found("namespace"));
            }
            Ok(name)
        })
    }
}
