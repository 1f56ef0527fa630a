//! Terminal sessions: a limit that the program computes. There may be one session; with shared terminals, as many as anybody opens.
//! No catalog has a number for that, and the denial is the same as that of a limit that it has.

use actix_web::web::{self, Data, Json, Path, Payload, ServiceConfig};
use actix_web::{Error, HttpRequest, HttpResponse, Responder};
use entitlements_actix::resolve::Ended;
use entitlements_actix::{Current, Denial, DenialKind, Denied, Limit, Refused, RequireFeature};
use serde_json::json;

use crate::lists::{self, not_kept, read_name};
use crate::names::features;
use crate::routes::reading;
use crate::things::Things;

pub(crate) const TERMINALS: &str = "terminals";

/// How many sessions there may be where they are not shared.
const ALONE: u64 = 1;

pub(crate) fn routes(api: &mut ServiceConfig) {
    let sessions = web::resource("/terminals").route(reading().to(show)).route(
        web::post()
            .to(open)
            .wrap(RequireFeature::new(features::TERMINAL)),
    );
    let session = web::resource("/terminals/{id}").route(web::delete().to(close));
    api.service(sessions).service(session);
}

async fn show(things: Data<Things>) -> impl Responder {
    Json(json!({ TERMINALS: things.list(TERMINALS) }))
}

async fn open(
    current: Current,
    things: Data<Things>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    let name = read_name(&request, payload).await?;
    let allowed = if current.has(features::SHARED_TERMINALS) {
        Limit::Unlimited
    } else {
        Limit::AtMost(ALONE)
    };
    let opened = things.add_within(allowed, TERMINALS, name);
    match opened.map_err(not_kept)? {
        Ok(opened) => Ok(HttpResponse::Created().json(opened.first())),
        Err(used) => Err(Denied(full(&current, used)).into()),
    }
}

/// With shared terminals there would be room: the denial says which editions have them, and when one that had them ended.
fn full(current: &Current, used: u64) -> Denial {
    let shared = current
        .catalog()
        .feature_id(features::SHARED_TERMINALS.as_str());
    let ended = |ended: &&Ended| shared.is_some_and(|shared| ended.had(shared));
    let kind = DenialKind::LimitExceeded {
        limit: TERMINALS.into(),
        allowed: ALONE,
        used,
        expired_at: current.ended().iter().find(ended).map(Ended::expired_at),
        resets_at: None,
    };
    current.deny(kind, |plan| shared.is_some_and(|shared| plan.has(shared)))
}

async fn close(things: Data<Things>, id: Path<String>) -> Result<HttpResponse, Refused> {
    lists::take_out(&things, TERMINALS, &id)
}
