//! Q1 to Q5 and Q8: one key, and time that moves.

use entitlements_core::rate::{Limiter, Quota, Verdict};
use proptest::prelude::*;
use std::time::Duration;

use crate::reference::{Bucket, Rate};
use crate::{SECOND, ask, at, key, look, per_second, remaining, take};

/// A hundred years, the longest that a catalog has.
const LONGEST: u64 = 36_500 * 86_400 * SECOND;

pub(crate) fn rate() -> impl Strategy<Value = Rate> {
    let requests = prop_oneof![1..20_u64, 1..5000_u64, any::<u64>().prop_map(|n| n.max(1))];
    let seconds = prop_oneof![1..100_u64, 1..100_000_u64, 1..=LONGEST / SECOND];
    let burst = prop_oneof![1..4_u64, 1..50_u64, any::<u64>().prop_map(|n| n.max(1))];
    (requests, seconds, burst)
        .prop_map(|(requests, seconds, burst)| Rate {
            requests,
            nanos: seconds * SECOND,
            burst,
        })
        // Q12 has more to say.
        .prop_filter("an ordinary bucket", |rate| {
            (u128::from(rate.burst) * u128::from(rate.nanos)) < 1 << 117
        })
}

/// What happens next: how much later, in parts of what one unit takes, and what it costs.
#[derive(Debug, Clone)]
pub(crate) struct Next {
    pub(crate) later: Later,
    pub(crate) cost: Cost,
}

#[derive(Debug, Clone)]
pub(crate) enum Later {
    AtOnce,
    Nanos(u64),
    Units(u64, u64),
    /// When the last denial said, and so much more or less.
    AsTold(i8),
}

#[derive(Debug, Clone)]
pub(crate) enum Cost {
    Units(u64),
    Burst(i8),
}

impl Cost {
    pub(crate) fn of(&self, rate: Rate) -> u64 {
        match self {
            Self::Units(units) => *units,
            Self::Burst(more) => rate.burst.saturating_add_signed((*more).into()),
        }
    }
}

pub(crate) fn next() -> impl Strategy<Value = Next> {
    let later = prop_oneof![
        3 => Just(Later::AtOnce),
        1 => (0..5_u64).prop_map(Later::Nanos),
        1 => (0..SECOND).prop_map(Later::Nanos),
        3 => (0..5_u64, 1..7_u64).prop_map(|(units, of)| Later::Units(units, of)),
        3 => (-1..=1_i8).prop_map(Later::AsTold),
    ];
    let cost = prop_oneof![
        5 => Just(Cost::Units(1)),
        2 => (0..5_u64).prop_map(Cost::Units),
        1 => (-2..=1_i8).prop_map(Cost::Burst),
        1 => any::<u64>().prop_map(Cost::Units),
    ];
    (later, cost).prop_map(|(later, cost)| Next { later, cost })
}

/// The time of the next thing; not so late that Q12 has more to say.
pub(crate) fn moved(now: u64, next: &Next, rate: Rate, told: Option<Duration>) -> u64 {
    let later = match next.later {
        Later::AtOnce => 0,
        Later::Nanos(nanos) => nanos,
        Later::Units(units, of) => {
            let nanos = u128::from(rate.nanos) * u128::from(units);
            (nanos / u128::from(rate.requests) / u128::from(of)) as u64
        }
        Later::AsTold(more) => {
            let told = told.unwrap_or_default().as_nanos();
            u64::try_from(told)
                .unwrap_or(u64::MAX)
                .saturating_add_signed(more.into())
        }
    };
    now.saturating_add(later).min(1 << 53)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn q2_it_is_the_bucket_of_the_rules(
        rate in rate(),
        start in 0..1_u64 << 52,
        nexts in prop::collection::vec(next(), 1..80),
    ) {
        let limiter = Limiter::with_places_for(100);
        let (key, quota) = (key("a"), rate.quota());
        let mut bucket = Bucket::new(rate);
        let (mut now, mut told) = (start, None);
        for next in nexts {
            now = moved(now, &next, rate, told);
            let cost = next.cost.of(rate);
            let looked = look(&limiter, key, quota, cost, now);
            let verdict = take(&limiter, key, quota, cost, now);
            prop_assert_eq!(verdict, bucket.take(rate, cost, now));
            prop_assert_eq!(looked, verdict);
            prop_assert_eq!(remaining(&limiter, key, quota, now), bucket.remaining(rate, now));
            told = match verdict {
                Verdict::Wait(wait) => Some(wait),
                Verdict::Admitted | Verdict::Never => told,
            };
        }
    }

    #[test]
    fn q2_no_time_admits_more_than_the_burst_and_what_it_refills(
        rate in rate(),
        nexts in prop::collection::vec(next(), 1..60),
    ) {
        let limiter = Limiter::with_places_for(100);
        let (key, quota) = (key("a"), rate.quota());
        let (mut now, mut told) = (0, None);
        let mut admitted: Vec<(u64, u128)> = Vec::new();
        for next in nexts {
            now = moved(now, &next, rate, told);
            let cost = next.cost.of(rate);
            match take(&limiter, key, quota, cost, now) {
                Verdict::Admitted => admitted.push((now, cost.into())),
                Verdict::Wait(wait) => told = Some(wait),
                Verdict::Never => {}
            }
        }
        is_bounded(&admitted, rate)?;
    }

    #[test]
    fn q4_a_wait_is_never_early_and_exact(
        rate in rate(),
        nexts in prop::collection::vec(next(), 1..40),
    ) {
        let limiter = Limiter::with_places_for(100);
        let (key, quota) = (key("a"), rate.quota());
        let mut now = 0;
        for next in nexts {
            now = moved(now, &next, rate, None);
            let cost = next.cost.of(rate);
            if let Verdict::Wait(wait) = take(&limiter, key, quota, cost, now) {
                let Ok(wait) = u64::try_from(wait.as_nanos()) else { continue };
                if now.saturating_add(wait) > 1 << 53 {
                    continue;
                }
                prop_assert!(wait > 0);
                let early = take(&limiter, key, quota, cost, now + wait - 1);
                prop_assert_eq!(early, Verdict::Wait(at(1)));
                now += wait;
                prop_assert_eq!(take(&limiter, key, quota, cost, now), Verdict::Admitted);
            }
        }
    }

    #[test]
    fn q5_time_that_goes_back_admits_nothing_more(
        rate in rate(),
        steps in prop::collection::vec((next(), 0..3 * SECOND), 1..60),
    ) {
        let limiter = Limiter::with_places_for(100);
        let (key, quota) = (key("a"), rate.quota());
        let mut now = 4 * SECOND;
        let mut admitted = Vec::new();
        for (next, back) in steps {
            now = moved(now, &next, rate, None);
            let told = now - back.min(now);
            let cost = next.cost.of(rate);
            if take(&limiter, key, quota, cost, told) == Verdict::Admitted {
                admitted.push((told, cost.into()));
            }
        }
        admitted.sort_unstable();
        is_bounded(&admitted, rate)?;
    }
}

