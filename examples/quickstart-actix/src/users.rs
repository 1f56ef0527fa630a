//! `/users`: a list in memory for each account. How long it may get is said by the gate in front of it.

use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, HttpResponse, Responder};
use entitlements_actix::{Current, Refused, read_body};
use quickstart_common::{Users, read_name};

pub(crate) async fn list(users: Data<Users>, current: Current) -> impl Responder {
    Json(users.view(current.account()))
}

pub(crate) async fn create(
    users: Data<Users>,
    current: Current,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refused> {
    let name = read_name(&read_body(request.headers(), payload).await?)?;
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
