use std::fmt;

use axum::Router;
use axum::body::Body;
use entitlements_core::{Denial, DenialKind, OrderMistake, OrderWatch};
use http::{Method, Request, Response};
use tower_service::Service;

/// A path that no product has a route for.
const NOBODYS: &str = "/entitlements-check/3f1c1e7a-nobody-has-a-route-here";

/// What is wrong with the order of a router's layers, each with what to do.
#[derive(Clone, PartialEq, Eq)]
pub struct RouterMistakes {
    found: Vec<(String, OrderMistake)>,
}

impl RouterMistakes {
    /// The request that showed it, and the mistake.
    #[must_use]
    pub fn found(&self) -> &[(String, OrderMistake)] {
        &self.found
    }
}

impl fmt::Display for RouterMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (request, mistake)) in self.found.iter().enumerate() {
            f.write_str(if index > 0 { "\n" } else { "" })?;
            write!(f, "{request}: {mistake}")?;
        }
        Ok(())
    }
}

/// As `Display`: a test that unwraps it shows the sentences.
impl fmt::Debug for RouterMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for RouterMistakes {}

/// Sends requests through a router, and one to a path that it has no route for, and tells what is wrong with the order of its
/// layers: a gate without an engine's layer around it, an engine's layer that looks for the account before the
/// authentication has said it, and `layer` where `route_layer` was meant.
///
/// The requests are real: handlers run. Say one for each gated route, with the credentials that the authentication asks for.
/// The order of engine and authentication shows in debug builds, which tests are.
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
) -> Result<(), RouterMistakes> {
    let mut found = Vec::new();
    for request in requests {
        let name = format!("{} {}", request.method(), request.uri().path());
        let (response, mistakes) = ask(&router, request).await;
        found.extend(mistakes.into_iter().map(|mistake| (name.clone(), mistake)));
        if denial(&response) == Some(&DenialKind::LayerMissing) {
            found.push((name, OrderMistake::LayerMissing));
        }
    }
    for method in [Method::GET, Method::POST] {
        let mut nobodys = Request::new(Body::empty());
        *nobodys.method_mut() = method.clone();
        *nobodys.uri_mut() = http::Uri::from_static(NOBODYS);
        let (response, _) = ask(&router, nobodys).await;
        if denial(&response).is_some() {
            found.push((format!("{method} {NOBODYS}"), OrderMistake::NotARoute));
            break;
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(RouterMistakes { found })
    }
}

async fn ask(router: &Router, mut request: Request<Body>) -> (Response<Body>, Vec<OrderMistake>) {
    let watch = OrderWatch::default();
    request.extensions_mut().insert(watch.clone());
    let mut router = router.clone();
    let response = match Service::<Request<Body>>::call(&mut router, request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    (response, watch.found())
}

fn denial(response: &Response<Body>) -> Option<&DenialKind> {
    response.extensions().get::<Denial>().map(Denial::kind)
}
