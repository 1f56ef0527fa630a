//! Two threads spend of one key, give back, change its rate, and give its place away: nothing that was spent is lost, and nothing is
//! admitted twice.
//!
//! These fail, as they should, where `Record::hold` marks nothing, where `Record::release` counts no change, and where a place is given
//! away without leaving behind when its key would have been full again.

use std::time::Duration;

use loom::sync::Arc;
use loom::thread;

use crate::rate::quota::Quota;
use crate::rate::{Place, Took};

const A: u64 = 1;
const B: u64 = 2;

/// With so few changes from one thread to the other at once that it takes seconds; each of the mistakes above takes one.
fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut few = loom::model::Builder::new();
    few.preemption_bound = Some(3);
    few.check(check);
}

/// One unit in ten nanoseconds.
fn quota(burst: u64) -> Quota {
    Quota::new(1, Duration::from_nanos(10), burst)
}

/// Runs one here and the other beside it.
fn beside<T: 'static, U>(
    place: &Arc<Place>,
    other: impl FnOnce(&Place) -> T + 'static,
    here: impl FnOnce(&Place) -> U,
) -> (T, U) {
    let shared = Arc::clone(place);
    let thread = thread::spawn(move || other(&shared));
    let here = here(place);
    (thread.join().unwrap(), here)
}

fn take(burst: u64, now: u64) -> impl Fn(&Place) -> Option<Took> {
    move |place| place.take(A, &quota(burst), now)
}

#[test]
fn of_two_that_race_for_the_last_unit_exactly_one_wins() {
    model(|| {
        let place = Arc::new(Place::new());
        assert!(take(2, 0)(&place).is_some());
        let (one, other) = beside(&place, take(2, 0), take(2, 0));
        assert_eq!(one.is_some() as u8 + other.is_some() as u8, 1);
        assert_eq!(place.remaining(A, &quota(2), 0), 0);
    });
}

#[test]
fn of_two_that_are_the_first_exactly_one_wins() {
    model(|| {
        let place = Arc::new(Place::new());
        let (one, other) = beside(&place, take(1, 0), take(1, 0));
        assert_eq!(one.is_some() as u8 + other.is_some() as u8, 1);
    });
}

#[test]
fn what_is_given_back_is_as_if_it_had_not_been() {
    model(|| {
        let place = Arc::new(Place::new());
        assert!(take(3, 0)(&place).is_some());
        let to_and_fro = |place: &Place| {
            let took = take(3, 0)(place).unwrap();
            place.give_back(A, took, 0);
        };
        let ((), other) = beside(&place, to_and_fro, take(3, 0));
        assert!(other.is_some());
        assert_eq!(place.remaining(A, &quota(3), 0), 1);
    });
}

/// The second reading of the clock is later, and its thread may be the first.
#[test]
fn giving_back_later_gives_no_more_than_was_taken() {
    model(|| {
        let place = Arc::new(Place::new());
        assert!(take(2, 0)(&place).is_some());
        let to_and_fro = |place: &Place| {
            if let Some(took) = take(2, 0)(place) {
                place.give_back(A, took, 12);
            }
        };
        let ((), other) = beside(&place, to_and_fro, take(2, 12));
        let left = place.remaining(A, &quota(2), 12);
        // One was spent at 0 and refilled by 10; what the other spent is there still.
        assert_eq!(left, if other.is_some() { 1 } else { 2 });
    });
}

#[test]
fn a_change_of_the_rate_keeps_what_others_spend() {
    model(|| {
        let place = Arc::new(Place::new());
        assert!(take(4, 0)(&place).is_some());
        let faster = Quota::new(3, Duration::from_nanos(10), 4);
        let change = move |place: &Place| place.take(A, &faster, 0);
        let (changed, other) = beside(&place, change, take(4, 0));
        assert!(changed.is_some() && other.is_some());
        assert_eq!(place.remaining(A, &faster, 0), 1);
    });
}

/// What is spent no longer fits into the lower word.
#[test]
fn a_carry_into_the_upper_word_loses_nothing() {
    model(|| {
        let now = (1 << 56) - 5;
        let place = Arc::new(Place::new());
        assert!(place.take(A, &quota(1), now - 100).is_some());
        let (one, other) = beside(&place, take(3, now), take(3, now));
        assert!(one.is_some() && other.is_some());
        assert_eq!(place.remaining(A, &quota(3), now), 1);
    });
}

/// Another key is given the place, while the first one's is spent of; what is spent of both is written alike.
#[test]
fn nothing_that_is_spent_is_written_over_another_key() {
    for now_of_b in [0, 10] {
        model(move || {
            let place = Arc::new(Place::new());
            assert!(take(1, 0)(&place).is_some());
            let other = move |place: &Place| place.take(B, &quota(1), now_of_b);
            let (b, a) = beside(&place, other, take(1, 10));
            // Whoever comes second may find what the other left behind; nobody is admitted twice.
            assert!(a.is_some() || b.is_some());
            assert!(a.is_none() || take(1, 10)(&place).is_none());
            assert!(b.is_none() || place.take(B, &quota(1), now_of_b).is_none());
        });
    }
}

/// The place of a key that is limited is taken: it stays limited.
#[test]
fn a_limited_key_that_loses_its_place_stays_limited() {
    model(|| {
        let place = Arc::new(Place::new());
        assert!(take(1, 0)(&place).is_some());
        let other = |place: &Place| place.take(B, &quota(2), 5);
        let (b, a) = beside(&place, other, take(1, 9));
        assert!(b.is_some() && a.is_none());
        assert!(take(1, 9)(&place).is_none());
    });
}
