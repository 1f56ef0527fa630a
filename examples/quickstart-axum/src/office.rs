//! `/office`: a route that is open from where the account says. Where it says nothing, that is from everywhere.

use axum::Json;
use serde_json::{Value, json};

pub(crate) async fn show() -> Json<Value> {
    Json(json!({ "office": "open" }))
}