/// Q2: between any two that were admitted, no more than the burst and what that time refills.
pub(crate) fn is_bounded(admitted: &[(u64, u128)], rate: Rate) -> Result<(), TestCaseError> {
    for (first, (from, _)) in admitted.iter().enumerate() {
        let mut sum = 0;
        for (until, cost) in &admitted[first..] {
            sum += cost;
            let refilled =
                u128::from(until - from) * u128::from(rate.requests) / u128::from(rate.nanos);
            prop_assert!(sum <= u128::from(rate.burst) + refilled);
        }
    }
    Ok(())
}

#[test]
fn q3_what_costs_nothing_is_admitted_and_more_than_a_burst_never() {
    let limiter = Limiter::default();
    let (key, quota) = (key("a"), per_second(1, 3));
    assert_eq!(take(&limiter, key, quota, 4, 0), Verdict::Never);
    assert_eq!(take(&limiter, key, quota, 3, 0), Verdict::Admitted);
    assert_eq!(take(&limiter, key, quota, 0, 0), Verdict::Admitted);
    assert_eq!(take(&limiter, key, quota, 4, 0), Verdict::Never);
    assert_eq!(take(&limiter, key, quota, u64::MAX, 0), Verdict::Never);
    let wait = Verdict::Wait(Duration::from_secs(2));
    assert_eq!(take(&limiter, key, quota, 2, 0), wait);
    assert_eq!(wait.retry_after_seconds(), Some(2));
    // Of no requests at all the burst is all there is.
    let (once, other) = (per_second(0, 1), crate::key("b"));
    assert_eq!(take(&limiter, other, once, 1, 0), Verdict::Admitted);
    assert_ne!(
        take(&limiter, other, once, 1, 100 * 365 * 86_400 * SECOND),
        Verdict::Admitted
    );
}

#[test]
fn q8_headers_say_burst_window_rest_and_reset() {
    let limiter = Limiter::default();
    let quota = Quota::new(60, Duration::from_secs(60), 3);
    let mut said = Vec::new();
    let mut once = || {
        let rate = limiter.rate("api");
        let mut ask = [ask(&rate, key("a"), &quota, 1)];
        let verdict = limiter.take(&mut ask, at(7));
        let standing = ask[0].standing().unwrap();
        assert_eq!((standing.burst(), standing.window_seconds()), (3, 3));
        said.push((
            standing.remaining(),
            standing.reset_seconds(),
            verdict.retry_after_seconds(),
        ));
    };
    (0..4).for_each(|_| once());
    assert_eq!(
        said,
        [(2, 3, None), (1, 3, None), (0, 1, None), (0, 1, Some(1))]
    );
}

#[test]
fn q12_the_largest_rates_neither_panic_nor_admit_more() {
    let limiter = Limiter::default();
    let longest = Duration::from_nanos(LONGEST);
    let quotas = [
        Quota::new(u64::MAX, Duration::from_secs(1), u64::MAX),
        Quota::new(u64::MAX, longest, u64::MAX),
        Quota::new(1, longest, u64::MAX),
        Quota::new(u64::MAX, Duration::from_nanos(1), 1),
        Quota::new(u64::MAX - 1, Duration::MAX, u64::MAX),
        Quota::new(1, Duration::ZERO, 1),
        Quota::new(0, Duration::ZERO, 0),
    ];
    for (number, quota) in quotas.into_iter().enumerate() {
        let key = key(&number.to_string());
        for now in [0, 1, SECOND, 1 << 53, 1 << 62, u64::MAX, 0] {
            let mut spent = 0_u64;
            for cost in [1, 0, u64::MAX, u64::MAX / 2, u64::MAX, 1] {
                if take(&limiter, key, quota, cost, now) == Verdict::Admitted {
                    spent = spent.saturating_add(cost);
                }
                look(&limiter, key, quota, cost, now);
            }
            assert!(spent <= quota.burst());
            for other in quotas {
                look(&limiter, key, other, 1, now);
                take(&limiter, key, other, 1, now);
            }
        }
    }
    limiter.look(
        &mut [ask(&limiter.rate("api"), key("z"), &quotas[0], 1)],
        Duration::MAX,
    );
}
