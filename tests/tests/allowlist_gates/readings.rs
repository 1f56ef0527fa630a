//! Who reads a list when, and what the others go by meanwhile (W13).

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use entitlements_core::allowlist::{AllowlistChange, AllowlistStore, ChangedBy};
use entitlements_core::testing::{self, ManualClock, TestRequest};
use entitlements_core::{
    AccountId, Admission, Callers, Clock, Entitlements, Gate, OnUnavailable, Requirement,
};

use crate::store::Held;
use crate::{add, engine};

const INSIDE: &str = "192.0.2.7";
const OUTSIDE: &str = "198.51.100.9";

/// What a request is answered at once; `None` where it waits.
fn answered(admission: &mut Admission) -> Option<Result<(), &'static str>> {
    loop {
        match admission {
            Admission::Pass | Admission::Rated(_) | Admission::Hold(_) => return Some(Ok(())),
            Admission::Deny(denial) => return Some(Err(denial.code())),
            Admission::Later(later) => {
                let mut cx = Context::from_waker(Waker::noop());
                match later.as_mut().poll(&mut cx) {
                    Poll::Ready(next) => *admission = next,
                    Poll::Pending => return None,
                }
            }
        }
    }
}

struct Asked {
    store: Held,
    clock: Arc<ManualClock>,
    engine: Entitlements,
    callers: Callers,
    gate: Gate,
}

impl Asked {
    async fn new() -> Self {
        let (store, clock) = (Held::default(), Arc::new(ManualClock::at(testing::NOW)));
        let engine = engine(store.clone(), &clock).await;
        add(&engine, "192.0.2.0/24").await;
        Self {
            store,
            clock,
            callers: Callers::new(engine.clone()),
            gate: Gate::new(Requirement::ip_allowlist()),
            engine,
        }
    }

    /// A request behind the engine's layer, or to a gate with an engine of its own.
    async fn request(&self, peer: &str, is_behind_layer: bool) -> Admission {
        let head = TestRequest::get("/").peer(peer);
        if is_behind_layer {
            let current = self.callers.current(&head).await.unwrap();
            self.gate.admit(Some(&current), &head)
        } else {
            let gate = self.gate.with_engine(&self.engine).unwrap();
            gate.admit(None, &head)
        }
    }

    async fn beside(&self, range: &str) {
        let add = AllowlistChange::add(range, "", "test", testing::NOW).unwrap();
        let by = ChangedBy::nobody();
        let lists = self.store.beside();
        lists.change(&AccountId::LOCAL, add, by).await.unwrap();
    }
}

#[tokio::test]
async fn w13_one_request_reads_again_and_the_others_go_on() {
    for is_behind_layer in [true, false] {
        let asked = Asked::new().await;
        let before = asked.store.reads();
        for _ in 0..50 {
            let mut request = asked.request(INSIDE, is_behind_layer).await;
            assert_eq!(answered(&mut request), Some(Ok(())));
        }
        assert_eq!(
            asked.store.reads(),
            before,
            "what was changed here is known"
        );

        asked.clock.advance(Duration::from_millis(1001));
        asked.store.waits(true);
        asked.beside("198.51.100.0/24").await;
        let mut first = asked.request(OUTSIDE, is_behind_layer).await;
        assert_eq!(answered(&mut first), None, "the first asks the store");
        for _ in 0..50 {
            let mut request = asked.request(OUTSIDE, is_behind_layer).await;
            assert_eq!(answered(&mut request), Some(Err("IP_NOT_ALLOWED")));
            let mut request = asked.request(INSIDE, is_behind_layer).await;
            assert_eq!(answered(&mut request), Some(Ok(())));
        }
        assert_eq!(asked.store.reads(), before + 1, "nobody else does");

        asked.store.answer(0);
        assert_eq!(answered(&mut first), Some(Ok(())));
        let mut next = asked.request(OUTSIDE, is_behind_layer).await;
        assert_eq!(answered(&mut next), Some(Ok(())), "then all know it");
    }
}

#[tokio::test]
async fn w13_where_the_one_that_reads_does_not_come_back_the_others_read_after_two_seconds() {
    let asked = Asked::new().await;
    let before = asked.store.reads();
    asked.clock.advance(Duration::from_millis(1500));
    asked.store.waits(true);
    let mut first = asked.request(INSIDE, true).await;
    assert_eq!(answered(&mut first), None);
    asked.clock.advance(Duration::from_millis(500));
    let mut others = asked.request(INSIDE, true).await;
    assert_eq!(answered(&mut others), Some(Ok(())));
    asked.clock.advance(Duration::from_millis(1));
    let mut late = asked.request(INSIDE, true).await;
    assert_eq!(answered(&mut late), None, "nobody goes by it for longer");
    assert_eq!(asked.store.reads(), before + 2);
    // The client of the first went away.
    drop(first);
    asked.store.answer(1);
    assert_eq!(answered(&mut late), Some(Ok(())));
}

