//! Lists of things: reading, adding and taking out. How many there may be is said by the gate in front, or by a reservation.

use std::io;

use actix_web::web::{Data, Json, Path, Payload};
use actix_web::{Error, HttpRequest, HttpResponse, Responder};
use entitlements_actix::{Current, Denial, Denied, Fields, Refusal, Refused, read_body};
use serde_json::json;

use crate::kinds::Kind;
use crate::names::limits;
use crate::things::Things;

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

pub(crate) async fn show(kind: Data<&'static Kind>, things: Data<Things>) -> impl Responder {
    Json(json!({ kind.name: things.list(kind.name) }))
}

pub(crate) async fn add(
    kind: Data<&'static Kind>,
    things: Data<Things>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refused> {
    let name = read_name(&request, payload).await?;
    let added = things.add(kind.name, vec![name]).map_err(not_kept)?;
    Ok(HttpResponse::Created().json(added.first()))
}

pub(crate) async fn remove(
    kind: Data<&'static Kind>,
    things: Data<Things>,
    id: Path<String>,
) -> Result<HttpResponse, Refused> {
    take_out(&things, kind.name, &id)
}

pub(crate) fn take_out(things: &Things, kind: &str, id: &str) -> Result<HttpResponse, Refused> {
    if things.remove(kind, id).map_err(not_kept)? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Refusal::not_found("there is none with this id").into())
    }
}

/// `{"names": […]}`: all of them, or none where the limit has no room for all. How many that are is known only once the body
/// is read, so no gate can ask for it: the handler reserves.
pub(crate) async fn import_users(
    current: Current,
    things: Data<Things>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    let names = read_names(&request, payload).await?;
    let engine = current.entitlements().ok_or_else(Denial::undetermined);
    let users = engine
        .map_err(Denied)?
        .limit(current.account(), limits::USERS);
    let room = users.reserve(names.len() as u64).await.map_err(Denied)?;
    let added = things
        .add(limits::USERS.as_str(), names)
        .map_err(not_kept)?;
    room.confirm().await.map_err(Denied)?;
    Ok(HttpResponse::Created().json(json!({ "users": added })))
}

/// What a body names: `{"name"}`, and nothing else.
pub(crate) async fn read_name(request: &HttpRequest, payload: Payload) -> Result<String, Refused> {
    let body = read_body(request.headers(), payload).await?;
    let mut fields = Fields::read(&body)?;
    let name = fields.string("name").map(String::from);
    if name.as_deref().is_some_and(|name| !is_name(name)) {
        fields.refuse("name", NAME_WANTED);
    }
    fields.finish()?;
    Ok(name.unwrap_or_default())
}

async fn read_names(request: &HttpRequest, payload: Payload) -> Result<Vec<String>, Refused> {
    let body = read_body(request.headers(), payload).await?;
    let mut fields = Fields::read(&body)?;
    let names = fields.optional_strings("names").value().unwrap_or_default();
    if names.is_empty() {
        fields.refuse("names", "must not be empty");
    } else if !names.iter().all(|name| is_name(name)) {
        fields.refuse("names", NAME_WANTED);
    }
    fields.finish()?;
    Ok(names.into_iter().map(String::from).collect())
}

const NAME_WANTED: &str = "must have 1 to 200 characters";

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME
}

/// The disk is full or read-only.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn not_kept(error: io::Error) -> Refused {
    Refusal::NotStored(error.to_string()).into()
}
