//! Rates in front of resources: what answers say, and who is counted with whom over workers.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::test::init_service;
use actix_web::{App, web};
use entitlements_actix::RateLimit;
use entitlements_actix::rate::{FixedRate, RateKey, SharedRates};
use entitlements_core::testing::{self, Answers, TestEngine, TestRates, TestVendor};

use crate::{ask, get, layer, on, to};

async fn page() -> &'static str {
    "page"
}

#[actix_web::test]
async fn q20_answers_say_where_the_rate_stands() {
    let engine = on("community");
    let gate = RateLimit::new("api").cost(50);
    let app = App::new()
        .service(web::resource("/").wrap(gate).to(page))
        .wrap(layer(&engine));
    let app = init_service(app).await;
    for (status, rate, retry) in [
        (200, r#""api";r=50;t=100"#, None),
        (200, r#""api";r=0;t=1"#, None),
        (429, r#""api";r=0;t=50"#, Some("50")),
    ] {
        let answer = ask(&app, get("/")).await;
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("ratelimit-policy"),
            Some(r#""api";q=100;w=100"#)
        );
        assert_eq!(answer.header("ratelimit"), Some(rate));
        assert_eq!(answer.header("retry-after"), retry);
        let code = answer.denial.as_ref().map(entitlements_actix::Denial::code);
        assert_eq!(code, (status == 429).then_some("RATE_LIMITED"));
    }
    engine.clock().advance(Duration::from_secs(50));
    assert_eq!(ask(&app, get("/")).await.status, 200);
}

#[actix_web::test]
async fn q21_gates_one_in_another_each_add_a_line() {
    let engine = on("community");
    let app = App::new()
        .service(
            web::resource("/")
                .wrap(RateLimit::fixed(FixedRate::per_minute("inner", 1)))
                .wrap(RateLimit::new("api").cost(40))
                .to(page),
        )
        .wrap(layer(&engine));
    let app = init_service(app).await;
    for (status, inner, api, retry) in [
        (200, "r=0;t=60", "r=60;t=100", None),
        (429, "r=0;t=60", "r=20;t=100", Some("60")),
    ] {
        let answer = ask(&app, get("/")).await;
        assert_eq!(answer.status, status);
        let lines: Vec<_> = answer.headers.get_all("ratelimit").collect();
        assert_eq!(
            lines,
            [&*format!("\"inner\";{inner}"), &*format!("\"api\";{api}")]
        );
        assert_eq!(answer.header("retry-after"), retry);
    }
    let denied = ask(&app, get("/")).await;
    let lines: Vec<_> = denied.headers.get_all("ratelimit").collect();
    assert_eq!(denied.status, 429);
    assert_eq!(lines, [r#""api";r=20;t=100"#]);
}

/// A service is made for each worker: what is spent is the engine's.
#[actix_web::test]
async fn q13_workers_count_together() {
    let engine = on("community");
    let gate = RateLimit::fixed(FixedRate::per_minute("login", 2))
        .by(RateKey::client_address())
        .on(&engine);
    let mut passed = 0;
    for _ in 0..4 {
        let app = App::new().service(web::resource("/").wrap(gate.clone()).to(page));
        let worker = init_service(app).await;
        let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
        let request = to("POST", "/").peer_addr(peer);
        let answer = ask(&worker, request).await;
        assert!(matches!(answer.status, 200 | 429), "{answer:?}");
        passed += usize::from(answer.status == 200);
    }
    assert_eq!(passed, 2);
}

/// Q24, Q27: the answer is waited for, and where there is none the request goes by the process's share.
#[actix_web::test]
async fn q24_processes_share_a_rate() {
    let store = TestRates::default();
    store.answer(Answers::Later);
    let process = || {
        let shared = SharedRates::by(store.clone()).processes(2.try_into().unwrap());
        let vendor = TestVendor::new();
        TestEngine::build(testing::catalog(), vendor, |builder| {
            builder.shared_rates(shared)
        })
        .0
    };
    let gate = RateLimit::new("api").cost(25);
    for (answers, asked) in [(Answers::Later, 2), (Answers::Refuses, 5)] {
        store.answer(answers);
        for process in &[process(), process()] {
            let app = App::new()
                .service(web::resource("/").wrap(gate.clone()).to(page))
                .wrap(layer(process));
            let app = init_service(app).await;
            let mut admitted = 0;
            for _ in 0..asked {
                let answer = ask(&app, get("/")).await;
                assert!(matches!(answer.status, 200 | 429), "{answer:?}");
                assert!(answer.header("ratelimit").is_some());
                admitted += usize::from(answer.status == 200);
            }
            assert_eq!(admitted, 2, "{answers:?}");
        }
    }
}
