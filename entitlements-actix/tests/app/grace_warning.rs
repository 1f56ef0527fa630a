use actix_web::{App, HttpResponse, test, web};
use entitlements_actix::{EntitlementsLayer, GraceWarningLayer, RequireFeature, testing};

#[actix_web::test]
async fn s16_responses_in_grace_say_when_it_ends() {
    let engine = testing::on_plan(testing::catalog(), "business");
    let app = App::new()
        .route(
            "/sso",
            web::get()
                .to(HttpResponse::Ok)
                .wrap(RequireFeature::new("sso")),
        )
        .route(
            "/scim",
            web::get()
                .to(HttpResponse::Ok)
                .wrap(RequireFeature::new("scim")),
        )
        .wrap(GraceWarningLayer::new())
        .wrap(EntitlementsLayer::new(engine.entitlements().clone()));
    let app = test::init_service(app).await;
    for (days, warning) in [
        (0, None),
        (364, None),
        (1, Some(r#"grace;ends="2027-01-15T12:00:00Z""#)),
        (13, Some(r#"grace;ends="2027-01-15T12:00:00Z""#)),
        (1, None),
    ] {
        engine.clock().advance_days(days);
        // Denied or not.
        for path in ["/sso", "/scim"] {
            let request = test::TestRequest::get().uri(path).to_request();
            let response = test::call_service(&app, request).await;
            let said = response.headers().get("entitlements-warning");
            let said = said.map(|value| value.to_str().unwrap());
            assert_eq!(said, warning, "{path}");
        }
    }
}
