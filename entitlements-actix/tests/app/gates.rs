//! Where gates can stand, and how they find their engine.

use actix_web::test::init_service;
use actix_web::{App, Responder, web};
use entitlements_actix::{
    Require, RequireEnterprise, RequireFeature, RequirePaid, RequirePlan, RequireValidLicense,
};

use crate::{ask, get, layer, on, to};

#[actix_web::get("/sso", wrap = "RequireFeature::new(\"sso\")")]
async fn sso() -> impl Responder {
    "sso"
}

#[actix_web::get("/scim", wrap = "Require::feature(\"sso\").and_feature(\"scim\")")]
async fn scim() -> impl Responder {
    "scim"
}

async fn page() -> &'static str {
    "page"
}

#[actix_web::test]
async fn a_route_attribute_is_a_gate() {
    for (plan, path, status) in [
        ("community", "/sso", 402),
        ("business", "/sso", 200),
        ("business", "/scim", 402),
        ("enterprise", "/scim", 200),
        ("community", "/nothing", 404),
    ] {
        let app = App::new().wrap(layer(&on(plan))).service(sso).service(scim);
        let app = init_service(app).await;
        let answer = ask(&app, get(path)).await;
        assert_eq!(answer.status, status, "{path} on {plan}");
    }
}

/// By the layer, by an engine of its own, and by both.
#[actix_web::test]
async fn a_gate_finds_its_engine_either_way() {
    for (plan, status) in [("community", 402), ("business", 200)] {
        let engine = on(plan);
        let by_layer = App::new()
            .service(web::resource("/").wrap(RequireFeature::new("sso")).to(page))
            .wrap(layer(&engine));
        let own = RequireFeature::new("sso").on(&engine);
        let by_own = App::new().service(web::resource("/").wrap(own.clone()).to(page));
        let by_both = App::new()
            .service(web::resource("/").wrap(own).to(page))
            .wrap(layer(&engine));
        assert_eq!(
            ask(&init_service(by_layer).await, get("/")).await.status,
            status
        );
        assert_eq!(
            ask(&init_service(by_own).await, get("/")).await.status,
            status
        );
        assert_eq!(
            ask(&init_service(by_both).await, get("/")).await.status,
            status
        );
    }
}

#[actix_web::test]
async fn app_scope_resource_and_route_can_be_wrapped() {
    let business = on("business");
    let scope = web::scope("/scope")
        .wrap(RequireFeature::new("scim"))
        .route("/page", web::get().to(page));
    let resource = web::resource("/resource")
        .wrap(RequireFeature::new("audit"))
        .route(web::get().to(page));
    let route = web::resource("/route")
        .route(
            web::get()
                .to(page)
                .wrap(RequirePlan::at_least("enterprise")),
        )
        .route(web::post().to(page).wrap(RequireFeature::new("sso")));
    let app = App::new()
        .service(scope)
        .service(resource)
        .service(route)
        .route("/open", web::get().to(page))
        .wrap(RequirePaid::new())
        .wrap(layer(&business));
    let app = init_service(app).await;
    for (method, path, status, says) in [
        ("GET", "/scope/page", 402, r#""feature":"scim""#),
        ("GET", "/resource", 402, r#""feature":"audit""#),
        ("GET", "/route", 402, r#""required_plan":"enterprise""#),
        ("POST", "/route", 200, "page"),
        // On the routes, a gate leaves 404 and 405 what they are.
        ("PUT", "/route", 405, ""),
        ("GET", "/open", 200, "page"),
        ("GET", "/nothing", 404, ""),
    ] {
        let answer = ask(&app, to(method, path)).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(
            answer.body.contains(says),
            "{method} {path}: {}",
            answer.body
        );
    }
    // And the gate around all of it.
    business.clock().advance_days(4_000);
    assert_eq!(ask(&app, get("/open")).await.status, 402);
}

#[actix_web::test]
async fn every_name_demands_what_it_says() {
    for (plan, passes) in [
        ("community", "00001"),
        ("business", "11101"),
        ("enterprise", "11111"),
    ] {
        let gates = [
            RequireFeature::any_of(["sso", "scim"]),
            RequirePlan::at_least("business"),
            RequirePaid::new(),
            RequireEnterprise::new(),
            RequireValidLicense::new(),
        ];
        let engine = on(plan);
        for (gate, passes) in gates.into_iter().zip(passes.chars()) {
            let says = format!("{gate:?} on {plan}");
            let app = App::new().service(web::resource("/").wrap(gate.on(&engine)).to(page));
            let answer = ask(&init_service(app).await, get("/")).await;
            assert_eq!(
                answer.status == 200,
                passes == '1',
                "{says}: {}",
                answer.body
            );
        }
    }
}

#[actix_web::test]
async fn gates_in_a_stack_are_asked_from_outside_in() {
    let business = on("business");
    let gated = web::resource("/")
        .wrap(RequireFeature::new("scim"))
        .wrap(RequireFeature::new("audit"))
        .to(page);
    let app = init_service(App::new().service(gated).wrap(layer(&business))).await;
    let answer = ask(&app, get("/")).await;
    assert!(
        answer.body.contains(r#""feature":"audit""#),
        "{}",
        answer.body
    );
}

#[actix_web::test]
async fn several_demands_in_one_gate_are_one_decision() {
    let gate = Require::feature("sso")
        .and_any_feature(["scim", "audit"])
        .and_all_features(["sso"])
        .and_plan_at_least("business")
        .and_paid()
        .and_enterprise()
        .and_valid_license();
    for (plan, status) in [("business", 402), ("enterprise", 200)] {
        let app = App::new().service(web::resource("/").wrap(gate.clone().on(&on(plan))).to(page));
        assert_eq!(
            ask(&init_service(app).await, get("/")).await.status,
            status,
            "{plan}"
        );
    }
}

#[actix_web::test]
async fn d2_a_preflight_passes_and_nothing_that_only_looks_like_one() {
    let community = on("community");
    let app = App::new()
        .service(web::resource("/").wrap(RequireFeature::new("sso")).to(page))
        .wrap(layer(&community));
    let app = init_service(app).await;
    let origin = Some("https://app.example");
    for (method, origin, asks, status) in [
        ("OPTIONS", origin, Some("POST"), 200),
        ("OPTIONS", Some("null"), Some(""), 200),
        ("OPTIONS", origin, None, 402),
        ("OPTIONS", None, Some("POST"), 402),
        ("GET", origin, Some("POST"), 402),
        ("options", origin, Some("POST"), 402),
    ] {
        // Asked twice: the second time the denial is remembered.
        for _ in 0..2 {
            let mut request = to(method, "/");
            for (name, value) in [("origin", origin), ("access-control-request-method", asks)] {
                if let Some(value) = value {
                    request = request.insert_header((name, value));
                }
            }
            let answer = ask(&app, request).await;
            assert_eq!(answer.status, status, "{method} {origin:?} {asks:?}");
        }
    }
}
