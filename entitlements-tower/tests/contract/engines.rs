//! Which engine and which set a gate asks.

use std::convert::Infallible;
use std::sync::Arc;

use entitlements_core::account::AccountTerms;
use entitlements_core::testing::{self, TestEngine};
use entitlements_core::{AccountId, Catalog, Current, FixedAccount};
use entitlements_tower::{EntitlementsLayer, RequireFeature};
use http::{Request, Response};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

fn layer(engine: &TestEngine) -> EntitlementsLayer {
    EntitlementsLayer::new(engine.entitlements().clone())
}

/// Says the plan that the request carries.
async fn plan(request: Request<()>) -> Result<Response<String>, Infallible> {
    let current = request.extensions().get::<Current>().unwrap();
    Ok(Response::new(current.plan_in_force().name().to_owned()))
}

fn on(plan: &str) -> TestEngine {
    testing::on_plan(testing::catalog(), plan)
}

#[tokio::test]
async fn a_gate_with_an_engine_of_its_own_asks_that_and_not_the_layers() {
    let (community, business) = (on("community"), on("business"));
    let gate = RequireFeature::new("sso").on(&business);
    let service = ServiceBuilder::new()
        .layer(layer(&community))
        .layer(gate)
        .service_fn(plan);
    // The handler still sees what the layer gave.
    assert_eq!(
        service.oneshot(Request::new(())).await.unwrap().body(),
        "community"
    );
    let gate = RequireFeature::new("sso").on(&community);
    let service = ServiceBuilder::new()
        .layer(layer(&business))
        .layer(gate)
        .service_fn(plan);
    assert_eq!(
        service.oneshot(Request::new(())).await.unwrap().status(),
        402
    );
}

#[tokio::test]
async fn of_two_engine_layers_the_inner_one_counts() {
    let (community, business) = (on("community"), on("business"));
    for (outer, inner, status) in [(&community, &business, 200), (&business, &community, 402)] {
        let service = ServiceBuilder::new()
            .layer(layer(outer))
            .layer(layer(inner))
            .layer(RequireFeature::new("sso"))
            .service_fn(plan);
        let response = service.oneshot(Request::new(())).await.unwrap();
        assert_eq!(response.status(), status);
    }
}

/// The inner layer's `Current` takes the place of the outer one's, and with it of how the outer layer tells accounts.
#[tokio::test]
async fn beneath_another_engines_layer_a_gate_tells_the_account_itself() {
    let (ours, other) = (on("community"), on("business"));
    let terms = AccountTerms::on_plan("business");
    ours.add_account("acme", "Acme Inc.", terms).await.unwrap();
    let acme = AccountId::new("acme");
    let status = async |is_between: bool, said: Option<AccountId>| {
        let gate = RequireFeature::new("sso").on(&ours);
        let between = is_between.then(|| layer(&other));
        let service = ServiceBuilder::new()
            .layer(layer(&ours).account_from(FixedAccount(acme.clone())))
            .option_layer(between)
            .layer(gate)
            .service_fn(plan);
        let mut request = Request::new(());
        if let Some(account) = said {
            request.extensions_mut().insert(account);
        }
        service.oneshot(request).await.unwrap().status().as_u16()
    };
    assert_eq!(
        status(false, None).await,
        200,
        "the layer says that it is acme"
    );
    assert_eq!(status(true, None).await, 402, "nobody says so any more");
    assert_eq!(status(true, Some(acme.clone())).await, 200);
    assert_eq!(status(false, Some(AccountId::LOCAL)).await, 200);
    assert_eq!(status(true, Some(AccountId::LOCAL)).await, 402);
}

/// The names of one catalog have other numbers in another: a shared gate must not take the one for the other.
fn other_catalog() -> Arc<Catalog> {
    let text = r#"
        schema = 1
        [product]
        name = "Other"
        default_plan = "free"
        [features.aaa]
        [features.sso]
        [features.zzz]
        [plans.free]
        features = ["aaa", "zzz"]
        [plans.all]
        features = ["aaa", "sso", "zzz"]
    "#;
    Arc::new(Catalog::from_toml(text).unwrap())
}

#[tokio::test]
async fn one_gate_in_front_of_two_catalogs_looks_names_up_in_each() {
    let engines = [
        (on("business"), 200),
        (testing::on_plan(other_catalog(), "free"), 402),
        (testing::on_plan(other_catalog(), "all"), 200),
        (on("community"), 402),
    ];
    for first in 0..engines.len() {
        let gated = RequireFeature::new("sso").layer(service_fn(plan));
        for turn in 0..12 {
            let (engine, status) = &engines[(first + turn) % engines.len()];
            let mut service = layer(engine).layer(gated.clone());
            let response = service.call(Request::new(())).await.unwrap();
            assert_eq!(response.status(), *status, "turn {turn} from {first}");
        }
    }
}

#[tokio::test]
async fn a_name_that_only_one_of_two_catalogs_has_is_unknown_only_there() {
    let (ours, other) = (on("enterprise"), testing::on_plan(other_catalog(), "free"));
    for engines in [[&ours, &other], [&other, &ours]] {
        let gated = RequireFeature::new("zzz").layer(service_fn(plan));
        for _ in 0..3 {
            for engine in engines {
                let status = if std::ptr::eq(engine, &raw const ours) {
                    500
                } else {
                    200
                };
                let mut service = layer(engine).layer(gated.clone());
                let response = service.call(Request::new(())).await.unwrap();
                assert_eq!(response.status(), status);
            }
        }
    }
}

/// One `now` per request: the gate and the handler behind it judge by the moment the request came.
#[tokio::test]
async fn a_gate_and_its_handler_judge_by_the_moment_the_request_came() {
    let business = on("business");
    let clock = business.entitlements().clone();
    let engine = Arc::new(business);
    let moved = Arc::clone(&engine);
    let outer = layer(&engine);
    let service = outer.layer(service_fn(move |request: Request<()>| {
        // Something between the layer and the gate takes a few years.
        moved.clock().advance_days(4_000);
        let own = RequireFeature::new("sso").on(&clock);
        let gated = ServiceBuilder::new()
            .layer(RequireFeature::new("sso"))
            .layer(own)
            .service_fn(plan);
        gated.oneshot(request)
    }));
    let response = service.clone().oneshot(Request::new(())).await.unwrap();
    assert_eq!(response.body(), "business");
    let response = service.oneshot(Request::new(())).await.unwrap();
    assert_eq!(response.status(), 402);
}
