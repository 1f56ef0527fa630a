//! `/office`: a route that is open from where the account says. Where it says nothing, that is from everywhere.

use actix_web::Responder;
use actix_web::web::Json;
use serde_json::json;

pub(crate) async fn show() -> impl Responder {
    Json(json!({ "office": "open" }))
}
