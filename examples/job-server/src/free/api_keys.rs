//! API keys: a role, and patterns of the queues that it counts for. Only a digest of a key is kept.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::identity::{Caller, Identity, Role};
use crate::json_body::JsonBody;
use crate::store::{Configured, Store};

/// What keys begin with, so that they are told from other tokens.
const PREFIX: &str = "jsk_";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKey {
    name: String,
    role: Role,
    #[serde(default = "all")]
    queues: Vec<String>,
}

fn all() -> Vec<String> {
    vec!["*".into()]
}

/// It is found by its key's digest, which is its id.
impl Configured for ApiKey {
    const KIND: &'static str = "api_key";
}

/// The key is in this answer, and never shown again.
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(new): JsonBody<ApiKey>,
) -> Answer<(StatusCode, Json<Value>)> {
    caller.may_everywhere(Role::Admin)?;
    let mut random = [0; 24];
    getrandom::fill(&mut random).map_err(|error| Failure::Broken(error.to_string()))?;
    let key = format!("{PREFIX}{}", hex(&random));
    let id = id_of(&key);
    app.store.put(&caller.namespace, &id, &new).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id, "key": key }))))
}

/// Whose key it is, if it is one.
pub(crate) async fn authenticate(store: &Store, token: &str) -> Answer<Option<Identity>> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let known = store.get::<ApiKey>(&id_of(token)).await?;
    Ok(known.map(|key| Identity {
        subject: key.value.name,
        role: key.value.role,
        queues: key.value.queues,
        namespace: Some(key.namespace),
    }))
}

fn id_of(key: &str) -> String {
    hex(&Sha256::digest(key))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
