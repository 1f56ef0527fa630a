//! `/office`: a route that is open to all.

use axum::Json;
use serde_json::{Value, json};

pub(crate) async fn show() -> Json<Value> {
    Json(json!({ "office": "open" }))
}
