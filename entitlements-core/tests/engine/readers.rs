//! Threads that read while others change what is held: nobody sees a set that never was, nobody sees it late.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use entitlements_core::testing::{self, NOW, TestEngine};
use entitlements_core::{Current, Limit, Requirement};

use crate::block_on;

const READERS: usize = 4;
const ROUNDS: u64 = 150;

/// Tells all threads to stop: at the end, and when one of them fails, so that the others do not wait for it.
#[derive(Default)]
struct Stop(AtomicBool);

impl Stop {
    fn is_said(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Says it when this thread is done with its work, well or not.
    fn at_end(&self) -> StopAtEnd<'_> {
        StopAtEnd(self)
    }

    fn on_failure(&self) -> StopOnFailure<'_> {
        StopOnFailure(self)
    }
}

struct StopAtEnd<'a>(&'a Stop);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

struct StopOnFailure<'a>(&'a Stop);

impl Drop for StopOnFailure<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            drop(self.0.at_end());
        }
    }
}

/// The key of round `n`: it gives `n` users, so that a set tells which round it is of.
fn keys(engine: &TestEngine) -> Vec<String> {
    let key = |users: u64| {
        engine.key(|draft| {
            let draft = draft.plan("business").id("lic").grace_days(0);
            draft.limit("users", Limit::AtMost(1_000 + users))
        })
    };
    (0..16).map(key).collect()
}

/// What a set says must fit together: with the license all of it, without none of it.
fn is_of_one_piece(current: &Current) -> bool {
    let users = current.limit("users");
    if current.has("sso") {
        current.plan_in_force().name() == "business"
            && matches!(users, Limit::AtMost(1_000..=1_015))
            && current.licenses().len() == 1
    } else {
        current.plan_in_force().name() == "community" && users == Limit::AtMost(3)
    }
}

#[test]
fn readers_see_only_sets_that_existed_and_never_one_that_was_gone_before() {
    let engine = testing::without_license(testing::catalog());
    let keys = keys(&engine);
    let stop = Stop::default();
    // The last round that was over before anyone asked.
    let over = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                let sso = engine.bind(&Requirement::feature("sso")).unwrap();
                while !stop.is_said() {
                    let before = over.load(Ordering::Acquire);
                    let current = engine.current();
                    let after = over.load(Ordering::Acquire);
                    assert!(is_of_one_piece(&current), "{current:?}");
                    // Nobody changed anything meanwhile: this is the answer of that round and of no other.
                    if before == after && before > 0 && before.is_multiple_of(2) {
                        let round = before / 2;
                        let given = current.limit("users");
                        // The next round may be under way, and its key in use.
                        let expected =
                            [round, round + 1].map(|round| Limit::AtMost(1_000 + round % 16));
                        assert!(expected.contains(&given), "{given:?} in round {round}");
                    }
                    let facts = entitlements_core::decide::Facts::new("GET", current.now());
                    let _ = engine.decide(&sso, &facts);
                }
            });
        }
        let _stop = stop.at_end();
        for round in 1..=ROUNDS {
            block_on(engine.activate(&keys[(round % 16) as usize])).unwrap();
            over.store(round * 2, Ordering::Release);
            if round % 8 == 0 {
                over.store(round * 2 + 1, Ordering::Release);
                block_on(engine.deactivate("lic")).unwrap();
            }
        }
    });
}

/// Each thread has its own memory of what it read last; none of them may be asked before it looks again.
#[test]
fn after_an_activation_returned_every_thread_reads_it_next() {
    let engine = testing::without_license(testing::catalog());
    let keys = keys(&engine);
    let (round, seen) = (AtomicU64::new(0), AtomicU64::new(0));
    let stop = Stop::default();
    thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                let _failed = stop.on_failure();
                for expected in 1..=ROUNDS {
                    while round.load(Ordering::Acquire) < expected && !stop.is_said() {
                        // Reading all the time keeps this thread's memory warm, and old.
                        let _ = engine.current();
                        thread::yield_now();
                    }
                    let users = engine.current().limit("users");
                    assert_eq!(users, Limit::AtMost(1_000 + expected % 16));
                    seen.fetch_add(1, Ordering::AcqRel);
                }
            });
        }
        let _failed = stop.on_failure();
        for next in 1..=ROUNDS {
            block_on(engine.activate(&keys[(next % 16) as usize])).unwrap();
            round.store(next, Ordering::Release);
            while seen.load(Ordering::Acquire) < next * READERS as u64 && !stop.is_said() {
                thread::yield_now();
            }
        }
    });
}

#[test]
fn a_judging_under_way_never_brings_back_what_was_removed() {
    let engine = testing::without_license(testing::catalog());
    let key = engine.key(|draft| draft.plan("business").id("lic"));
    let stop = Stop::default();
    thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                while !stop.is_said() {
                    block_on(engine.revalidate());
                }
            });
        }
        let _stop = stop.at_end();
        for _ in 0..ROUNDS {
            block_on(engine.activate(&key)).unwrap();
            assert!(engine.current().has("sso"));
            block_on(engine.deactivate("lic")).unwrap();
            for _ in 0..4 {
                assert!(!engine.current().has("sso"));
                block_on(engine.revalidate());
                thread::yield_now();
            }
        }
    });
    assert!(engine.current().licenses().is_empty());
}

/// The clock goes over the boundary and back while threads read: each reading is judged by its own time.
#[test]
fn each_reading_is_judged_by_its_own_time_while_the_clock_is_moved() {
    let engine = testing::without_license(testing::catalog());
    let ends = NOW.saturating_add_days(10);
    let key = engine.key(|draft| draft.plan("business").expires_at(ends).grace_days(0));
    block_on(engine.activate(&key)).unwrap();
    let stop = Stop::default();
    thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                while !stop.is_said() {
                    let current = engine.current();
                    assert_eq!(
                        current.has("sso"),
                        current.now() < ends,
                        "{}",
                        current.now()
                    );
                    assert!(current.holds_at(current.now()));
                    block_on(engine.revalidate());
                }
            });
        }
        let _stop = stop.at_end();
        for round in 0..2_000 {
            engine.clock().set(if round % 2 == 0 { ends } else { NOW });
        }
    });
}
