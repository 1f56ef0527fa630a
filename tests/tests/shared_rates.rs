//! Engines of one product on one real Redis, through gates of tower: a plan that changes from process to process while they are replaced one after
//! the other, and callers that do not come again.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a test that cannot go on stops, and the server goes by a clock of its own"
)]

use std::convert::Infallible;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use entitlements_core::rate::{FixedRate, RateFallback, RateKey, SharedRates};
use entitlements_core::{Catalog, Entitlements, PeerAddress};
use entitlements_store::RedisRates;
use entitlements_test_services::Redis;
use entitlements_tower::{EntitlementsLayer, RateLimit, Require};
use http::{Request, Response};
use tower::{ServiceBuilder, ServiceExt, service_fn};

/// A process with the product as it is sold now: so many requests in so many seconds, and a burst.
struct Process {
    engine: Entitlements,
}

impl Process {
    async fn new(redis: &Redis, [requests, seconds, burst]: [u64; 3], lease: u64) -> Self {
        let catalog = format!(
            r#"
            schema = 1
            [product]
            name = "Rolling"
            default_plan = "free"
            [rates.api]
            [plans.free]
            rates = {{ api = {{ requests = {requests}, per = "{seconds}s", burst = {burst} }} }}
            "#
        );
        let rates = RedisRates::connect(&redis.url()).await.unwrap();
        // However busy the machine is, it is the server that decides.
        let shared = SharedRates::by(rates)
            .budget(Duration::from_secs(60))
            .on_unavailable(RateFallback::Deny)
            .lease(lease);
        let catalog = Arc::new(Catalog::from_toml(&catalog).unwrap());
        let builder = Entitlements::builder().catalog(catalog);
        let (engine, _upkeep) = builder.shared_rates(shared).build().await.unwrap();
        Self { engine }
    }

    async fn ask(&self, gate: &Require, request: Request<()>) -> Response<String> {
        let service = ServiceBuilder::new()
            .layer(EntitlementsLayer::new(self.engine.clone()))
            .layer(gate.clone())
            .service(service_fn(async |_: Request<()>| {
                Ok::<_, Infallible>(Response::new(String::new()))
            }));
        let response = service.oneshot(request).await.unwrap();
        // Nothing fails, whatever the other process has written.
        let status = response.status().as_u16();
        assert!(matches!(status, 200 | 429), "{status}");
        response
    }

    /// How many of so many pass.
    async fn pass(&self, requests: u64) -> u64 {
        let (gate, mut passed) = (RateLimit::new("api"), 0);
        for _ in 0..requests {
            let response = self.ask(&gate, Request::new(())).await;
            passed += u64::from(response.status() == 200);
        }
        passed
    }

    /// What the answer to one more says is left.
    async fn says(&self) -> (u16, String) {
        let response = self.ask(&RateLimit::new("api"), Request::new(())).await;
        let said = response.headers()["ratelimit"].to_str().unwrap();
        (response.status().as_u16(), said.to_owned())
    }
}

const DAY: u64 = 86_400;

/// Too slow to refill meanwhile.
#[tokio::test]
async fn q6_what_was_spent_by_the_old_plan_is_spent_of_the_new_one() {
    let redis = Redis::start();
    let old = Process::new(&redis, [1, DAY, 10], 0).await;
    let new = Process::new(&redis, [3, DAY, 30], 0).await;
    assert_eq!(old.pass(8).await, 8);
    assert_eq!(new.says().await, (200, r#""api";r=21;t=864000"#.to_owned()));
    assert_eq!(old.pass(5).await, 1);
    assert_eq!(new.pass(15).await, 15);
    assert_eq!(old.pass(1).await, 0);
    assert_eq!(new.pass(9).await, 5);
    assert_eq!(old.pass(5).await, 0);
    assert_eq!(new.pass(5).await, 0);
}

#[tokio::test]
async fn q6_a_smaller_plan_takes_nothing_away_and_gives_nothing() {
    let redis = Redis::start();
    let old = Process::new(&redis, [3, DAY, 30], 0).await;
    let new = Process::new(&redis, [1, DAY, 10], 0).await;
    assert_eq!(old.pass(4).await, 4);
    assert_eq!(new.pass(20).await, 6);
    assert_eq!(old.pass(15).await, 15);
    assert_eq!(new.pass(5).await, 0);
    assert_eq!(old.pass(9).await, 5);
}

/// Each in turn is as fast, or has the larger burst. Both ask as often as they can, so that the rate of a key changes with nearly every request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn q6_processes_of_two_plans_admit_no_more_than_the_faster_would() {
    for (one, other) in [
        ([50, 1, 5], [200, 1, 20]),
        ([1000, 7, 3], [13, 1, 40]),
        ([7, 3, 30], [7, 3, 30]),
    ] {
        let redis = Redis::start();
        let processes = [
            Process::new(&redis, one, 0).await,
            Process::new(&redis, other, 0).await,
        ];
        let burst = u64::max(one[2], other[2]);
        let per_second = [one, other].map(|[requests, seconds, _]| requests.div_ceil(seconds));
        let per_second = u64::max(per_second[0], per_second[1]);
        let start = Instant::now();
        let floods = processes.map(|process| tokio::spawn(async move { process.pass(300).await }));
        let mut passed = 0;
        for flood in floods {
            passed += flood.await.unwrap();
        }
        let took = u64::try_from(start.elapsed().as_millis()).unwrap() + 1;
        let most = burst + per_second * took / 1000 + 1;
        let least = u64::min(one[2], other[2]);
        assert!((least..=most).contains(&passed), "{passed} in {took} ms");
    }
}

/// Nothing is left in the server of those whose rate is full again.
#[tokio::test]
async fn q24_the_keys_of_whoever_does_not_come_again_go_by_themselves() {
    let redis = Redis::start();
    let process = Process::new(&redis, [1, DAY, 10], 0).await;
    let gate = RateLimit::fixed(FixedRate::per_second("login", 50).burst(5));
    let by_address = gate.by(RateKey::client_address());
    for number in 0..200_u128 {
        let address = Ipv6Addr::from_bits((0x2001 << 112) | (number << 64));
        let mut request = Request::new(());
        let peer = SocketAddr::new(address.into(), 4000);
        request.extensions_mut().insert(PeerAddress(peer));
        process.ask(&by_address, request).await;
    }
    // All that were written had a time to live, and the server has the memory back.
    let expired = "return tonumber(redis.call('INFO', 'stats'):match('expired_keys:(%d+)'))";
    for looks in 0.. {
        let expired = redis.ask(&["EVAL", expired, "0"]).unwrap();
        let expired: u64 = expired.trim_start_matches(':').parse().unwrap();
        if expired >= 200 {
            break;
        }
        assert!(looks < 1000, "{expired} are gone");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let left = "return #redis.call('KEYS', '*:@login')";
    assert_eq!(redis.ask(&["EVAL", left, "0"]).unwrap(), ":0");
}
