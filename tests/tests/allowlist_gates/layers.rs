//! Where gates of addresses stand among other layers, in tower, axum and actix-web; and mistakes in the program.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::catch_unwind;

use actix_web::http::StatusCode;
use actix_web::{App, HttpMessage, HttpResponse, test as actix, web};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::get;
use bytes::Bytes;
use entitlements_core::allowlist::WhenEmpty;
use entitlements_core::{Entitlements, PeerAddress};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt};

use crate::{add, engine_in_memory};

const INSIDE: &str = "192.0.2.7:4711";
const OUTSIDE: &str = "198.51.100.9:4711";

type Answer = (u16, String);

async fn of_tower<S>(service: S, peer: &str) -> Answer
where
    S: tower::Service<Request<()>, Response = Response<Full<Bytes>>, Error = Infallible>,
{
    let peer: SocketAddr = peer.parse().unwrap();
    let mut request = Request::new(());
    request.extensions_mut().insert(PeerAddress(peer));
    let response = service.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn of_axum(router: Router, peer: &str) -> Answer {
    let peer: SocketAddr = peer.parse().unwrap();
    let mut request = Request::new(Body::empty());
    request
        .extensions_mut()
        .insert(axum::extract::ConnectInfo(peer));
    let response = router.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// A service that says whether anybody got to it.
fn handler()
-> impl tower::Service<Request<()>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    tower::service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(Full::from("in"))))
}

/// Each of the three frameworks, with one gate in front of a handler and the engine's layer outside it or not.
async fn each(
    engine: &Entitlements,
    gate: impl Fn() -> (entitlements_tower::Require, entitlements_actix::Require),
    is_in_layer: bool,
    peer: &str,
) -> [Answer; 3] {
    let layer = entitlements_tower::EntitlementsLayer::new(engine.clone());
    let gated = gate().0.layer(handler());
    let tower = if is_in_layer {
        of_tower(layer.layer(gated), peer).await
    } else {
        of_tower(gated, peer).await
    };
    let router = Router::new()
        .route("/", get(async || "in"))
        .route_layer(gate().0);
    let router = if is_in_layer {
        router.layer(layer)
    } else {
        router
    };
    let axum = of_axum(router, peer).await;
    let app = App::new().service(web::resource("/").wrap(gate().1).to(async || "in"));
    let request = actix::TestRequest::get()
        .uri("/")
        .peer_addr(peer.parse().unwrap())
        .to_request();
    let answer = if is_in_layer {
        let layer = entitlements_actix::EntitlementsLayer::new(engine.clone());
        let app = actix::init_service(app.wrap(layer)).await;
        let response = actix::call_service(&app, request).await;
        (
            response.status().as_u16(),
            actix::read_body(response).await.to_vec(),
        )
    } else {
        let app = actix::init_service(app).await;
        let response = actix::call_service(&app, request).await;
        (
            response.status().as_u16(),
            actix::read_body(response).await.to_vec(),
        )
    };
    [
        tower,
        axum,
        (answer.0, String::from_utf8(answer.1).unwrap()),
    ]
}

const DENIED: &str = r#"{"type":"urn:entitlements:problem:ip-not-allowed","title":"Address not allowed","status":403,"code":"IP_NOT_ALLOWED","detail":"requests from this address are not allowed"}"#;

/// A gate of either crate, made in the same words.
macro_rules! both {
    ($krate:ident => $gate:expr) => {
        (
            {
                use entitlements_tower as $krate;
                $gate
            },
            {
                use entitlements_actix as $krate;
                $gate
            },
        )
    };
}

#[actix_web::test]
async fn a_fixed_list_stands_before_the_authentication_and_behind_it() {
    let (engine, _) = engine_in_memory().await;
    for is_in_layer in [false, true] {
        for (peer, expected) in [(INSIDE, (200, "in")), (OUTSIDE, (403, DENIED))] {
            let gate = || both!(e => e::IpAllowlist::fixed(["192.0.2.0/24"]).on(&engine));
            let expected = (expected.0, expected.1.to_owned());
            for answer in each(&engine, gate, is_in_layer, peer).await {
                assert_eq!(answer, expected, "{peer}, in the layer: {is_in_layer}");
            }
        }
    }
    // Behind the layer it needs no engine of its own.
    for (peer, expected) in [(INSIDE, (200, "in")), (OUTSIDE, (403, DENIED))] {
        let gate = || both!(e => e::IpAllowlist::fixed(["192.0.2.0/24"]));
        let expected = (expected.0, expected.1.to_owned());
        for answer in each(&engine, gate, true, peer).await {
            assert_eq!(answer, expected, "{peer}");
        }
    }
}

#[actix_web::test]
async fn a_feature_and_the_accounts_list_are_one_gate() {
    let (engine, _) = engine_in_memory().await;
    add(&engine, "192.0.2.0/24").await;
    for is_in_layer in [false, true] {
        let gate = || both!(e => e::Require::feature("sso").and_ip_allowlist().on(&engine));
        for (status, text) in each(&engine, gate, is_in_layer, OUTSIDE).await {
            assert_eq!((status, &*text), (403, DENIED));
        }
        for (status, text) in each(&engine, gate, is_in_layer, INSIDE).await {
            assert_eq!(status, 402);
            assert!(
                text.contains("LICENSE_REQUIRED") && !text.contains("192.0.2"),
                "{text}"
            );
        }
        let gate =
            || both!(e => e::Require::feature("ip_allowlist").and_ip_allowlist().on(&engine));
        for (status, _) in each(&engine, gate, is_in_layer, INSIDE).await {
            assert_eq!(status, 200);
        }
    }
}

