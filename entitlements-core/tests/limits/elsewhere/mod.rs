//! A store that answers later, or fails, or never answers: what dropped guards leave to be done is done by the upkeep.

mod store;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use entitlements_core::adapter::{Admission, Gate};
use entitlements_core::testing::TestRequest;
use entitlements_core::{AccountId, AccountLimit, Denial, Requirement, Timestamp, Upkeep};
use tokio::task::yield_now;

use crate::{code, engine, used};
use store::{Elsewhere, Mood};

/// A request for the one account.
fn post() -> TestRequest {
    TestRequest::new("POST", "/")
}

/// Lets the upkeep do what there is to do now.
async fn run(upkeep: &mut Pin<&mut Upkeep>) {
    for _ in 0..8 {
        let polled = upkeep
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "the engine is there");
        yield_now().await;
    }
}

#[tokio::test]
async fn what_guards_could_not_wait_for_is_done_by_the_upkeep() {
    let (engine, upkeep, _) = engine(|builder| builder.usage(Elsewhere::default())).await;
    let mut upkeep = pin!(upkeep);
    let users = engine.limit(&AccountId::LOCAL, "users");
    users.reserve(1).await.unwrap().confirm().await.unwrap();
    let lost: Vec<_> = [users.reserve(1).await, users.reserve(1).await].into();
    assert_eq!(code(users.reserve(1).await), "LIMIT_EXCEEDED");
    drop(lost);
    run(&mut upkeep).await;
    assert_eq!(used(&users).await, 1);
    users.reserve(2).await.unwrap().confirm().await.unwrap();

    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    drop(nodes.lease("one").await.unwrap());
    run(&mut upkeep).await;
    drop(nodes.lease("two").await.unwrap());
}

/// A handler that returns a denial says so with `?`.
#[tokio::test]
async fn guards_deny_where_the_store_cannot_be_asked() {
    async fn create(users: &AccountLimit, store: &Elsewhere) -> Result<(), Denial> {
        let room = users.reserve(1).await?;
        store.is(Mood::Fails);
        room.confirm().await?;
        Ok(())
    }
    let store = Elsewhere::default();
    let (engine, _upkeep, _) = engine(|builder| builder.usage(store.clone())).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    let denial = create(&users, &store).await.unwrap_err();
    assert_eq!(
        (denial.status(), denial.code()),
        (503, "ENTITLEMENTS_UNAVAILABLE")
    );
    store.is(Mood::Answers);
    let lease = engine.limit(&AccountId::LOCAL, "nodes").lease("one").await;
    let lease = lease.unwrap();
    store.is(Mood::Fails);
    assert_eq!(code(lease.renew().await), "ENTITLEMENTS_UNAVAILABLE");
}

/// Without an upkeep, a confirming that nobody waits for has counted or not; the reservation lapses in any case.
#[tokio::test]
async fn a_dropped_confirming_leaves_nothing_reserved_for_ever() {
    let (engine, _upkeep, clock) = engine(|builder| builder.usage(Elsewhere::default())).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    drop(users.reserve(3).await.unwrap().confirm());
    assert_eq!(code(users.reserve(1).await), "LIMIT_EXCEEDED");
    clock.advance(Duration::from_secs(300));
    drop(users.reserve(3).await.unwrap());
}

/// Else whoever hangs up at the right moment has what is never counted.
#[tokio::test]
async fn u8_what_succeeded_is_counted_though_nobody_waits_for_it() {
    let (engine, upkeep, clock) = engine(|builder| builder.usage(Elsewhere::default())).await;
    let mut upkeep = pin!(upkeep);
    let users = engine.limit(&AccountId::LOCAL, "users");
    for polls in 0..3 {
        let mut confirming = users.reserve(1).await.unwrap().confirm();
        for _ in 0..polls {
            let _ = Pin::new(&mut confirming).poll(&mut Context::from_waker(Waker::noop()));
        }
        drop(confirming);
        run(&mut upkeep).await;
        assert_eq!(used(&users).await, polls + 1);
    }
    clock.advance(Duration::from_secs(300));
    assert_eq!(code(users.reserve(1).await), "LIMIT_EXCEEDED");
}

/// A heartbeat that fails, or is given up, leaves the lease to its time.
#[tokio::test]
async fn u11_a_renewal_that_fails_or_is_not_waited_for_ends_nothing() {
    let store = Elsewhere::default();
    let (engine, upkeep, _) = engine(|builder| builder.usage(store.clone())).await;
    let mut upkeep = pin!(upkeep);
    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    nodes.lease("one").await.unwrap().leave();
    store.is(Mood::Fails);
    assert_eq!(code(nodes.lease("one").await), "ENTITLEMENTS_UNAVAILABLE");
    store.is(Mood::Answers);
    run(&mut upkeep).await;
    assert_eq!(used(&nodes).await, 1, "it failed");
    let mut renewing = Box::pin(nodes.lease("one"));
    let polled = renewing
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    drop(renewing);
    run(&mut upkeep).await;
    assert_eq!(used(&nodes).await, 1, "it was dropped");
}

/// One question that the store does not answer is not waited for with others.
#[tokio::test]
async fn what_is_never_answered_is_in_nobodys_way() {
    let store = Elsewhere::default();
    let (engine, upkeep, clock) = engine(|builder| builder.usage(store.clone())).await;
    let mut upkeep = pin!(upkeep);
    let users = engine.limit(&AccountId::LOCAL, "users");
    let [first, second] = [users.reserve(1).await, users.reserve(1).await];
    store.is(Mood::NeverAnswers);
    drop(first);
    run(&mut upkeep).await;
    store.is(Mood::Answers);
    drop(second);
    run(&mut upkeep).await;
    drop(users.reserve(2).await.expect("the second is released"));

    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    let held = nodes.lease("one").await.unwrap();
    run(&mut upkeep).await;
    for mood in [Mood::NeverAnswers, Mood::Answers, Mood::Answers] {
        store.is(mood);
        clock.advance(Duration::from_secs(30));
        run(&mut upkeep).await;
    }
    store.is(Mood::Answers);
    clock.advance(Duration::from_secs(30));
    assert_eq!(used(&nodes).await, 1, "it is renewed again");
    drop(held);
    run(&mut upkeep).await;
    assert_eq!(used(&nodes).await, 0);
}

