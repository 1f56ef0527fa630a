//! Several engines in one program, and which set a gate asks.

use actix_web::test::init_service;
use actix_web::{App, web};
use entitlements_actix::{Current, RequireFeature};

use crate::{ask, get, layer, on};

async fn plan(current: Current) -> String {
    current.plan_in_force().name().to_owned()
}

#[actix_web::test]
async fn a_gate_with_an_engine_of_its_own_asks_that_and_not_the_layers() {
    let (community, business) = (on("community"), on("business"));
    let gate = RequireFeature::new("sso").on(&business);
    let app = App::new()
        .service(web::resource("/").wrap(gate).to(plan))
        .wrap(layer(&community));
    // The handler still sees what the layer gave.
    assert_eq!(
        ask(&init_service(app).await, get("/")).await.body,
        "community"
    );
    let gate = RequireFeature::new("sso").on(&community);
    let app = App::new()
        .service(web::resource("/").wrap(gate).to(plan))
        .wrap(layer(&business));
    assert_eq!(ask(&init_service(app).await, get("/")).await.status, 402);
}

#[actix_web::test]
async fn of_two_engine_layers_the_inner_one_counts() {
    let (community, business) = (on("community"), on("business"));
    for (outer, inner, status) in [(&community, &business, 200), (&business, &community, 402)] {
        let gated = web::resource("/page")
            .wrap(RequireFeature::new("sso"))
            .to(plan);
        let app = App::new()
            .service(web::scope("/inner").wrap(layer(inner)).service(gated))
            .wrap(layer(outer));
        let answer = ask(&init_service(app).await, get("/inner/page")).await;
        assert_eq!(answer.status, status);
    }
}
