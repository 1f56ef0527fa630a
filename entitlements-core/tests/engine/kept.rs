//! What a thread keeps of its last reading: never the answer of another engine, never in the way of an engine's end.

use std::cell::RefCell;
use std::thread;

use entitlements_core::testing::{self, NOW, TestEngine};
use entitlements_core::{Clock, Current, Requirement, Timestamp};

use crate::block_on;

#[test]
fn engines_that_take_turns_on_one_thread_answer_for_themselves() {
    let plans = ["community", "business", "enterprise"];
    let engines: Vec<_> = (0..24)
        .map(|index| testing::on_plan(testing::catalog(), plans[index % 3]))
        .collect();
    let audit = Requirement::feature("audit");
    for _ in 0..50 {
        for (index, engine) in engines.iter().enumerate() {
            let current = engine.current();
            assert_eq!(current.plan_in_force().name(), plans[index % 3]);
            assert!(current.is_of(engine.entitlements()));
            assert_eq!(current.require(&audit).is_ok(), index % 3 == 2);
        }
    }
}

/// Engines come and go at the same place in memory; a number, not an address, tells their states apart.
#[test]
fn an_engine_in_the_place_of_one_that_is_gone_is_another_one() {
    let catalog = testing::catalog();
    for round in 0..200 {
        let plan = if round % 2 == 0 {
            "community"
        } else {
            "business"
        };
        let engine = testing::on_plan(catalog.clone(), plan);
        assert_eq!(engine.current().plan_in_force().name(), plan);
    }
}

#[test]
fn what_a_request_holds_outlives_the_engine_and_says_so() {
    let engine = testing::on_plan(testing::catalog(), "business");
    let current = engine.current();
    let again = current.entitlements().unwrap();
    assert!(current.is_of(&again));
    drop((engine, again));
    assert!(current.entitlements().is_none());
    assert!(current.has("sso"));
    assert_eq!(current.now(), NOW);
    // Another engine must not be taken for the one that is gone, even where it gets its memory.
    let others: Vec<_> = (0..32)
        .map(|_| testing::on_plan(testing::catalog(), "community"))
        .collect();
    assert!(others.iter().all(|other| !current.is_of(other)));
}

#[test]
fn a_reading_does_not_keep_an_engine_alive() {
    let engine = testing::on_plan(testing::catalog(), "business");
    let current = engine.current();
    // This thread keeps the state; the engine goes all the same.
    drop(engine);
    assert!(current.entitlements().is_none());
}

/// Reads from an engine while its thread ends, after what the thread kept was dropped, or before.
struct ReadsAtTheEnd(RefCell<Option<TestEngine>>);

impl Drop for ReadsAtTheEnd {
    fn drop(&mut self) {
        if let Some(engine) = self.0.take() {
            assert!(engine.current().has("sso"));
            block_on(engine.revalidate());
            assert!(engine.current().has("sso"));
        }
    }
}

thread_local! {
    static BEFORE: ReadsAtTheEnd = const { ReadsAtTheEnd(RefCell::new(None)) };
    static AFTER: ReadsAtTheEnd = const { ReadsAtTheEnd(RefCell::new(None)) };
}

#[test]
fn a_thread_that_is_ending_still_reads() {
    let business = || Some(testing::on_plan(testing::catalog(), "business"));
    let ended = thread::spawn(move || {
        BEFORE.with(|kept| *kept.0.borrow_mut() = business());
        // The first reading of this thread, between the two.
        let _ = business().unwrap().current();
        AFTER.with(|kept| *kept.0.borrow_mut() = business());
    });
    ended.join().unwrap();
}

/// A clock that itself asks an engine, as one that logs or counts might: a reading inside a reading.
#[derive(Debug)]
struct NosyClock {
    asks: TestEngine,
}

impl Clock for NosyClock {
    fn now(&self) -> Timestamp {
        assert!(self.asks.current().has("sso"));
        NOW
    }

    fn monotonic(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn sleep_until(&self, _: Timestamp) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn a_reading_inside_a_reading_is_answered() {
    let clock = NosyClock {
        asks: testing::on_plan(testing::catalog(), "business"),
    };
    let outer = entitlements_core::Entitlements::builder()
        .catalog(testing::catalog())
        .environment(entitlements_core::Environment::of::<String, String>([]))
        .clock(std::sync::Arc::new(clock));
    let (outer, _upkeep) = block_on(outer.build()).unwrap();
    for _ in 0..100 {
        let current: Current = outer.current();
        assert!(!current.has("sso"));
    }
}
