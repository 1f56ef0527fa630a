//! `/users`: a list in memory.

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Data, Json};
use actix_web::{Error, HttpRequest, HttpResponse, Responder};
use entitlements_actix::Refusal;
use quickstart_common::{Users, read_name};

use crate::refused::Refused;

pub(crate) async fn list(users: Data<Users>) -> impl Responder {
    Json(users.view())
}

pub(crate) async fn create(
    users: Data<Users>,
    body: Result<Bytes, Error>,
) -> Result<HttpResponse, Refused> {
    let name = read_name(&body.map_err(|error| refusal(&error))?)?;
    Ok(HttpResponse::Created().json(users.add(name)))
}

pub(crate) async fn remove(
    users: Data<Users>,
    request: HttpRequest,
) -> Result<HttpResponse, Refused> {
    users.remove(request.match_info().query("id"))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Why there is no body.
fn refusal(error: &Error) -> Refusal {
    match error.as_error() {
        Some(PayloadError::Overflow) => Refusal::BodyTooLarge,
        _ => Refusal::Malformed("the body did not arrive whole".into()),
    }
}
