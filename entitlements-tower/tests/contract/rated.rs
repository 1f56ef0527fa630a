//! The same of gates that ask for rates, whose requests take another way than those that simply pass.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;

use entitlements_core::allowlist::{FixedAllowlist, WhenEmpty};
use entitlements_core::rate::FixedRate;
use entitlements_core::testing::{self, TestEngine};
use entitlements_core::{AccountId, Denial, PeerAddress};
use entitlements_tower::{EntitlementsLayer, RateLimit, Require};
use http::{Request, Response};
use tokio::sync::Semaphore;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::probe::{Probe, Readiness};

/// A gate that lets so many requests pass.
fn rated(requests: u64) -> (TestEngine, Require) {
    let engine = testing::on_plan(testing::catalog(), "community");
    let gate = RateLimit::fixed(FixedRate::per_minute("own", requests)).on(&engine);
    (engine, gate)
}

fn lines<B>(response: &Response<B>) -> Vec<&str> {
    let lines = response.headers().get_all("ratelimit").iter();
    lines.map(|line| line.to_str().unwrap()).collect()
}

#[tokio::test]
async fn the_instance_that_was_readied_is_the_one_that_is_called() {
    let (_engine, gate) = rated(3);
    let probe = Probe::new(Readiness::Ready);
    let mut service = gate.layer(gate.layer(probe.clone()));
    for (status, lines_said) in [(200, 2), (429, 2), (429, 1), (429, 1)] {
        let response = service.ready().await.unwrap().call(Request::new(()));
        let response = response.await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(lines(&response).len(), lines_said);
    }
    assert_eq!(probe.seen.lock().unwrap().calls, 1);
}

#[tokio::test]
async fn the_inner_services_errors_pass_unchanged() {
    let (_engine, gate) = rated(1);
    let mut probe = Probe::new(Readiness::Ready);
    probe.fails = Some("broken");
    let failed = gate.layer(probe.clone()).oneshot(Request::new(())).await;
    assert_eq!(failed.unwrap_err(), "broken");
    // What was admitted stays spent.
    let denied = gate.layer(probe).oneshot(Request::new(())).await;
    assert_eq!(denied.unwrap().status(), 429);
}

#[tokio::test]
async fn whatever_becomes_of_a_request_no_permit_is_kept() {
    const PERMITS: usize = 2;
    let permits = Arc::new(Semaphore::new(PERMITS));
    let inner = service_fn(|request: Request<()>| {
        assert_ne!(request.uri().path(), "/panic-at-once", "inside");
        async move {
            match request.uri().path() {
                "/panic" => panic!("inside"),
                "/error" => Err("broken"),
                "/hang" => pending().await,
                _ => Ok(Response::new(String::from("passed"))),
            }
        }
    });
    let limit = GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(&permits));
    let (_engine, gate) = rated(250);
    let paths = ["/", "/error", "/hang", "/panic", "/panic-at-once"];
    let mut denied = 0;
    for round in 0..500_usize {
        let service = gate.layer(gate.layer(limit.layer(inner)));
        let request = Request::get(paths[round % 5]).body(()).unwrap();
        let asked = tokio::spawn(async move {
            let mut service = service;
            let mut asked = Box::pin(service.ready().await.unwrap().call(request));
            // Once, and then it is dropped.
            poll_fn(|cx| Poll::Ready(asked.as_mut().poll(cx))).await
        });
        if let Ok(Poll::Ready(Ok(response))) = asked.await {
            denied += usize::from(response.status() == 429);
        }
        assert_eq!(permits.available_permits(), PERMITS, "after {round}");
    }
    assert_eq!(denied, 375);
}

#[tokio::test]
async fn a_denial_gives_back_the_permit_while_the_service_stays_idle() {
    let permits = Arc::new(Semaphore::new(1));
    let limit = GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(&permits));
    let pass = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
    let (_engine, gate) = rated(0);
    let mut service = gate.layer(gate.layer(limit.layer(pass)));
    service.ready().await.unwrap();
    assert_eq!(permits.available_permits(), 0);
    let denied = service.call(Request::new(()));
    assert_eq!(permits.available_permits(), 1);
    assert_eq!(denied.await.unwrap().status(), 429);
}

