//! `rbac`: roles per namespace and queue. See [`Grant`].

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Grant, Identity, Role};
use crate::json_body::JsonBody;
use crate::store::{Configured, Store};

impl Configured for Grant {
    const KIND: &'static str = "grant";
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(grant): JsonBody<Grant>,
) -> Answer<(StatusCode, Json<Value>)> {
    caller.may_everywhere(Role::Admin)?;
    let elsewhere = grant.namespace != caller.namespace;
    if elsewhere && caller.identity.namespace.is_some() {
        return Err(entitlements_axum::Refusal::Forbidden.into());
    }
    let id = app.store.add(&grant.namespace, &grant).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

/// Those of one identity, in all namespaces. They bind whatever the license says; the operator is never bound.
pub(crate) async fn grants_of(store: &Store, identity: &Identity) -> Answer<Vec<Grant>> {
    if identity.namespace.is_none() {
        return Ok(Vec::new());
    }
    let grants = store.list::<Grant>(None).await?.into_iter();
    let grants = grants.map(|entry| entry.value);
    Ok(grants
        .filter(|grant| grant.subject == identity.subject)
        .collect())
}
