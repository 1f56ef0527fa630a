//! An engine ends with the last that holds it, whatever a router was asked meanwhile and on whichever thread.

use std::future::pending;
use std::pin::Pin;
use std::task::{Context, Waker};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use entitlements_axum::rate::FixedRate;
use entitlements_axum::{Entitlements, EntitlementsLayer, RateLimit, testing};
use http::Request;
use tower::ServiceExt;

fn router(engine: &Entitlements) -> Router {
    let all = RateLimit::fixed(FixedRate::per_minute("all", 1000)).on(engine);
    let mut router = Router::new();
    // More than threads remember.
    for number in 0..80 {
        let own = RateLimit::fixed(FixedRate::per_minute("own", 9)).on(engine);
        let page = get(async || "page").route_layer(own);
        router = router.route(&format!("/{number}"), page);
    }
    router
        .route("/hang", get(pending::<()>))
        .route_layer(all)
        .layer(EntitlementsLayer::new(engine.clone()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_ends_with_the_last_router() {
    let builder = Entitlements::builder().catalog(testing::catalog());
    let (engine, mut upkeep) = builder.build().await.unwrap();
    let app = router(&engine);
    drop(engine);
    let ask = |path: String| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let app = app.clone();
        tokio::spawn(async move { app.oneshot(request).await.unwrap().status() })
    };
    let asked: Vec<_> = (0..160).map(|n| ask(format!("/{}", n % 80))).collect();
    let hanging: Vec<_> = (0..9).map(|_| ask("/hang".to_owned())).collect();
    let mut passed = 0;
    for answer in asked {
        passed += usize::from(answer.await.unwrap() == 200);
    }
    assert_eq!(passed, 9);
    std::thread::spawn(move || drop((app.clone(), app)))
        .join()
        .unwrap();
    for request in hanging {
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
    }
    let mut context = Context::from_waker(Waker::noop());
    let ended = Pin::new(&mut upkeep).poll(&mut context);
    assert!(ended.is_ready(), "an idle thread keeps nothing");
}
