//! Q7: several rates at once, and what is given back.

use entitlements_core::rate::{Ask, Limiter, Quota, Verdict};
use proptest::prelude::*;
use std::time::Duration;

use crate::one_key::{is_bounded, rate};
use crate::reference::Rate;
use crate::{Name, SECOND, ask, at, key, look, per_second, remaining, take};

fn keys() -> Vec<Name> {
    (0..4).map(|number| key(&number.to_string())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn q7_all_or_nothing_with_the_longest_wait(
        rates in prop::collection::vec(rate(), 4),
        steps in prop::collection::vec(
            (0..SECOND * 3, prop::collection::vec((0..4_usize, 0..4_u64), 0..5)),
            1..30,
        ),
    ) {
        let limiter = Limiter::with_places_for(100);
        // The same things, asked for one after the other.
        let single = Limiter::with_places_for(100);
        let rate = limiter.rate("api");
        let quotas: Vec<Quota> = rates.iter().map(|rate| rate.quota()).collect();
        let (ours, theirs) = (keys(), keys());
        let mut now = 0;
        for (later, wanted) in steps {
            now += later;
            let mut sums = [0; 4];
            for (which, cost) in &wanted {
                sums[*which] += cost;
            }
            let mut expected = Verdict::Admitted;
            for (which, sum) in sums.iter().enumerate() {
                let alone = look(&single, theirs[which], rates[which].quota(), *sum, now);
                expected = longest(expected, alone);
            }
            if expected == Verdict::Admitted {
                for (which, sum) in sums.iter().enumerate() {
                    take(&single, theirs[which], rates[which].quota(), *sum, now);
                }
            }
            let mut asks: Vec<Ask<'_>> = wanted
                .iter()
                .map(|(which, cost)| ask(&rate, ours[*which], &quotas[*which], *cost))
                .collect();
            prop_assert_eq!(limiter.look(&mut asks, at(now)), expected);
            prop_assert_eq!(limiter.take(&mut asks, at(now)), expected);
            for which in 0..4 {
                let quota = rates[which].quota();
                prop_assert_eq!(
                    remaining(&limiter, ours[which], quota, now),
                    remaining(&single, theirs[which], quota, now)
                );
            }
        }
    }

    #[test]
    fn q7_what_is_given_back_at_once_was_never_spent(
        rate in rate(),
        before in prop::collection::vec((0..4_u64, 0..SECOND), 0..10),
        cost in 1..5_u64,
        after in prop::collection::vec(1..4_u64, 0..5),
    ) {
        let (limiter, never) = (Limiter::with_places_for(100), Limiter::with_places_for(100));
        let api = limiter.rate("api");
        let (ours, theirs) = (key("a"), key("a"));
        let quota = rate.quota();
        let mut now = 0;
        for (cost, later) in before {
            now += later;
            take(&limiter, ours, quota, cost, now);
            take(&never, theirs, quota, cost, now);
        }
        let mut ask = [ask(&api, ours, &quota, cost)];
        limiter.take(&mut ask, at(now));
        // What others spend meanwhile is theirs.
        for cost in after {
            if take(&limiter, ours, quota, cost, now) == Verdict::Admitted {
                prop_assert_eq!(take(&never, theirs, quota, cost, now), Verdict::Admitted);
            }
        }
        limiter.give_back(&mut ask, at(now));
        limiter.give_back(&mut ask, at(now));
        same(&limiter, ours, &never, theirs, quota, rate, now)?;
    }

    #[test]
    fn q7_giving_back_later_never_gives_too_much(
        rate in rate(),
        steps in prop::collection::vec((0..4_u64, 1..4_u64, 0..3_u8), 1..60),
    ) {
        let limiter = Limiter::with_places_for(100);
        let (api, quota) = (limiter.rate("api"), rate.quota());
        let key = key("a");
        let unit = (u128::from(rate.nanos) / u128::from(rate.requests)) as u64;
        let (mut now, mut held) = (0_u64, Vec::new());
        let mut kept: Vec<(u64, u128)> = Vec::new();
        for (later, cost, what) in steps {
            now = now.saturating_add(later.saturating_mul(unit) / 3).min(1 << 53);
            let mut ask = ask(&api, key, &quota, cost);
            if limiter.take(std::slice::from_mut(&mut ask), at(now)) == Verdict::Admitted {
                match what {
                    0 => kept.push((now, cost.into())),
                    _ => held.push(ask),
                }
            }
            if what == 2 && !held.is_empty() {
                let mut back = held.remove(held.len() / 2);
                limiter.give_back(std::slice::from_mut(&mut back), at(now));
            }
        }
        // What was kept fits into any time by itself.
        is_bounded(&kept, rate)?;
    }
}

fn longest(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::Never, _) | (_, Verdict::Never) => Verdict::Never,
        (Verdict::Wait(one), Verdict::Wait(other)) => Verdict::Wait(one.max(other)),
        (Verdict::Admitted, other) => other,
        (one, Verdict::Admitted) => one,
    }
}

fn same(
    one: &Limiter,
    key: Name,
    other: &Limiter,
    its: Name,
    quota: Quota,
    rate: Rate,
    now: u64,
) -> Result<(), TestCaseError> {
    for cost in [1, 2, rate.burst / 2, rate.burst] {
        for later in [0, 1, SECOND] {
            prop_assert_eq!(
                look(one, key, quota, cost, now + later),
                look(other, its, quota, cost, now + later)
            );
        }
    }
    Ok(())
}

#[test]
fn q7_a_rate_that_is_named_twice_is_asked_for_twice() {
    let limiter = Limiter::default();
    let api = limiter.rate("api");
    let (key, quota) = (key("a"), per_second(1, 3));
    let mut asks = [ask(&api, key, &quota, 2), ask(&api, key, &quota, 2)];
    assert_eq!(limiter.take(&mut asks, at(0)), Verdict::Never);
    let mut asks = [ask(&api, key, &quota, 1), ask(&api, key, &quota, 2)];
    assert_eq!(limiter.take(&mut asks, at(0)), Verdict::Admitted);
    assert_eq!(asks[1].standing().unwrap().remaining(), 0);
    let wait = Duration::from_secs(3);
    assert_eq!(limiter.take(&mut asks, at(0)), Verdict::Wait(wait));
    assert_eq!(limiter.take(&mut [], at(0)), Verdict::Admitted);
}

#[test]
fn q7_what_is_refilled_is_not_given_back() {
    let limiter = Limiter::default();
    let api = limiter.rate("api");
    let (key, quota) = (key("a"), per_second(1, 10));
    let mut ask = [ask(&api, key, &quota, 4)];
    assert_eq!(limiter.take(&mut ask, at(0)), Verdict::Admitted);
    assert_eq!(take(&limiter, key, quota, 6, SECOND), Verdict::Admitted);
    assert_eq!(remaining(&limiter, key, quota, SECOND), 1);
    limiter.give_back(&mut ask, at(SECOND));
    assert_eq!(remaining(&limiter, key, quota, SECOND), 4);
    limiter.give_back(&mut ask, at(SECOND));
    assert_eq!(remaining(&limiter, key, quota, SECOND), 4);
}
