//! Q6: another rate in mid-stream.

use entitlements_core::rate::{Limiter, Verdict};
use proptest::prelude::*;
use std::time::Duration;

use crate::one_key::{moved, next, rate};
use crate::reference::{Bucket, Rate};
use crate::returns::beyond;
use crate::{SECOND, key, look, per_second, remaining, take};

/// Q12 has more to say of a burst that is carried to a time this long.
fn rates() -> impl Strategy<Value = Vec<Rate>> {
    prop::collection::vec(rate(), 1..4).prop_filter("ordinary buckets", |rates| {
        let burst = rates.iter().map(|rate| u128::from(rate.burst)).max();
        let nanos = rates.iter().map(|rate| u128::from(rate.nanos)).max();
        burst.unwrap() * nanos.unwrap() < 1 << 117
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn q6_it_is_the_bucket_of_the_rules_through_any_change(
        rates in rates(),
        steps in prop::collection::vec((next(), any::<prop::sample::Index>()), 1..80),
    ) {
        let limiter = Limiter::with_places_for(100);
        let key = key("a");
        let mut bucket = Bucket::new(rates[0]);
        let (mut now, mut told) = (0, None);
        for (next, which) in steps {
            let rate = *which.get(&rates);
            now = moved(now, &next, rate, told);
            let cost = next.cost.of(rate);
            let looked = look(&limiter, key, rate.quota(), cost, now);
            let verdict = take(&limiter, key, rate.quota(), cost, now);
            prop_assert_eq!(verdict, bucket.take(rate, cost, now));
            prop_assert_eq!(looked, verdict);
            if let Verdict::Wait(wait) = verdict {
                told = Some(wait);
            }
        }
    }

    #[test]
    fn q5_readings_that_go_to_and_fro_admit_no_more_than_the_fastest_would(
        rates in prop::collection::vec((1..20_u64, 1..1_000_000_u64, 1..20_u64), 2..4),
        steps in prop::collection::vec((any::<prop::sample::Index>(), 0..40_u64, 0..40_u64, 1..5_u64, any::<bool>()), 1..120),
    ) {
        let limiter = Limiter::with_places_for(100);
        let key = key("a");
        let rates = rates.into_iter().map(|(requests, nanos, burst)| Rate { requests, nanos, burst });
        let rates: Vec<Rate> = rates.collect();
        let (mut latest, mut admitted) = (0_u64, 0_u128);
        for (which, on, back, cost, fills) in steps {
            let rate = *which.get(&rates);
            let unit = rate.nanos / rate.requests;
            // Another thread's reading, by up to twenty units earlier than one before it.
            latest += on * unit / 8;
            let now = latest.saturating_sub(back * unit / 2);
            while take(&limiter, key, rate.quota(), cost, now) == Verdict::Admitted {
                admitted += u128::from(cost);
                if !fills {
                    break;
                }
            }
        }
        let most = beyond(&rates);
        let refilled = u128::from(latest) * u128::from(most.requests) / u128::from(most.nanos);
        prop_assert!(admitted <= u128::from(most.burst) + refilled);
    }

    #[test]
    fn q6_no_change_gives_anything_for_free_or_takes_anything(
        before in rate(),
        after in rate(),
        costs in prop::collection::vec(1..6_u64, 1..20),
        changes in 1..5_usize,
    ) {
        let limiter = Limiter::with_places_for(100);
        let key = key("a");
        let now = SECOND;
        let mut spent = 0;
        for cost in costs {
            if take(&limiter, key, before.quota(), cost, now) == Verdict::Admitted {
                spent += cost;
            }
        }
        for _ in 0..changes {
            for rate in [after, before] {
                prop_assert_eq!(
                    remaining(&limiter, key, rate.quota(), now),
                    rate.burst.saturating_sub(spent)
                );
                // Spends one where there is one, which is what makes the change.
                if take(&limiter, key, rate.quota(), 1, now) == Verdict::Admitted {
                    spent += 1;
                    prop_assert!(spent <= rate.burst);
                } else {
                    prop_assert!(spent >= rate.burst);
                }
            }
        }
    }
}

/// One has read the clock a tenth of a second before the other, and asks at a faster rate after it, again and again.
#[test]
fn q5_a_change_by_an_earlier_reading_refills_nothing_twice() {
    let limiter = Limiter::default();
    let key = key("a");
    let (slow, fast) = (per_second(1, 10), per_second(100, 10));
    let (early, late) = (9 * SECOND / 10, SECOND);
    let mut admitted = 0;
    for _ in 0..100 {
        while take(&limiter, key, slow, 1, late) == Verdict::Admitted {
            admitted += 1;
        }
        if take(&limiter, key, fast, 1, early) == Verdict::Admitted {
            admitted += 1;
        }
    }
    // What a tenth of a second refills, once.
    assert!(admitted <= 20, "{admitted}");
}

#[test]
fn q6_a_smaller_plan_locks_nobody_out_for_longer() {
    let limiter = Limiter::default();
    let key = key("a");
    let (large, small) = (per_second(100, 1000), per_second(1, 10));
    assert_eq!(take(&limiter, key, large, 1000, 0), Verdict::Admitted);
    // 991 units have to be refilled, a hundred a second as before.
    let wait = Duration::from_millis(9910);
    assert_eq!(take(&limiter, key, small, 1, 0), Verdict::Wait(wait));
    let then = 9910 * (SECOND / 1000);
    assert_eq!(
        look(&limiter, key, small, 1, then - 1),
        Verdict::Wait(Duration::from_nanos(1))
    );
    assert_eq!(take(&limiter, key, small, 1, then), Verdict::Admitted);
    // From here on one a second.
    let wait = Duration::from_secs(1);
    assert_eq!(take(&limiter, key, small, 1, then), Verdict::Wait(wait));
}

#[test]
fn q6_a_larger_plan_counts_at_once() {
    let limiter = Limiter::default();
    let key = key("a");
    let (small, large) = (per_second(1, 10), per_second(100, 10));
    assert_eq!(take(&limiter, key, small, 10, 0), Verdict::Admitted);
    let wait = Duration::from_millis(10);
    assert_eq!(look(&limiter, key, large, 1, 0), Verdict::Wait(wait));
    assert_eq!(
        take(&limiter, key, large, 1, 10 * SECOND / 1000),
        Verdict::Admitted
    );
    // A larger burst is more room, and no fresh one.
    let larger = per_second(100, 15);
    assert_eq!(remaining(&limiter, key, larger, 10 * SECOND / 1000), 5);
}
