use std::task::{Context, Waker};
use std::time::Duration;

use entitlements_core::testing::NOW;
use entitlements_core::usage::Renewed;
use entitlements_core::{AccountId, Timestamp, Upkeep};

use crate::{code, engine, used};

const SECOND: Duration = Duration::from_secs(1);

/// Lets the upkeep do what there is to do now.
fn run(upkeep: &mut std::pin::Pin<&mut Upkeep>) {
    for _ in 0..8 {
        let polled = upkeep
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "the engine is there");
    }
}

#[tokio::test]
async fn u11_a_lease_holds_until_its_time_and_lapses_by_itself() {
    let (engine, _upkeep, clock) = engine(|builder| builder).await;
    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    nodes.lease("one").await.unwrap().leave();
    assert_eq!(used(&nodes).await, 1);
    assert_eq!(code(nodes.lease("two").await), "LIMIT_EXCEEDED");
    clock.advance(90 * SECOND - Duration::from_micros(1));
    assert_eq!(code(nodes.lease("two").await), "LIMIT_EXCEEDED");
    clock.advance(Duration::from_micros(1));
    assert_eq!(used(&nodes).await, 0);
    nodes.lease("two").await.unwrap().leave();
}

#[tokio::test]
async fn u11_a_holder_that_asks_again_renews() {
    let (engine, _upkeep, clock) = engine(|builder| builder).await;
    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    for _ in 0..5 {
        nodes.lease("one").await.unwrap().leave();
        clock.advance(60 * SECOND);
    }
    assert_eq!(used(&nodes).await, 1);
    assert_eq!(nodes.renew("one").await.unwrap(), Renewed::Held);
    clock.advance(89 * SECOND);
    assert_eq!(code(nodes.lease("two").await), "LIMIT_EXCEEDED");
    clock.advance(SECOND);
    assert_eq!(nodes.renew("one").await.unwrap(), Renewed::Lapsed);
    nodes.lease("two").await.unwrap().leave();
    nodes.end("two").await.unwrap();
    nodes.end("two").await.unwrap();
    nodes.lease("three").await.unwrap().leave();
}

#[tokio::test]
async fn a_guard_ends_its_lease_when_the_last_of_it_is_dropped() {
    let (engine, _upkeep, _) = engine(|builder| builder).await;
    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    let lease = nodes.lease("one").await.unwrap();
    let clone = lease.clone();
    drop(lease);
    assert_eq!(used(&nodes).await, 1);
    assert_eq!(clone.holder(), "one");
    drop(clone);
    assert_eq!(used(&nodes).await, 0);
    // One that was denied ends nothing.
    let held = nodes.lease("one").await.unwrap();
    assert!(nodes.lease("two").await.is_err());
    assert_eq!(used(&nodes).await, 1);
    drop(held);
}

/// Whoever renews by leasing again, and forgets the older guard, still holds it.
#[tokio::test]
async fn u11_guards_under_one_name_hold_one_lease() {
    let (engine, _upkeep, clock) = engine(|builder| builder).await;
    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    let mut lease = nodes.lease("one").await.unwrap();
    for _ in 0..3 {
        clock.advance(60 * SECOND);
        let again = nodes.lease("one").await.unwrap();
        drop(std::mem::replace(&mut lease, again));
        assert_eq!(code(nodes.lease("two").await), "LIMIT_EXCEEDED");
    }
    // What another account or limit has under that name is another's.
    let other = engine.limit(&AccountId::new("other"), "nodes");
    drop(other.lease("one").await.unwrap());
    assert_eq!((used(&nodes).await, used(&other).await), (1, 0));
    let clone = lease.clone();
    lease.leave();
    let held = nodes.lease("one").await.unwrap();
    drop(clone);
    assert_eq!(used(&nodes).await, 1, "what is left is nobody's to share");
    drop(held);
    assert_eq!(used(&nodes).await, 0);
}

#[tokio::test]
async fn u11_the_upkeep_renews_what_guards_hold_for_as_long_as_they_do() {
    let (engine, upkeep, clock) = engine(|builder| builder).await;
    let mut upkeep = std::pin::pin!(upkeep);
    run(&mut upkeep);
    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    let held = nodes.lease("one").await.unwrap();
    run(&mut upkeep);
    for _ in 0..20 {
        clock.advance(30 * SECOND);
        run(&mut upkeep);
        assert_eq!(used(&nodes).await, 1);
    }
    drop(held);
    assert_eq!(used(&nodes).await, 0);
    let left = nodes.lease("two").await.unwrap();
    left.leave();
    for _ in 0..3 {
        clock.advance(30 * SECOND);
        run(&mut upkeep);
    }
    assert_eq!(
        used(&nodes).await,
        0,
        "one that is left is renewed by its holder"
    );
}

/// A machine that booted in the wrong year and was put right holds no lease for ten years, and gives none up early.
#[tokio::test]
async fn u15_a_clock_that_is_set_neither_prolongs_nor_ends_a_lease() {
    let (engine, _upkeep, clock) = engine(|builder| builder).await;
    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    for wrong in [NOW.saturating_add_days(3650), Timestamp::UNIX_EPOCH] {
        clock.set(wrong);
        nodes.lease("one").await.unwrap().leave();
        clock.set(NOW);
        clock.advance(89 * SECOND);
        assert_eq!(code(nodes.lease("two").await), "LIMIT_EXCEEDED", "{wrong}");
        clock.advance(SECOND);
        assert_eq!(used(&nodes).await, 0, "{wrong}");
    }
}
