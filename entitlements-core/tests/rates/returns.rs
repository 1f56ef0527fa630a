//! Q7 and Q6: what is given back after a change of the rate.

use std::time::Duration;

use entitlements_core::rate::{Limiter, Quota, Verdict};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::one_key::is_bounded;
use crate::reference::Rate;
use crate::{SECOND, ask, at, key, look, per_second, remaining, take};

/// Some are thousands of times as fast as others.
fn rates() -> impl Strategy<Value = Vec<Rate>> {
    let nanos = prop_oneof![1..1000_u64, 1..1_000_000_u64, Just(SECOND)];
    let rate = (1..20_u64, nanos, 1..20_u64).prop_map(|(requests, nanos, burst)| Rate {
        requests,
        nanos,
        burst,
    });
    prop::collection::vec(rate, 2..4)
}

/// What no change from one to another admits more than: the fastest, and the largest burst.
pub(crate) fn beyond(rates: &[Rate]) -> Rate {
    let refills_in = |rate: &Rate, nanos: u64| u128::from(rate.requests) * u128::from(nanos);
    let faster = |one: &&Rate, other: &&Rate| {
        refills_in(one, other.nanos).cmp(&refills_in(other, one.nanos))
    };
    let fastest = rates.iter().max_by(faster).unwrap();
    let burst = rates.iter().map(|rate| rate.burst).max().unwrap();
    Rate { burst, ..*fastest }
}

#[derive(Clone, Debug)]
enum Step {
    /// Takes so much, which may be given back.
    Hold(u64),
    /// Takes one by one as much as there is, for good.
    Fill,
    GiveBack(Index),
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..9_u64).prop_map(Step::Hold),
        3 => Just(Step::Fill),
        2 => any::<Index>().prop_map(Step::GiveBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn q7_giving_back_after_changes_never_gives_too_much(
        rates in rates(),
        steps in prop::collection::vec((any::<Index>(), 0..20_u64, a_step()), 1..60),
    ) {
        let limiter = Limiter::with_places_for(100);
        let (api, key) = (limiter.rate("api"), key("a"));
        let quotas: Vec<Quota> = rates.iter().map(|rate| rate.quota()).collect();
        let (mut now, mut held) = (0_u64, Vec::new());
        let mut kept: Vec<(u64, u128)> = Vec::new();
        for (which, later, step) in steps {
            let (rate, quota) = (which.get(&rates), which.get(&quotas));
            now += later * rate.nanos / rate.requests / 2;
            match step {
                Step::Hold(cost) => {
                    let mut ask = ask(&api, key, quota, cost);
                    if limiter.take(std::slice::from_mut(&mut ask), at(now)) == Verdict::Admitted {
                        held.push(ask);
                    }
                }
                Step::Fill => {
                    while take(&limiter, key, *quota, 1, now) == Verdict::Admitted {
                        kept.push((now, 1));
                    }
                }
                Step::GiveBack(which) => {
                    if !held.is_empty() {
                        let mut ask = held.remove(which.index(held.len()));
                        limiter.give_back(std::slice::from_mut(&mut ask), at(now));
                    }
                }
            }
        }
        is_bounded(&kept, beyond(&rates))?;
    }
}

#[test]
fn q7_what_was_refilled_at_another_rate_is_not_given_back() {
    let (slow, fast) = (per_second(1, 10), per_second(100, 10));
    // To the faster one for a tenth of a second, in which it refills whole; also where it is the slow one again since.
    for again in [false, true] {
        let limiter = Limiter::default();
        let (api, key) = (limiter.rate("api"), key("a"));
        let mut ask = [ask(&api, key, &slow, 9)];
        assert_eq!(limiter.take(&mut ask, at(0)), Verdict::Admitted);
        assert_eq!(take(&limiter, key, fast, 1, 0), Verdict::Admitted);
        let now = SECOND / 10;
        let last = if again { slow } else { fast };
        assert_eq!(take(&limiter, key, last, 10, now), Verdict::Admitted);
        limiter.give_back(&mut ask, at(now));
        assert_eq!(remaining(&limiter, key, last, now), 0);
    }
}

#[test]
fn q7_what_is_given_back_at_once_after_a_change_was_never_spent() {
    let limiter = Limiter::default();
    let (api, key) = (limiter.rate("api"), key("a"));
    let (slow, odd) = (per_second(1, 10), Quota::new(7, Duration::from_secs(3), 10));
    let mut ask = [ask(&api, key, &slow, 5)];
    assert_eq!(limiter.take(&mut ask, at(7)), Verdict::Admitted);
    assert_eq!(take(&limiter, key, odd, 2, 7), Verdict::Admitted);
    limiter.give_back(&mut ask, at(7));
    assert_eq!(look(&limiter, key, odd, 8, 7), Verdict::Admitted);
    assert_ne!(look(&limiter, key, odd, 9, 7), Verdict::Admitted);
}
