use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::MockConnectInfo;
use axum::routing::{get, post};
use entitlements_axum::RateLimit;
use entitlements_axum::rate::{FixedRate, RateKey};

use crate::{layer, on, send, text};

#[tokio::test]
async fn q20_answers_say_where_the_rate_stands() {
    let engine = on("community");
    let app = Router::new()
        .route("/", get(async || "page"))
        .route_layer(RateLimit::new("api").cost(50))
        .layer(layer(&engine));
    for (status, rate, retry) in [
        (200, r#""api";r=50;t=100"#, None),
        (200, r#""api";r=0;t=1"#, None),
        (429, r#""api";r=0;t=50"#, Some("50")),
    ] {
        let response = send(&app, "GET", "/").await;
        assert_eq!(response.status(), status);
        let headers = response.headers();
        assert_eq!(headers["ratelimit-policy"], r#""api";q=100;w=100"#);
        assert_eq!(headers["ratelimit"], rate);
        let wait = headers
            .get("retry-after")
            .map(|wait| wait.to_str().unwrap());
        assert_eq!(wait, retry);
        if status == 429 {
            assert!(text(response).await.contains(r#""retry_after_seconds":50"#));
        }
    }
    engine.clock().advance(Duration::from_secs(50));
    assert_eq!(send(&app, "GET", "/").await.status(), 200);
    assert_eq!(send(&app, "GET", "/nothing").await.status(), 404);
}

#[tokio::test]
async fn q15_by_address_a_rate_stands_before_the_authentication() {
    let engine = on("community");
    let logins = RateLimit::fixed(FixedRate::per_minute("login", 2))
        .by(RateKey::client_address())
        .on(&engine);
    let app = Router::new().route("/login", post(async || "welcome").route_layer(logins));
    let from = |peer: &str| {
        let peer: SocketAddr = peer.parse().unwrap();
        app.clone().layer(MockConnectInfo(peer))
    };
    for status in [200, 200, 429] {
        let response = send(&from("192.0.2.7:1"), "POST", "/login").await;
        assert_eq!(response.status(), status);
    }
    assert_eq!(
        send(&from("192.0.2.8:1"), "POST", "/login").await.status(),
        200
    );
    assert_eq!(
        send(&app, "POST", "/login").await.status(),
        403,
        "nobody tells"
    );
}
