use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use super::*;
use crate::Limit;

const PROJECTS: &str = "projects";

fn take(ledger: &Ledger, amount: u64) -> Place {
    ledger.take(&AccountId::LOCAL, PROJECTS, amount)
}

#[test]
fn u7_places_are_in_the_order_they_were_taken() {
    let ledger = Ledger::new();
    let places: Vec<_> = [3, 0, 5, 1].map(|amount| take(&ledger, amount)).into();
    let ahead: Vec<_> = places.iter().map(Place::ahead).collect();
    assert_eq!(ahead, [0, 3, 3, 8]);
}

#[test]
fn u7_whoever_leaves_is_ahead_of_nobody() {
    let ledger = Ledger::new();
    let [first, second, mut third] = [3, 5, 1].map(|amount| take(&ledger, amount));
    drop(second);
    assert_eq!(third.look_again(), 3);
    drop(first);
    assert_eq!(third.look_again(), 0);
    assert_eq!(take(&ledger, 7).ahead(), 1);
}

#[test]
fn lines_of_other_limits_and_accounts_are_others() {
    let ledger = Ledger::new();
    let _first = take(&ledger, 3);
    assert_eq!(ledger.take(&AccountId::LOCAL, "users", 1).ahead(), 0);
    assert_eq!(
        ledger.take(&AccountId::new("other"), PROJECTS, 1).ahead(),
        0
    );
    let same = ledger.clone();
    assert_eq!(take(&same, 1).ahead(), 3);
    assert_eq!(ledger.lines(), 1);
}

#[test]
fn a_line_is_gone_when_the_last_one_leaves() {
    let ledger = Ledger::new();
    let places = [1, 2].map(|amount| take(&ledger, amount));
    assert_eq!(ledger.lines(), 1);
    drop(places);
    assert_eq!(ledger.lines(), 0);
}

#[test]
fn huge_amounts_do_not_wrap() {
    let ledger = Ledger::new();
    let first = take(&ledger, u64::MAX);
    let second = take(&ledger, u64::MAX);
    let third = take(&ledger, 1);
    assert_eq!(third.ahead(), u64::MAX);
    assert!(first.fits(0, Limit::AtMost(u64::MAX)));
    assert!(!first.fits(1, Limit::AtMost(u64::MAX)));
    assert!(!second.fits(0, Limit::AtMost(u64::MAX)));
    assert!(!third.fits(u64::MAX, Limit::AtMost(u64::MAX)));
    assert!(third.fits(u64::MAX, Limit::Unlimited));
    drop((first, second, third));
    assert_eq!(take(&ledger, 1).ahead(), 0);
}

#[test]
fn nothing_always_fits() {
    assert!(take(&Ledger::new(), 0).fits(5, Limit::AtMost(3)));
}

#[test]
fn a_place_may_be_moved_to_another_thread() {
    let ledger = Ledger::new();
    let place = take(&ledger, 1);
    thread::spawn(move || drop(place)).join().unwrap();
    assert_eq!(ledger.lines(), 0);
}

/// Each round begins with no line, so that the first use is raced for too.
#[test]
fn u7_of_those_that_race_for_the_last_exactly_one_is_admitted() {
    const RACERS: usize = 8;
    const ROUNDS: u64 = 500;
    let ledger = Ledger::new();
    let count = AtomicU64::new(0);
    let start = Barrier::new(RACERS);
    let admitted = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..RACERS {
            scope.spawn(|| {
                for round in 1..=ROUNDS {
                    start.wait();
                    let place = take(&ledger, 1);
                    if place.fits(count.load(Ordering::SeqCst), Limit::AtMost(round)) {
                        count.fetch_add(1, Ordering::SeqCst);
                        admitted.fetch_add(1, Ordering::SeqCst);
                    }
                    drop(place);
                    start.wait();
                    assert_eq!(admitted.load(Ordering::SeqCst), round);
                }
            });
        }
    });
    assert_eq!(ledger.lines(), 0);
}

#[test]
fn places_are_counted_whole_under_a_rush() {
    const RACERS: u64 = 8;
    let ledger = Ledger::new();
    let start = Arc::new(Barrier::new(RACERS as usize));
    for _ in 0..200 {
        let racers: Vec<_> = (0..RACERS)
            .map(|_| {
                let (ledger, start) = (ledger.clone(), Arc::clone(&start));
                thread::spawn(move || {
                    start.wait();
                    take(&ledger, 1)
                })
            })
            .collect();
        let places: Vec<_> = racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect();
        let mut ahead: Vec<_> = places.iter().map(Place::ahead).collect();
        ahead.sort_unstable();
        assert_eq!(ahead, Vec::from_iter(0..RACERS));
        drop(places);
        assert_eq!(ledger.lines(), 0);
    }
}
