use std::convert::Infallible;
use std::time::Duration;

use entitlements_core::{Denial, DenialKind};
use entitlements_tower::denial_response;
use http::{Request, Response};
use tower::{Layer, ServiceExt, service_fn};

use crate::shut;

async fn denied() -> Response<String> {
    let (_engine, gate) = shut();
    let inner =
        service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
    gate.layer(inner).oneshot(Request::new(())).await.unwrap()
}

#[tokio::test]
async fn the_denial_rides_in_the_extensions_and_says_what_the_body_says() {
    let response = denied().await;
    let denial = response.extensions().get::<Denial>().unwrap();
    assert_eq!(denial.problem().body(), response.body());
    assert_eq!(denial.status(), response.status().as_u16());
    assert_eq!(denial.code(), "LICENSE_REQUIRED");
    assert_eq!(denial.available_in(), ["business", "enterprise"]);
}

#[tokio::test]
async fn a_denial_has_exactly_these_headers() {
    let response = denied().await;
    let mut headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.sort_unstable();
    let expected = [
        ("cache-control", "no-store"),
        ("content-type", "application/problem+json"),
    ];
    assert_eq!(headers, expected);
}

#[test]
fn headers_by_status() {
    let unavailable = denial_response::<String>(Denial::unavailable(Duration::from_millis(1_001)));
    assert_eq!(unavailable.status(), 503);
    assert_eq!(unavailable.headers()["retry-after"], "2");
    let now = denial_response::<String>(Denial::unavailable(Duration::ZERO));
    assert_eq!(now.headers()["retry-after"], "1");
    let longest = denial_response::<String>(Denial::unavailable(Duration::MAX));
    let seconds: u128 = longest.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(seconds >= u128::from(u64::MAX));

    let unknown = denial_response::<String>(Denial::new(DenialKind::AccountUnknown));
    assert_eq!(unknown.status(), 401);
    assert_eq!(unknown.headers()["www-authenticate"], "Bearer");
    let missing = denial_response::<String>(Denial::layer_missing());
    assert!(!missing.headers().contains_key("www-authenticate"));
    assert!(!missing.headers().contains_key("retry-after"));
}

/// Answers share what was rendered; one that is changed on its way out must not change the next.
#[tokio::test]
async fn what_is_done_to_one_answer_does_not_show_in_the_next() {
    let denial = Denial::layer_missing();
    let mut first = denial_response::<String>(denial.clone());
    first.headers_mut().insert("x-added", "1".parse().unwrap());
    first.headers_mut().remove("cache-control");
    first.body_mut().clear();
    let second = denial_response::<String>(denial);
    assert!(!second.headers().contains_key("x-added"));
    assert_eq!(second.headers()["cache-control"], "no-store");
    assert!(second.body().contains("ENTITLEMENTS_LAYER_MISSING"));
}
