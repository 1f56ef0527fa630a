//! Q10 at the gates of tower: whoever comes under ever new keys takes no more memory than is stated.
//!
//! The only test of its process, as it looks at what the whole of it takes.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

use std::convert::Infallible;
use std::net::{Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::rate::{ApiKeyId, FixedRate, RateKey};
use entitlements_core::testing::{ManualClock, NOW};
use entitlements_core::{Catalog, Entitlements, PeerAddress};
use entitlements_tower::{EntitlementsLayer, RateLimit, Require};
use http::{Request, Response};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

const CATALOG: &str = r#"
    schema = 1
    [product]
    name = "Flooded"
    default_plan = "free"
    [plans.free]
"#;

const PLACES: usize = 10_000;
/// What they take, at 95 bytes each, and what all the rest of a process may take more than it did.
const MOST_KILOBYTES: u64 = 950 + 4096;
/// Thirty times as many as have places: these would take more than five times that.
const KEYS: u64 = 300_000;

/// The most memory that the process ever had at once.
fn peak_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kilobytes.parse().unwrap()
}

/// Asks once with each of these numbers, and says how many passed.
async fn flood(
    engine: Entitlements,
    gate: Require,
    numbers: Range<u64>,
    request: fn(u64) -> Request<()>,
) -> u64 {
    let mut service = ServiceBuilder::new()
        .layer(EntitlementsLayer::new(engine))
        .layer(gate)
        .service(service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(String::new()))
        }));
    let mut passed = 0;
    for number in numbers {
        let response = service.ready().await.unwrap().call(request(number)).await;
        passed += u64::from(response.unwrap().status() == 200);
    }
    passed
}

fn from_network(number: u64) -> Request<()> {
    let address = Ipv6Addr::from_bits((0x2001 << 112) | (u128::from(number) << 64));
    let mut request = Request::new(());
    let peer = PeerAddress(SocketAddr::new(address.into(), 4000));
    request.extensions_mut().insert(peer);
    request
}

fn with_key(number: u64) -> Request<()> {
    let mut request = Request::new(());
    let key = ApiKeyId::new(format!("key_{number}"));
    request.extensions_mut().insert(key);
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn q10_ever_new_keys_at_a_gate_leave_memory_where_the_cap_says() {
    let builder = Entitlements::builder()
        .catalog(Arc::new(Catalog::from_toml(CATALOG).unwrap()))
        .clock(Arc::new(ManualClock::at(NOW)) as _)
        .rate_places(PLACES);
    let (engine, _upkeep) = builder.build().await.unwrap();
    // Nothing is full again while this runs, so that every key that passes needs a place.
    let login = || RateLimit::fixed(FixedRate::new("login", 1, Duration::from_secs(86_400)));
    let by_address = login().by(RateKey::client_address());
    let by_key = login().by(RateKey::api_key());
    // Whatever the first of all makes is there.
    flood(
        engine.clone(),
        by_address.clone(),
        KEYS..KEYS + 1,
        from_network,
    )
    .await;
    let before = peak_kilobytes();
    let floods = [
        tokio::spawn(flood(engine.clone(), by_address, 0..KEYS / 2, from_network)),
        tokio::spawn(flood(engine.clone(), by_key, 0..KEYS / 2, with_key)),
    ];
    let mut passed = 0;
    for flood in floods {
        passed += flood.await.unwrap();
    }
    let more = peak_kilobytes() - before;
    assert!(more <= MOST_KILOBYTES, "{more} KB more");
    // Each of them has a place; of places there are five for three keys, and before a place counts for all that come to it, one loses it.
    let places = PLACES as u64;
    assert!((places..3 * places).contains(&passed), "{passed} passed");
}
