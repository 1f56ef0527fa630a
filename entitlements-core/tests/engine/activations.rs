//! Parallel changes of what is held end in one state, the one that the last of them left.

use std::sync::Barrier;
use std::thread;

use entitlements_core::testing::{self, TestEngine};
use entitlements_core::{DeactivateError, Limit};

use crate::block_on;

const THREADS: usize = 64;

/// Runs `work` on many threads that start together.
fn at_once(work: impl Fn(usize) + Sync) {
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        for index in 0..THREADS {
            let (work, start) = (&work, &start);
            scope.spawn(move || {
                start.wait();
                work(index);
            });
        }
    });
}

fn unlicensed() -> TestEngine {
    testing::without_license(testing::catalog())
}

#[test]
fn one_key_activated_by_many_at_once_is_held_once() {
    let engine = unlicensed();
    let key = engine.key(|draft| draft.plan("business").id("lic"));
    at_once(|_| {
        let entry = block_on(engine.activate(&key)).unwrap();
        assert_eq!(entry.id.as_deref(), Some("lic"));
        // What this caller did is there, whoever else is under way.
        assert!(engine.current().has("sso"));
    });
    assert_eq!(engine.current().licenses().len(), 1);
    block_on(engine.deactivate("lic")).unwrap();
    assert!(engine.current().licenses().is_empty());
}

#[test]
fn different_keys_activated_at_once_are_all_held() {
    let engine = unlicensed();
    let keys: Vec<_> = (0..THREADS)
        .map(|index| {
            engine.key(|draft| {
                let draft = draft.plan("business").id(format!("lic-{index}"));
                draft.limit("users", Limit::AtMost(100 + index as u64))
            })
        })
        .collect();
    at_once(|index| {
        block_on(engine.activate(&keys[index])).unwrap();
    });
    let current = engine.current();
    assert_eq!(current.licenses().len(), THREADS);
    assert_eq!(
        current.limit("users"),
        Limit::AtMost(100 + THREADS as u64 - 1)
    );
}

#[test]
fn keys_with_one_id_activated_at_once_leave_one_of_them() {
    let engine = unlicensed();
    let keys: Vec<_> = (0..THREADS as u64)
        .map(|users| {
            let limit = Limit::AtMost(100 + users);
            engine.key(|draft| draft.plan("business").id("lic").limit("users", limit))
        })
        .collect();
    at_once(|index| {
        block_on(engine.activate(&keys[index])).unwrap();
    });
    let current = engine.current();
    assert_eq!(current.licenses().len(), 1);
    assert!(matches!(current.limit("users"), Limit::AtMost(100..164)));
}

#[test]
fn activations_against_deactivations_end_in_what_the_engine_says() {
    let engine = unlicensed();
    let key = engine.key(|draft| draft.plan("business").id("lic"));
    at_once(|index| {
        if index % 2 == 0 {
            block_on(engine.activate(&key)).unwrap();
        } else {
            let removed = block_on(engine.deactivate("lic"));
            assert!(matches!(removed, Ok(_) | Err(DeactivateError::NotFound)));
        }
    });
    let current = engine.current();
    let held = current.licenses().len();
    assert!(held <= 1);
    assert_eq!(current.has("sso"), held == 1);
    // The keys under the lock say the same as the set that readers see.
    assert_eq!(block_on(engine.deactivate("lic")).is_ok(), held == 1);
    assert!(!engine.current().has("sso"));
}

#[test]
fn a_refused_key_leaves_the_working_one_untouched() {
    let engine = unlicensed();
    let good = engine.key(|draft| draft.plan("business").id("lic"));
    let forged = testing::TestVendor::new()
        .key(engine.catalog(), |draft| draft.plan("enterprise").id("lic"));
    block_on(engine.activate(&good)).unwrap();
    at_once(|_| {
        block_on(engine.activate(&forged)).unwrap_err();
        assert_eq!(engine.current().plan_in_force().name(), "business");
    });
}

#[test]
fn an_activation_that_is_dropped_before_it_ran_changed_nothing() {
    let engine = unlicensed();
    let key = engine.key(|draft| draft.plan("business").id("lic"));
    drop(engine.activate(&key));
    assert!(engine.current().licenses().is_empty());
    block_on(engine.activate(&key)).unwrap();
    drop(engine.deactivate("lic"));
    drop(engine.deactivate_all());
    assert!(engine.current().has("sso"));
    block_on(engine.deactivate_all()).unwrap();
    assert!(!engine.current().has("sso"));
}
