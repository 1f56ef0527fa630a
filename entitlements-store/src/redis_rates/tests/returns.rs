//! Q7: what is given back.

use proptest::prelude::*;

use super::{Bench, Keys, Rate, START, a_cost, a_pause, a_rate, one};
use crate::redis_rates::question::{Mode, Question, Said};

/// Q7: what is given back at once is as if it had not been taken; later, what of it is not refilled.
#[test]
fn what_is_given_back_is_as_if_it_had_not_been() {
    let bench = Bench::new();
    let config = ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let runs = (
        a_rate(),
        prop::collection::vec((a_pause(), 1..4000u64), 1..6),
        a_cost(),
        a_pause(),
    );
    proptest!(config, |((rate, before, cost, pause) in runs)| {
        let (with, without) = (bench.keys(), bench.keys());
        let mut now = START;
        for (pause, cost) in before {
            now += pause;
            prop_assert_eq!(with.take(&one(rate, cost), now), without.take(&one(rate, cost), now));
        }
        let (question, said) = with.ask(&one(rate, cost), Mode::Take, now);
        now += pause;
        with.give_back(&question, &said, now);
        for cost in [1, rate.burst / 2, rate.burst] {
            let asks = one(rate, cost);
            prop_assert_eq!(with.look(&asks, now), without.look(&asks, now));
        }
    });
}

/// Whatever others take and give back meanwhile, giving back takes no more away than was spent.
#[test]
fn giving_back_never_makes_room_for_more() {
    let bench = Bench::new();
    let config = ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    // The pause before, what it costs, and after how many more it is given back, if it is.
    let pause = prop_oneof![Just(0), 0..3_000_000u64];
    let take = (pause, 1..20u64, prop::option::of(0..4usize));
    let runs = (1..8u64, 5..40u64, prop::collection::vec(take, 1..16));
    proptest!(config, |((requests, burst, takes) in runs)| {
        let rate = Rate { requests, micros: 1_000_000, burst };
        let (with, without) = (bench.keys(), bench.keys());
        let mut now = START;
        let mut open: Vec<Option<(usize, Question, Said)>> = Vec::new();
        for (place, (pause, cost, given_back_after)) in takes.iter().enumerate() {
            now += pause;
            let (question, said) = with.ask(&one(rate, *cost), Mode::Take, now);
            match given_back_after {
                Some(after) => open.push(Some((place + after, question, said))),
                None if said.is_admitted => drop(without.take(&one(rate, *cost), now)),
                None => {}
            }
            for waiting in &mut open {
                if let Some((_, question, said)) = waiting.take_if(|(when, ..)| *when <= place) {
                    with.give_back(&question, &said, now);
                }
            }
            let left = |keys: &Keys<'_>| keys.look(&one(rate, 1), now)[0];
            let (with, without) = (left(&with), left(&without));
            prop_assert!(with.remaining <= without.remaining && with.wait >= without.wait);
        }
    });
}
