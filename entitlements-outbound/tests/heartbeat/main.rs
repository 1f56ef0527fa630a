//! The heartbeat over real sockets, with a clock that is moved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "helpers of tests, of which others use more"
)]

#[path = "../webhook/receiver.rs"]
mod receiver;

use std::sync::Arc;
use std::time::Duration;

use entitlements_core::testing::{self, ManualClock};
use entitlements_outbound::heartbeat::{
    Beat, ClusterId, Heartbeat, HeartbeatBuilder, HeartbeatError, license_fingerprint,
};
use receiver::{Receiver, status};

const HOUR: Duration = Duration::from_secs(3600);

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2027-01-31T12:00:00Z".parse().unwrap()))
}

fn builder(url: impl Into<String>, clock: &Arc<ManualClock>) -> HeartbeatBuilder {
    let clock: Arc<ManualClock> = Arc::clone(clock);
    Heartbeat::to(url, ClusterId::of_deployment("acme-prod"))
        .product("Acme Panel", "1.4.2")
        .clock(clock)
}

#[tokio::test]
async fn it_beats_within_an_hour_and_then_about_once_a_day_with_what_the_preview_shows() {
    let mut receiver = Receiver::answering(vec![status(500), status(302)]).await;
    let clock = clock();
    let nodes = Arc::new(std::sync::atomic::AtomicU32::new(1));
    let count = Arc::clone(&nodes);
    let (heartbeat, worker) = builder(receiver.url(), &clock)
        .license_ids(|| vec!["lic_1".to_owned()])
        .nodes(move || count.fetch_add(0, std::sync::atomic::Ordering::SeqCst))
        .features_used(|| vec!["sso".to_owned(), "audit".to_owned(), "sso".to_owned()])
        .build()
        .unwrap();
    let worker = tokio::spawn(worker);
    settle().await;
    assert_eq!(receiver.left(), 0, "not at once");
    clock.advance(HOUR);
    for day in 1..4 {
        let came = receiver.next().await;
        assert_eq!(came.method, "POST");
        assert_eq!(came.body, heartbeat.preview());
        let beat = Beat::read(&came.body).unwrap();
        assert_eq!((beat.nodes(), beat.product()), (day, "Acme Panel"));
        assert_eq!(beat.licenses(), [license_fingerprint("lic_1")]);
        assert_eq!(beat.features(), ["audit", "sso"]);
        let names: Vec<_> = came
            .headers
            .keys()
            .map(|name| name.as_str().to_owned())
            .collect();
        assert_eq!(
            names,
            ["host", "user-agent", "content-type", "content-length"]
        );
        nodes.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        // Its answer is taken in before the next wait begins.
        settle().await;
        clock.advance(HOUR * 21);
        settle().await;
        assert_eq!(receiver.left(), 0, "not before its day");
        clock.advance(HOUR * 6);
    }
    // Turned off.
    drop(heartbeat);
    worker.await.unwrap();
}

/// Lets everything run that can.
async fn settle() {
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_engine_says_which_licenses_are_in_force() {
    let engine = testing::with_license(testing::catalog(), |draft| draft.plan("enterprise"));
    let (heartbeat, _worker) = Heartbeat::to("http://localhost:9/", ClusterId::of_deployment("x"))
        .product("Acme Panel", "1.4.2")
        .of(engine.entitlements())
        .build()
        .unwrap();
    let id = engine.entitlements().current().set().licenses()[0]
        .id
        .clone()
        .unwrap();
    let beat = Beat::read(heartbeat.preview().as_bytes()).unwrap();
    assert_eq!(beat.licenses(), [license_fingerprint(&id)]);
    engine.clock().advance_days(36_500);
    let beat = Beat::read(heartbeat.preview().as_bytes()).unwrap();
    assert!(beat.licenses().is_empty());
}

#[tokio::test]
async fn nothing_is_built_without_a_good_url_and_a_product() {
    let clock = clock();
    let refused = builder("http://beats.example/", &clock)
        .build()
        .unwrap_err();
    assert!(matches!(refused, HeartbeatError::Url(_)));
    let cluster = ClusterId::of_deployment("x");
    let refused = Heartbeat::to("http://localhost/", cluster)
        .build()
        .unwrap_err();
    assert_eq!(refused, HeartbeatError::Product);
}
