//! Middleware in the wrong order is told, with what to do.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::TestRequest;
use actix_web::{App, Error, HttpMessage, web};
use entitlements_actix::account::AccountTerms;
use entitlements_actix::testing::{TestEngine, check_app};
use entitlements_actix::{AccountId, OrderMistake, RequireFeature};

use crate::{layer, on};

const ENGINE_MISSING: &str = "GET /sso: a gate finds no engine: put an `EntitlementsLayer` around it, or give the gate its engine with `.on(&entitlements)`";
const AUTHENTICATION_INSIDE: &str = "GET /sso: the `EntitlementsLayer` looks for the account before the authentication has said it: put the authentication around the `EntitlementsLayer`, so that it runs first";
const NOT_A_ROUTE: &str = "a gate answers for a path that no route has: put it around routes only (axum: use `route_layer` in place of `layer`; actix-web: `wrap` resources in it in place of the `App` or the scope), so that 404 and 405 stay what they are";

async fn page() -> &'static str {
    "page"
}

/// As an application's own, this one puts the account into the request.
async fn authentication<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    request.extensions_mut().insert(AccountId::new("acme"));
    next.call(request).await
}

async fn with_acme(plan: &str) -> TestEngine {
    let engine = on(plan);
    let terms = AccountTerms::on_plan("business");
    engine.add_account("acme", "Acme", terms).await.unwrap();
    engine
}

fn sso() -> actix_web::Resource<
    impl actix_web::dev::ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    web::resource("/sso")
        .wrap(RequireFeature::new("sso"))
        .to(page)
}

fn to_sso() -> [TestRequest; 1] {
    [TestRequest::get().uri("/sso")]
}

#[actix_web::test]
async fn the_right_order_has_no_mistakes() {
    for plan in ["community", "business"] {
        let engine = with_acme(plan).await;
        let app = App::new()
            .service(sso())
            .wrap(layer(&engine))
            .wrap(from_fn(authentication));
        check_app(app, to_sso()).await.unwrap();
    }
}

#[actix_web::test]
async fn a_gate_without_an_engine_is_told() {
    let mistakes = check_app(App::new().service(sso()), to_sso()).await;
    let mistakes = mistakes.unwrap_err();
    assert_eq!(mistakes.to_string(), ENGINE_MISSING);
    let found = ("GET /sso".to_owned(), OrderMistake::LayerMissing);
    assert_eq!(mistakes.found(), [found]);
}

#[actix_web::test]
async fn a_layer_inside_the_gate_is_no_engine_of_it() {
    let resource = web::resource("/sso")
        .wrap(layer(&on("business")))
        .wrap(RequireFeature::new("sso"))
        .to(page);
    let mistakes = check_app(App::new().service(resource), to_sso()).await;
    assert_eq!(mistakes.unwrap_err().to_string(), ENGINE_MISSING);
}

/// Told whether or not the request passes all the same.
#[actix_web::test]
async fn an_engine_outside_the_authentication_is_told() {
    for plan in ["community", "business"] {
        let app = App::new()
            .service(sso())
            .wrap(from_fn(authentication))
            .wrap(layer(&with_acme(plan).await));
        let mistakes = check_app(app, to_sso()).await.unwrap_err();
        assert_eq!(mistakes.to_string(), AUTHENTICATION_INSIDE, "{plan}");
    }
}

#[actix_web::test]
async fn a_gate_around_the_application_is_told() {
    let app = App::new()
        .route("/sso", web::get().to(page))
        .wrap(RequireFeature::new("sso"))
        .wrap(layer(&on("community")));
    let mistakes = check_app(app, []).await.unwrap_err().to_string();
    assert!(
        mistakes.starts_with("GET /entitlements-check-"),
        "{mistakes}"
    );
    assert!(mistakes.ends_with(NOT_A_ROUTE), "{mistakes}");
}

#[actix_web::test]
async fn a_gate_around_a_scope_is_told() {
    let scope = web::scope("/api")
        .wrap(RequireFeature::new("sso"))
        .route("/deep/er", web::get().to(page));
    let app = App::new().service(scope).wrap(layer(&on("community")));
    let requests = [TestRequest::get().uri("/api/deep/er")];
    let mistakes = check_app(app, requests).await.unwrap_err().to_string();
    assert!(
        mistakes.starts_with("GET /api/") && mistakes.ends_with(NOT_A_ROUTE),
        "{mistakes}"
    );
    assert_eq!(mistakes.lines().count(), 1);
}

/// A resource that takes any step, and a gated default service, are answered for rightly.
#[actix_web::test]
async fn a_gate_on_a_route_of_any_name_is_no_mistake() {
    let user = web::resource("/users/{id}")
        .wrap(RequireFeature::new("sso"))
        .to(page);
    let app = App::new().service(user).wrap(layer(&on("community")));
    let requests = [TestRequest::get().uri("/users/7")];
    check_app(app, requests).await.unwrap();
}

#[actix_web::test]
async fn several_mistakes_are_told_together() {
    let app = App::new()
        .route("/sso", web::get().to(page))
        .wrap(RequireFeature::new("sso"));
    let mistakes = check_app(app, to_sso()).await.unwrap_err();
    let kinds: Vec<_> = mistakes
        .found()
        .iter()
        .map(|(_, mistake)| *mistake)
        .collect();
    assert_eq!(kinds, [OrderMistake::LayerMissing, OrderMistake::NotARoute]);
    assert_eq!(format!("{mistakes:?}"), mistakes.to_string());
}
