//! The program: routes, and what each of them asks for.

use actix_web::web::{self, Json, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use entitlements_actix::{
    AdminService, BearerToken, Current, Entitlements, IpAllowlist, RateLimit, Refusal, Refused,
    ReleaseLimit, Require, RequireFeature, RequireLimit, Requirement,
};
use quickstart_common::{Users, WhoseRequest};
use serde_json::json;

use crate::paths::{at, below, reading};
use crate::{office, users};

/// What all workers share.
#[derive(Clone)]
pub(crate) struct Shared {
    management: AdminService,
    users: Users,
    takes_a_user: Require,
    gives_a_user_back: Require,
    not_too_fast: Require,
}

impl Shared {
    pub(crate) fn new(entitlements: Entitlements, admin: BearerToken, whose: WhoseRequest) -> Self {
        Self {
            takes_a_user: known(RequireLimit::new("users"), &entitlements),
            gives_a_user_back: known(ReleaseLimit::new("users"), &entitlements),
            not_too_fast: known(RateLimit::new("api"), &entitlements),
            management: entitlements_actix::admin(entitlements, admin.clone(), admin, whose),
            users: Users::default(),
        }
    }

    /// Every route, with the gates in front of them.
    pub(crate) fn routes(self, config: &mut ServiceConfig) {
        config
            .app_data(web::Data::new(self.users))
            .service(at("/", "GET, HEAD").route(reading().to(index)))
            .service(
                at("/sso", "GET, HEAD").route(reading().to(sso).wrap(RequireFeature::new("sso"))),
            )
            .service(
                at("/audit", "GET, HEAD")
                    .route(reading().to(audit).wrap(RequireFeature::new("audit"))),
            )
            .service(
                at("/users", "GET, HEAD, POST")
                    .route(reading().to(users::list))
                    .route(web::post().to(users::create).wrap(self.takes_a_user)),
            )
            .service(
                at("/users/{id}", "DELETE")
                    .route(web::delete().to(users::remove).wrap(self.gives_a_user_back)),
            )
            .service(
                at("/office", "GET, HEAD")
                    .route(reading().to(office::show).wrap(IpAllowlist::per_account())),
            )
            .service(at("/ping", "GET, HEAD").route(reading().to(ping).wrap(self.not_too_fast)))
            .service(below("/api/v1").service(self.management))
            .default_service(web::to(nothing_here));
    }
}

/// The gate with its engine; where a vendor's catalog lacks the name there is nothing to count, and it asks for an account alone.
fn known(gate: Require, entitlements: &Entitlements) -> Require {
    let gate = gate.try_on(entitlements);
    gate.unwrap_or_else(|_| Require::new(Requirement::default()))
}

async fn index(entitlements: Current) -> impl Responder {
    Json(json!({
        "account": entitlements.account().as_str(),
        "product": entitlements.catalog().product_name(),
        "plan": entitlements.plan_in_force().name(),
        "status": entitlements.status().as_str(),
    }))
}

async fn sso(entitlements: Current) -> impl Responder {
    Json(json!({
        "feature": "sso",
        "plan": entitlements.plan_in_force().name(),
        "message": "log in with your company's account",
    }))
}

async fn audit() -> impl Responder {
    Json(json!({ "feature": "audit", "events": [] }))
}

async fn ping() -> &'static str {
    "pong\n"
}

async fn nothing_here() -> Result<HttpResponse, Refused> {
    Err(Refusal::not_found("there is nothing at this path").into())
}
