//! `entitlements_actix::catalog!` as a product uses it, which depends on this crate and on no other of the family.

use std::sync::Arc;

use actix_web::App;
use actix_web::test::init_service;
use entitlements_actix::{
    Catalog, Current, EntitlementsLayer, Limit, RequireFeature, RequirePlan, testing,
};

use crate::{ask, get};

mod made {
    entitlements_actix::catalog!("tests/catalog_names.toml");
}

use made::{features, limits, plans};

#[actix_web::get("/sso", wrap = "RequireFeature::new(features::SSO)")]
async fn sso() -> &'static str {
    "sso"
}

#[actix_web::get("/team", wrap = "RequirePlan::at_least(plans::TEAM)")]
async fn team() -> &'static str {
    "team"
}

#[actix_web::get("/users")]
async fn users(current: Current) -> String {
    match current.limit(limits::USERS.as_str()) {
        Limit::AtMost(most) => most.to_string(),
        Limit::Unlimited => "unlimited".to_owned(),
    }
}

#[actix_web::test]
async fn names_made_from_the_catalog_gate_routes() {
    let catalog = Catalog::from_toml(include_str!("../catalog_names.toml")).unwrap();
    let catalog = Arc::new(catalog);
    for (plan, status, limit) in [("team", 200, "unlimited"), ("free", 402, "3")] {
        let engine = testing::on_plan(Arc::clone(&catalog), plan);
        let layer = EntitlementsLayer::new(engine.entitlements().clone());
        let app = App::new()
            .service(sso)
            .service(team)
            .service(users)
            .wrap(layer);
        let app = init_service(app).await;
        assert_eq!(ask(&app, get("/sso")).await.status, status, "{plan}");
        assert_eq!(ask(&app, get("/team")).await.status, status, "{plan}");
        assert_eq!(ask(&app, get("/users")).await.body, limit, "{plan}");
    }
    assert_eq!(features::AUDIT_LOG.as_str(), "audit_log");
}
