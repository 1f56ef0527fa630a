//! Revocations, activations and removals at once: the end is the one that some order of them has.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use entitlements_core::LicenseStatus;

use crate::block_on;
use crate::vendor::{Vendor, engine, seen};

const THREADS: usize = 8;

/// Whoever ends, well or not, ends the readers.
struct EndOfRace<'a>(&'a AtomicBool);

impl Drop for EndOfRace<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn lists_activations_and_removals_at_once_end_as_one_after_the_other() {
    let vendors = [Vendor::new(), Vendor::new()];
    let trusted: Vec<&Vendor> = vendors.iter().collect();
    let racing = engine(&trusted, |builder| builder);
    let ids: Vec<String> = (0..THREADS).map(|thread| format!("lic-{thread}")).collect();
    let keys: Vec<String> = ids.iter().map(|id| vendors[0].key(id)).collect();
    // Each list revokes some; the newest of each vendor revokes two.
    let lists: Vec<String> = (0..64_usize)
        .map(|n| {
            let first = (n * 7 / 8) % THREADS;
            let second = (first + 1 + n % 3) % THREADS;
            let revoked = [ids[first].as_str(), ids[second].as_str()];
            vendors[n % 2].list(1_000 - n as u64, &revoked)
        })
        .collect();
    let (stop, start, half) = (
        AtomicBool::new(false),
        Barrier::new(THREADS),
        Barrier::new(THREADS),
    );
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Acquire) {
                    let current = racing.current();
                    let licenses = current.licenses();
                    let in_force = licenses
                        .iter()
                        .any(|entry| entry.status == LicenseStatus::Active);
                    assert_eq!(current.has("sso"), in_force, "{licenses:?}");
                }
            });
        }
        let _end = EndOfRace(&stop);
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (racing, keys, ids, lists, start, half) =
                    (&racing, &keys, &ids, &lists, &start, &half);
                scope.spawn(move || {
                    start.wait();
                    for round in 0..16 {
                        // Every list is handed in twice, by two threads, in an order of their own.
                        let list = (round * 37 + thread * 8) % lists.len();
                        block_on(racing.apply_revocations(&lists[list])).unwrap();
                        match block_on(racing.activate(&keys[thread])) {
                            Ok(entry) => assert_eq!(entry.status, LicenseStatus::Active),
                            Err(error) => assert_eq!(error.reason(), "revoked"),
                        }
                        if round % 3 == 0 {
                            let _ = block_on(racing.deactivate(&ids[thread]));
                        }
                    }
                    for list in lists.iter().skip(thread).step_by(THREADS) {
                        block_on(racing.apply_revocations(list)).unwrap();
                    }
                    half.wait();
                    // From here on nothing is refused that is not on the newest lists.
                    let _ = block_on(racing.deactivate(&ids[thread]));
                    if thread % 4 != 3 {
                        let _ = block_on(racing.activate(&keys[thread]));
                    }
                });
            }
        });
    });
    let one_by_one = engine(&trusted, |builder| builder);
    for list in &lists[lists.len() - 2..] {
        block_on(one_by_one.apply_revocations(list)).unwrap();
    }
    let mut refused = 0;
    for (_, key) in keys
        .iter()
        .enumerate()
        .filter(|(thread, _)| thread % 4 != 3)
    {
        refused += usize::from(block_on(one_by_one.activate(key)).is_err());
    }
    assert!((1..=4).contains(&refused), "the lists revoke {refused}");
    assert_eq!(seen(&racing), seen(&one_by_one));
}

#[test]
fn an_activation_that_races_a_revocation_never_leaves_it_in_force() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder);
    let key = vendor.key("lic");
    // Rounds: revoked at even ones, taken back at odd ones. What a reader may see is told by the round that is over.
    let (stop, revoked_since) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Acquire) {
                    let before = revoked_since.load(Ordering::Acquire);
                    let current = engine.current();
                    let after = revoked_since.load(Ordering::Acquire);
                    // All through the reading the revocation had returned.
                    if before == after && before % 2 == 1 {
                        assert!(
                            !current.has("sso"),
                            "revoked in round {before}, and in force"
                        );
                    }
                }
            });
        }
        let _end = EndOfRace(&stop);
        for round in 0..100_u64 {
            let revoking = vendor.list(2_000 - 2 * round, &["lic"]);
            let taking_back = vendor.list(1_999 - 2 * round, &[]);
            let start = Barrier::new(2);
            thread::scope(|scope| {
                scope.spawn(|| {
                    start.wait();
                    let _ = block_on(engine.activate(&key));
                });
                start.wait();
                block_on(engine.apply_revocations(&revoking)).unwrap();
            });
            revoked_since.store(2 * round + 1, Ordering::Release);
            let current = engine.current();
            assert!(!current.has("sso"), "round {round}");
            let status = current.status();
            let refused = status == LicenseStatus::Unlicensed;
            assert!(refused || status == LicenseStatus::Revoked, "{status:?}");
            block_on(engine.activate(&key)).unwrap_err();
            revoked_since.store(2 * round + 2, Ordering::Release);
            block_on(engine.apply_revocations(&taking_back)).unwrap();
            assert_eq!(engine.current().has("sso"), !refused, "round {round}");
            block_on(engine.deactivate_all()).unwrap();
        }
    });
}

/// A judging that began before a revocation must not put back what it took.
#[test]
fn a_judging_under_way_never_brings_back_what_was_revoked() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Acquire) {
                    block_on(engine.revalidate());
                }
            });
        }
        let _end = EndOfRace(&stop);
        for round in 0..60_u64 {
            block_on(engine.apply_revocations(&vendor.list(1_000 - 2 * round, &["lic"]))).unwrap();
            for _ in 0..4 {
                assert!(!engine.current().has("sso"));
                thread::yield_now();
            }
            block_on(engine.apply_revocations(&vendor.list(999 - 2 * round, &[]))).unwrap();
            assert!(engine.current().has("sso"));
        }
    });
}
