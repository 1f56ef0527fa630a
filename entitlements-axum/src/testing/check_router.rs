use axum::Router;
use axum::body::Body;
use entitlements_core::testing::{OrderMistakes, paths_beside};
use entitlements_core::{Denial, DenialKind, OrderMistake, OrderWatch};
use http::{Method, Request};
use tower_service::Service;

/// Sends requests through a router, and some beside them to paths that it has no route for, and tells what is wrong with the order
/// of its layers: a gate without an engine's layer around it, an engine's layer that looks for the account before the
/// authentication has said it, and `layer` where `route_layer` was meant.
///
/// The requests are real: handlers run. Say one for each gated route, with the credentials that the authentication asks for; the
/// paths without a route are made of theirs, so that each nested router on the way is asked too. This shows in debug builds,
/// which tests are.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use axum::{Router, body::Body, routing::get};
/// use entitlements_axum::{EntitlementsLayer, RequireFeature, testing};
/// use http::Request;
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let right = Router::new()
///     .route("/sso", get(async || "welcome").route_layer(RequireFeature::new("sso")))
///     .route_layer(EntitlementsLayer::new(engine.entitlements().clone()));
/// testing::check_router(right, [Request::get("/sso").body(Body::empty())?]).await.unwrap();
///
/// let wrong = Router::new().route("/sso", get(async || "welcome")).layer(RequireFeature::new("sso"));
/// let mistakes = testing::check_router(wrong, []).await.unwrap_err();
/// assert!(mistakes.to_string().contains("use `route_layer` in place of `layer`"));
/// # Ok::<(), http::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// The mistakes, each once for the request that showed it.
pub async fn check_router(
    router: Router,
    requests: impl IntoIterator<Item = Request<Body>>,
) -> Result<(), OrderMistakes> {
    let (mut found, mut paths) = (Vec::new(), Vec::new());
    for request in requests {
        paths.push(request.uri().path().to_owned());
        let name = format!("{} {}", request.method(), request.uri().path());
        let mut mistakes = ask(&router, request).await;
        // Who asks for a path that only a fallback serves means it.
        mistakes.retain(|mistake| *mistake != OrderMistake::NotARoute);
        found.extend(mistakes.into_iter().map(|mistake| (name.clone(), mistake)));
    }
    let beside = paths_beside(paths.iter().map(String::as_str));
    'paths: for path in beside {
        for method in [Method::GET, Method::POST] {
            let request = Request::builder().method(&method).uri(&path);
            let Ok(request) = request.body(Body::empty()) else {
                continue;
            };
            if ask(&router, request)
                .await
                .contains(&OrderMistake::NotARoute)
            {
                found.push((format!("{method} {path}"), OrderMistake::NotARoute));
                // One for the outermost gate is enough: it answers for all that is inside.
                break 'paths;
            }
        }
    }
    OrderMistakes::none(found)
}

/// What the request showed.
async fn ask(router: &Router, mut request: Request<Body>) -> Vec<OrderMistake> {
    let watch = OrderWatch::default();
    request.extensions_mut().insert(watch.clone());
    let mut router = router.clone();
    let response = match Service::<Request<Body>>::call(&mut router, request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let denial = response.extensions().get::<Denial>();
    if denial.map(Denial::kind) == Some(&DenialKind::LayerMissing) {
        watch.note(OrderMistake::LayerMissing);
    }
    watch.found()
}