#[tokio::test]
async fn a_store_that_fails_is_no_empty_list() {
    let asked = Asked::new().await;
    asked.store.fails(true);
    asked.clock.advance(Duration::from_millis(1500));
    // What the others go by is good enough for the one that asked in vain.
    let mut first = asked.request(OUTSIDE, true).await;
    assert_eq!(answered(&mut first), Some(Err("IP_NOT_ALLOWED")));
    asked.clock.advance(Duration::from_secs(1));
    for peer in [INSIDE, OUTSIDE] {
        for is_behind_layer in [true, false] {
            let mut request = asked.request(peer, is_behind_layer).await;
            assert_eq!(
                answered(&mut request),
                Some(Err("ENTITLEMENTS_UNAVAILABLE")),
                "{peer} {is_behind_layer}"
            );
        }
    }
    asked.store.fails(false);
    let mut request = asked.request(INSIDE, true).await;
    assert_eq!(answered(&mut request), Some(Ok(())));
    let mut request = asked.request(OUTSIDE, true).await;
    assert_eq!(answered(&mut request), Some(Err("IP_NOT_ALLOWED")));
}

/// A change that is under way is not judged by what was there before, nor is it after a failure.
#[tokio::test]
async fn while_a_change_is_made_the_store_alone_knows() {
    let mut asked = Asked::new().await;
    asked.gate = asked
        .gate
        .on_unavailable(OnUnavailable::LastKnown(Duration::from_secs(60)));
    asked.store.waits(true);
    let changing = asked.engine.clone();
    let change = tokio::spawn(async move { add(&changing, "198.51.100.0/24").await });
    tokio::task::yield_now().await;
    asked.store.waits(false);
    asked.store.fails(true);
    let mut during = asked.request(INSIDE, true).await;
    assert_eq!(answered(&mut during), Some(Err("ENTITLEMENTS_UNAVAILABLE")));
    asked.store.answer(0);
    change.await.unwrap();
    for peer in [INSIDE, OUTSIDE] {
        let mut after = asked.request(peer, true).await;
        assert_eq!(answered(&mut after), Some(Ok(())), "{peer}");
    }
}

/// The store makes one change after the other, and its answers overtake each other.
#[tokio::test]
async fn answers_of_changes_that_overtake_each_other_bring_nothing_back() {
    for first in [0, 1] {
        let asked = Asked::new().await;
        asked.store.waits(true);
        let mut changes = Vec::new();
        for range in ["198.51.100.0/24", "203.0.113.0/24"] {
            let engine = asked.engine.clone();
            changes.push(tokio::spawn(async move { add(&engine, range).await }));
            tokio::task::yield_now().await;
        }
        asked.store.waits(false);
        asked.store.answer(first);
        tokio::task::yield_now().await;
        asked.store.answer(0);
        for change in changes {
            change.await.unwrap();
        }
        for peer in [INSIDE, OUTSIDE, "203.0.113.9"] {
            let mut request = asked.request(peer, true).await;
            assert_eq!(
                answered(&mut request),
                Some(Ok(())),
                "{peer}, {first} first"
            );
        }
    }
}

/// What was asked for before a change comes back after it: that request may be judged by it, and no other is.
#[tokio::test]
async fn a_reading_that_a_change_overtakes_is_not_remembered() {
    let asked = Asked::new().await;
    asked.clock.advance(Duration::from_secs(3));
    asked.store.waits(true);
    let mut slow = asked.request(OUTSIDE, true).await;
    assert_eq!(answered(&mut slow), None);
    asked.store.waits(false);
    add(&asked.engine, "198.51.100.0/24").await;
    asked.store.answer(0);
    assert!(answered(&mut slow).is_some());
    let mut next = asked.request(OUTSIDE, true).await;
    assert_eq!(answered(&mut next), Some(Ok(())));
}

/// The time that licenses are judged by stands still while a clock that was set back is behind it (T1); what is known of lists ages all the
/// same.
#[tokio::test]
async fn w13_a_clock_that_was_set_back_keeps_no_list() {
    let (store, clock) = (Held::default(), Arc::new(ManualClock::at(testing::NOW)));
    let (engine, upkeep) = crate::engine_with_upkeep(store.clone(), &clock).await;
    let _upkeep = tokio::spawn(upkeep);
    for _ in 0..70 {
        clock.advance(Duration::from_secs(60));
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    clock.set(clock.now().saturating_sub(Duration::from_secs(1800)));
    assert!(engine.now() > clock.now(), "the engine knows better");
    let asked = Asked {
        callers: Callers::new(engine.clone()),
        gate: Gate::new(Requirement::ip_allowlist()),
        store,
        clock,
        engine,
    };
    asked.beside("192.0.2.0/24").await;
    let mut request = asked.request(INSIDE, true).await;
    assert_eq!(answered(&mut request), Some(Ok(())));
    asked.beside("198.51.100.0/24").await;
    asked.clock.advance(Duration::from_millis(2001));
    let mut request = asked.request(OUTSIDE, true).await;
    assert_eq!(answered(&mut request), Some(Ok(())), "it was read again");
}
