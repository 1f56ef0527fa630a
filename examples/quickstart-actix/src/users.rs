//! `/users`: a list in memory for each account. How long it may get is said by the gate in front of it.

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Data, Json};
use actix_web::{Error, HttpRequest, HttpResponse, Responder};
use entitlements_actix::{Current, Refusal};
use quickstart_common::{Users, read_name};

use crate::refused::Refused;

pub(crate) async fn list(users: Data<Users>, current: Current) -> impl Responder {
    Json(users.view(current.account()))
}

pub(crate) async fn create(
    users: Data<Users>,
    current: Current,
    body: Result<Bytes, Error>,
) -> Result<HttpResponse, Refused> {
    let name = read_name(&body.map_err(|error| refusal(&error))?)?;
    Ok(HttpResponse::Created().json(users.add(current.account(), name)))
}

pub(crate) async fn remove(
    users: Data<Users>,
    current: Current,
    request: HttpRequest,
) -> Result<HttpResponse, Refused> {
    users.remove(current.account(), request.match_info().query("id"))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Why there is no body.
fn refusal(error: &Error) -> Refusal {
    match error.as_error() {
        Some(PayloadError::Overflow) => Refusal::BodyTooLarge,
        _ => Refusal::Malformed("the body did not arrive whole".into()),
    }
}
