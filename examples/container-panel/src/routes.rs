//! Every route, and the gate in front of it.

use std::future::ready;
use std::sync::Arc;

use actix_web::web::{self, Data, Json, ServiceConfig};
use actix_web::{HttpResponse, Resource, Route, guard};
use entitlements_actix::{
    AccountId, AdminService, BearerToken, Catalog, Entitlements, FixedAccount, Refusal, Refused,
    RequireEnterprise, RequireFeature, RequirePaid, RequireValidLicense,
};
use serde_json::{Value, json};

use crate::kinds::KINDS;
use crate::notices::NoticeBoard;
use crate::things::Things;
use crate::{lists, notices, overview, terminals};

/// What all workers share.
#[derive(Clone)]
pub(crate) struct Panel {
    catalog: Arc<Catalog>,
    things: Data<Things>,
    notices: Data<NoticeBoard>,
    admin: Data<BearerToken>,
    management: AdminService,
}

impl Panel {
    pub(crate) fn new(
        entitlements: Entitlements,
        things: Arc<Things>,
        notices: NoticeBoard,
        admin: BearerToken,
    ) -> Self {
        Self {
            catalog: Arc::clone(entitlements.catalog()),
            things: Data::from(things),
            notices: Data::new(notices),
            admin: Data::new(admin.clone()),
            management: entitlements_actix::admin(
                entitlements,
                admin.clone(),
                admin,
                FixedAccount(AccountId::LOCAL),
            ),
        }
    }

    pub(crate) fn routes(self, config: &mut ServiceConfig) {
        let api = web::scope("/api/v1")
            .configure(|api| feature_routes(&self.catalog, api))
            .configure(edition_routes)
            .configure(terminals::routes)
            .configure(list_routes)
            .service(at("/notices").route(reading().to(notices::show)))
            // Last: it answers whatever is left of the scope.
            .service(self.management);
        config
            .app_data(self.things)
            .app_data(self.notices)
            .app_data(self.admin)
            .service(at("/").route(reading().to(overview::show)))
            .service(api)
            .default_service(web::to(nothing_here));
    }
}

/// One route for each row of the feature matrix. What is behind it is the same for all: this is a panel of gates.
fn feature_routes(catalog: &Catalog, api: &mut ServiceConfig) {
    for (_, feature) in catalog.features() {
        let name = feature.name().to_owned();
        let behind = json!({ "feature": name, "name": feature.title() });
        let gate = RequireFeature::new(&name);
        api.service(at(format!("/features/{name}")).route(answering(behind).wrap(gate)));
    }
}

/// What goes by the edition as a whole.
fn edition_routes(api: &mut ServiceConfig) {
    let support = answering(json!({ "support": "support@containers.example" }));
    let fleet = answering(json!({ "fleet": "all sites on one page" }));
    let updates = answering(json!({ "updates": "the stable channel" }));
    api.service(at("/support").route(support.wrap(RequirePaid::new())))
        .service(at("/fleet").route(fleet.wrap(RequireEnterprise::new())))
        // Open without a license, and closed to one that has expired.
        .service(at("/updates").route(updates.wrap(RequireValidLicense::new())));
}

/// Reading and deleting are open to all, whatever has expired; adding goes by the kind's gate.
fn list_routes(api: &mut ServiceConfig) {
    api.service(at("/users/import").route(web::post().to(lists::import_users)));
    for kind in &KINDS {
        let list = at(format!("/{}", kind.name))
            .app_data(Data::new(kind))
            .route(reading().to(lists::show))
            .route(web::post().to(lists::add).wrap(kind.gate()));
        let one = at(format!("/{}/{{id}}", kind.name))
            .app_data(Data::new(kind))
            .route(web::delete().to(lists::remove));
        api.service(list).service(one);
    }
}

fn at(path: impl Into<String>) -> Resource {
    web::resource(path.into())
}

/// GET, and HEAD, which the server answers with the head of it.
pub(crate) fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

fn answering(body: Value) -> Route {
    reading().to(move || ready(Json(body.clone())))
}

async fn nothing_here() -> Result<HttpResponse, Refused> {
    Err(Refusal::not_found("there is nothing at this path").into())
}