/// RFC 9651, section 3.3.3: visible ASCII and spaces between quotes, of which only quotes and backslashes are escaped.
fn is_string(text: &str) -> bool {
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    else {
        return false;
    };
    let mut bytes = inner.bytes();
    while let Some(byte) = bytes.next() {
        let is_good = match byte {
            b'"' => false,
            b'\\' => matches!(bytes.next(), Some(b'"' | b'\\')),
            byte => matches!(byte, b' '..=b'~'),
        };
        if !is_good {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn q23_whatever_the_programs_own_rates_are_called_answers_are_whole() {
    let long = "é\n\"".repeat(20_000);
    for name in [
        "",
        " ",
        "\n",
        "a\nb",
        "a\r\nset-cookie: x=y",
        "\r",
        "\0",
        "\t",
        "\u{7f}",
        "\"",
        "\\",
        "\\\"",
        "a\\",
        "%0A",
        ",",
        ";q=1",
        "é",
        "\u{2028}",
        "🦀",
        "\u{202e}",
        "a\", \"b",
        &long,
    ] {
        let engine = testing::on_plan(testing::catalog(), "community");
        let gate = Require::fixed_rate(FixedRate::per_minute(name, 1))
            .and_fixed_rate(FixedRate::per_minute("second", 9))
            .legacy_headers()
            .on(&engine);
        for grpc in [false, true] {
            for status in [200, 429] {
                let pass = service_fn(async |_: Request<()>| {
                    Ok::<_, Infallible>(Response::new(String::new()))
                });
                let mut request = Request::post("/a.B/C").body(()).unwrap();
                request
                    .extensions_mut()
                    .insert(AccountId::new(if grpc { "g" } else { "h" }));
                if grpc {
                    let value = "application/grpc".parse().unwrap();
                    request.headers_mut().insert("content-type", value);
                }
                let response = gate.layer(pass).oneshot(request).await.unwrap();
                let is_denied = status == 429;
                if !grpc || !is_denied {
                    assert_eq!(response.status(), status, "{name:?}");
                } else {
                    assert_eq!(response.headers()["grpc-status"], "8");
                    assert!(response.headers().contains_key("grpc-message"));
                }
                assert_eq!(response.extensions().get::<Denial>().is_some(), is_denied);
                for (header, rest) in [
                    ("ratelimit-policy", ";q=1;w=60"),
                    ("ratelimit", ";r=0;t=60"),
                ] {
                    let all: Vec<_> = response.headers().get_all(header).iter().collect();
                    assert_eq!(all.len(), 1);
                    let line = all[0].to_str().unwrap();
                    let (first, second) = line.rsplit_once(", ").unwrap();
                    assert!(second.starts_with("\"second\";"), "{second}");
                    assert!(is_string(first.strip_suffix(rest).unwrap()), "{first}");
                }
                for (header, value) in [("limit", "1"), ("remaining", "0"), ("reset", "60")] {
                    assert_eq!(response.headers()[format!("x-ratelimit-{header}")], value);
                }
            }
        }
    }
}

#[tokio::test]
async fn q21_lines_stand_from_the_inside_out() {
    let (engine, outer) = rated(9);
    let own = |name: &str| RateLimit::fixed(FixedRate::per_minute(name, 9));
    let service = ServiceBuilder::new()
        .layer(EntitlementsLayer::new(engine.entitlements().clone()))
        .layer(outer)
        .layer(own("second"))
        .layer(own("third"))
        .service(service_fn(async |_: Request<()>| {
            let response = Response::builder().header("ratelimit", r#""handler";r=1"#);
            Ok::<_, Infallible>(response.body(String::new()).unwrap())
        }));
    let response = service.oneshot(Request::new(())).await.unwrap();
    let expected = ["third", "second", "own"].map(|name| format!(r#""{name}";r=8;t=60"#));
    let lines = lines(&response);
    assert_eq!(lines[0], r#""handler";r=1"#);
    assert_eq!(lines[1..], expected);
}

#[tokio::test]
async fn q14_an_address_a_limit_and_a_rate_of_one_gate() {
    let engine = testing::on_plan(testing::catalog(), "community");
    let gate = Require::fixed_allowlist(
        FixedAllowlist::new(["192.0.2.0/24"], WhenEmpty::DenyAll).unwrap(),
    )
    .and_limit("users")
    .and_fixed_rate(FixedRate::per_minute("own", 1))
    .on(&engine);
    let users = engine.limit(&AccountId::LOCAL, "users");
    for (peer, status, said) in [
        ("198.51.100.1:1", 403, 0),
        ("192.0.2.1:1", 200, 1),
        ("192.0.2.1:1", 429, 1),
        ("198.51.100.1:1", 403, 0),
    ] {
        let mut request = Request::post("/").body(()).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(PeerAddress(peer));
        let pass =
            service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
        let response = gate.layer(pass).oneshot(request).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), lines(&response).len()),
            (status, said)
        );
    }
    assert_eq!(users.used().await.unwrap(), 1);
}
