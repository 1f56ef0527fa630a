//! What the limiter has not: leases, a clock that is set, a largest number.

use std::time::Duration;

use entitlements_core::rate::{Quota, StoreAsk};

use super::{Bench, DAY, Rate, START, one, store_ask};
use crate::redis_rates::speed::LARGEST;

/// A lease takes what there is between what is needed and what is welcome, and leaves what others of the same request need.
#[test]
fn what_is_welcome_is_taken_as_far_as_it_is_there() {
    let bench = Bench::new();
    let keys = bench.keys();
    let quota = Quota::new(1, Duration::from_secs(1), 10);
    let ask = |cost, most| store_ask(0, "api", quota, cost).up_to(most);
    let granted = |asks: &[StoreAsk], now| -> Vec<u64> {
        keys.take(asks, now).iter().map(|it| it.granted).collect()
    };
    assert_eq!(granted(&[ask(1, 4)], START), [4]);
    assert_eq!(granted(&[ask(1, 4), ask(2, 2)], START), [4, 2]);
    // Half a unit is none.
    assert_eq!(granted(&[ask(0, 4)], START + 500_000), [0]);
    assert_eq!(granted(&[ask(0, 4)], START + 1_500_000), [1]);
    assert_eq!(granted(&[ask(1, 4)], START + 1_500_000), [0]);
    assert_eq!(granted(&[ask(1, 4)], START + 10_000_000), [4]);
    assert_eq!(keys.take(&[ask(1, 4)], START + 10_000_000)[0].remaining, 1);
}

/// A clock that is set back refills nothing, and refills from its new time on.
#[test]
fn a_clock_that_is_set_back_keeps_nobody_waiting_for_it() {
    let bench = Bench::new();
    let keys = bench.keys();
    let rate = Rate {
        requests: 1,
        micros: 1_000_000,
        burst: 2,
    };
    let take = |now| keys.take(&one(rate, 1), now)[0];
    assert_eq!(take(START).remaining, 1);
    let back = START - DAY;
    assert_eq!(take(back).remaining, 0);
    assert_eq!(take(back - DAY).wait, Some(Duration::from_secs(1)));
    assert_eq!(
        take(back - DAY + 999_999).wait,
        Some(Duration::from_micros(1))
    );
    assert_eq!(take(back - DAY + 1_000_000).wait, Some(Duration::ZERO));
}

#[test]
fn what_is_above_the_largest_number_admits_less() {
    let bench = Bench::new();
    let keys = bench.keys();
    let quota = Quota::new(1, Duration::from_secs(1), u64::MAX);
    let take = |cost| keys.take(&[store_ask(0, "api", quota, cost)], START)[0];
    assert_eq!(take(u64::MAX).wait, None);
    let most = LARGEST;
    assert_eq!(take(most + 1).wait, None);
    assert_eq!(take(most).granted, most);
    assert_eq!(take(0).wait, Some(Duration::ZERO));
}