/// Leases of accounts that never return do not stay in memory for ever.
#[tokio::test]
async fn the_upkeep_sweeps_what_has_lapsed_about_once_an_hour() {
    let store = Elsewhere::default();
    let (engine, upkeep, clock) = engine(|builder| builder.usage(store.clone())).await;
    let mut upkeep = pin!(upkeep);
    run(&mut upkeep).await;
    for account in ["one", "two"] {
        let nodes = engine.limit(&AccountId::new(account), "nodes");
        nodes.lease("node").await.unwrap().leave();
    }
    clock.advance(Duration::from_secs(59 * 60));
    run(&mut upkeep).await;
    assert_eq!(store.memory.accounts(), 2, "lapsed, and not looked at");
    clock.advance(Duration::from_secs(60));
    run(&mut upkeep).await;
    assert_eq!(store.memory.accounts(), 0);
    // A wall clock that is set does not put it off.
    let nodes = engine.limit(&AccountId::new("one"), "nodes");
    nodes.lease("node").await.unwrap().leave();
    clock.set(Timestamp::UNIX_EPOCH);
    clock.advance(Duration::from_secs(60 * 60));
    run(&mut upkeep).await;
    assert_eq!(store.memory.accounts(), 0);
}

/// A store with a mistake in it must not end what else the upkeep does.
#[tokio::test]
async fn a_store_that_panics_does_not_end_the_upkeep() {
    let store = Elsewhere::default();
    let (engine, upkeep, clock) = engine(|builder| builder.usage(store.clone())).await;
    let mut upkeep = pin!(upkeep);
    let users = engine.limit(&AccountId::LOCAL, "users");
    let [first, second] = [users.reserve(1).await, users.reserve(1).await];
    let nodes = engine.limit(&AccountId::LOCAL, "nodes");
    let held = nodes.lease("one").await.unwrap();
    run(&mut upkeep).await;
    store.is(Mood::Panics);
    drop(first);
    clock.advance(Duration::from_secs(30));
    run(&mut upkeep).await;
    store.is(Mood::Answers);
    drop(second);
    run(&mut upkeep).await;
    drop(users.reserve(2).await.expect("the second is released"));
    for _ in 0..4 {
        clock.advance(Duration::from_secs(30));
        run(&mut upkeep).await;
    }
    assert_eq!(used(&nodes).await, 1, "it is renewed again");
    drop(held);
}

/// Where nobody runs the upkeep, requests that fail do not fill the memory.
#[tokio::test]
async fn what_nobody_does_is_not_kept_for_ever() {
    let store = Elsewhere::default();
    let (engine, _upkeep, _) = engine(|builder| builder.usage(store.clone())).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    for _ in 0..20_000 {
        // Whoever waits for nothing always fits.
        drop(users.reserve(0).await.unwrap());
    }
    let kept = Arc::strong_count(&store.memory);
    assert!(kept < 17_000, "{kept} are kept");
}

/// Room that was found for whoever went away meanwhile is others' as soon as the store has answered.
#[tokio::test]
async fn u8_what_is_found_for_nobody_is_released() {
    let (engine, upkeep, _) = engine(|builder| builder.usage(Elsewhere::default())).await;
    let mut upkeep = pin!(upkeep);
    let users = engine.limit(&AccountId::LOCAL, "users");
    for polls in 0..3 {
        let mut reserving = Box::pin(users.reserve(3));
        for _ in 0..polls {
            let _ = reserving
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
        }
        drop(reserving);
        run(&mut upkeep).await;
        drop(users.reserve(3).await.expect("there is room"));
        run(&mut upkeep).await;
    }
    let gate = Gate::on(Requirement::lease("nodes"), &engine).unwrap();
    for polls in 0..3 {
        let Admission::Later(mut admission) = gate.admit(None, &post()) else {
            panic!("the store answers later");
        };
        for _ in 0..polls {
            let _ = admission
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
        }
        drop(admission);
        run(&mut upkeep).await;
        let nodes = engine.limit(&AccountId::LOCAL, "nodes");
        assert_eq!(used(&nodes).await, 0, "after {polls} polls");
    }
}

/// What nobody does any more keeps nothing alive.
#[tokio::test]
async fn an_engine_that_is_gone_leaves_nothing_behind() {
    let store = Elsewhere::default();
    let memory = Arc::downgrade(&store.memory);
    let (engine, upkeep, _) = engine(|builder| builder.usage(store)).await;
    let users = engine.limit(&AccountId::LOCAL, "users");
    let gate = Gate::on(Requirement::lease("nodes"), &engine).unwrap();
    for polls in 0..2 {
        let held = users.reserve(1).await;
        let mut reserving = Box::pin(users.reserve(1));
        let Admission::Later(mut leasing) = gate.admit(None, &post()) else {
            panic!("the store answers later");
        };
        for _ in 0..polls {
            let mut context = Context::from_waker(Waker::noop());
            assert!(reserving.as_mut().poll(&mut context).is_pending());
            assert!(leasing.as_mut().poll(&mut context).is_pending());
        }
        drop((held, reserving, leasing));
    }
    drop((engine, users, gate, upkeep));
    assert!(memory.upgrade().is_none());
}