/// An application that says it in its own words is told which denial it is.
#[actix_web::test]
async fn what_an_application_says_in_its_own_words_is_said() {
    let (engine, _) = engine_in_memory().await;
    add(&engine, "192.0.2.0/24").await;
    let lists = [false, true];
    for is_of_account in lists {
        let gate = || {
            let tower = if is_of_account {
                entitlements_tower::IpAllowlist::per_account()
            } else {
                entitlements_tower::IpAllowlist::fixed(["192.0.2.0/24"])
            };
            let actix = if is_of_account {
                entitlements_actix::IpAllowlist::per_account()
            } else {
                entitlements_actix::IpAllowlist::fixed(["192.0.2.0/24"])
            };
            (tower.on(&engine), actix.on(&engine))
        };
        fn said(code: &str) -> String {
            format!("our words for {code}")
        }
        let (tower, actix_gate) = gate();
        let tower = tower.deny_with(|denial, _| {
            let response = Response::builder().status(404);
            let body = Full::<Bytes>::from(said(denial.code()));
            response.body(body).unwrap()
        });
        let peer: SocketAddr = OUTSIDE.parse().unwrap();
        let mut request = Request::new(());
        request.extensions_mut().insert(PeerAddress(peer));
        let response = tower.layer(handler()).oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 404);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "our words for IP_NOT_ALLOWED");

        let actix_gate = actix_gate.deny_with(|denial, _| {
            let mut response = HttpResponse::build(StatusCode::NOT_FOUND);
            response.body(said(denial.code()))
        });
        let app = App::new().service(web::resource("/").wrap(actix_gate).to(async || "in"));
        let app = actix::init_service(app).await;
        let request = actix::TestRequest::get()
            .uri("/")
            .peer_addr(peer)
            .to_request();
        let response = actix::call_service(&app, request).await;
        assert_eq!(response.status().as_u16(), 404);
        assert_eq!(
            actix::read_body(response).await,
            "our words for IP_NOT_ALLOWED"
        );
    }
}

/// What an application puts into a request counts before what its server says.
#[actix_web::test]
async fn a_peer_that_the_application_puts_there_comes_first() {
    let (engine, _) = engine_in_memory().await;
    let gate = entitlements_actix::IpAllowlist::fixed(["192.0.2.0/24"]).on(&engine);
    let app = App::new().service(web::resource("/").wrap(gate).to(async || "in"));
    let app = actix::init_service(app).await;
    for (server, put, status) in [(OUTSIDE, INSIDE, 200), (INSIDE, OUTSIDE, 403)] {
        let request = actix::TestRequest::get()
            .uri("/")
            .peer_addr(server.parse().unwrap())
            .to_request();
        let put: SocketAddr = put.parse().unwrap();
        request.extensions_mut().insert(PeerAddress(put));
        let response = actix::call_service(&app, request).await;
        assert_eq!(response.status().as_u16(), status);

        let router = Router::new()
            .route("/", get(async || "in"))
            .route_layer(entitlements_axum::IpAllowlist::fixed(["192.0.2.0/24"]).on(&engine));
        let server: SocketAddr = server.parse().unwrap();
        let mut request = Request::new(Body::empty());
        request
            .extensions_mut()
            .insert(axum::extract::ConnectInfo(server));
        request.extensions_mut().insert(PeerAddress(put));
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
}

/// What a program is told that says something that cannot be.
fn told(build: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = catch_unwind(build).unwrap_err();
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&'static str>().unwrap()).to_owned(),
    }
}

#[test]
fn a_list_that_cannot_be_meant_stops_the_program_with_what_to_do() {
    fn none() -> [&'static str; 0] {
        []
    }
    let empty = [
        told(|| drop(entitlements_tower::IpAllowlist::fixed(none()))),
        told(|| drop(entitlements_axum::IpAllowlist::fixed(none()))),
        told(|| drop(entitlements_actix::IpAllowlist::fixed(none()))),
    ];
    for text in empty {
        assert!(
            text.contains("`IpAllowlist::try_fixed(ranges, when_empty)`"),
            "{text}"
        );
    }
    let host_bits = [
        told(|| drop(entitlements_tower::IpAllowlist::fixed(["192.0.2.7/24"]))),
        told(|| drop(entitlements_axum::IpAllowlist::fixed(["192.0.2.7/24"]))),
        told(|| drop(entitlements_actix::IpAllowlist::fixed(["192.0.2.7/24"]))),
    ];
    for text in host_bits {
        assert!(
            text.contains("`192.0.2.7/24`") && text.contains("`192.0.2.0/24`"),
            "{text}"
        );
    }
    for wrong in [
        "",
        " 192.0.2.0/24",
        "192.0.2.0/33",
        "fe80::1%eth0",
        "office",
        "192.0.2.1-9",
    ] {
        let text = told(|| drop(entitlements_tower::IpAllowlist::fixed([wrong])));
        assert!(text.starts_with("a gate cannot be built: "), "{text}");
        assert!(entitlements_tower::IpAllowlist::try_fixed([wrong], WhenEmpty::AllowAll).is_err());
    }
    for when_empty in [WhenEmpty::AllowAll, WhenEmpty::DenyAll] {
        assert!(entitlements_tower::IpAllowlist::try_fixed(none(), when_empty).is_ok());
        assert!(entitlements_actix::IpAllowlist::try_fixed(none(), when_empty).is_ok());
    }
}
