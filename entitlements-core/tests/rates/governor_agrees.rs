//! An oracle that nobody here wrote: where a unit takes a whole number of nanoseconds, governor admits the same.

use std::num::NonZeroU32;
use std::time::Duration;

use entitlements_core::rate::{Limiter, Verdict};
use governor::clock::{Clock, FakeRelativeClock, Reference};
use governor::{InsufficientCapacity, Quota, RateLimiter};
use proptest::prelude::*;

use crate::{SECOND, at, key, take};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn q2_governor_admits_the_same(
        interval in prop_oneof![1..10_u64, 1..SECOND, 1..86_400 * SECOND],
        burst in 1..20_u32,
        steps in prop::collection::vec((0..4_u64, 1..5_u64, 1..22_u32, 0..2_u64), 1..100),
    ) {
        let limiter = Limiter::with_places_for(100);
        let key = key("a");
        let quota = entitlements_core::rate::Quota::new(1, Duration::from_nanos(interval), burst.into());
        let clock = FakeRelativeClock::default();
        let burst = NonZeroU32::new(burst).unwrap();
        let theirs = Quota::with_period(Duration::from_nanos(interval)).unwrap().allow_burst(burst);
        let theirs = RateLimiter::direct_with_clock(theirs, clock.clone());
        let mut now = 0;
        for (units, of, cost, more) in steps {
            let later = units * interval / of + more;
            clock.advance(at(later));
            now += later;
            let theirs = match theirs.check_n(NonZeroU32::new(cost).unwrap()) {
                Ok(Ok(())) => Verdict::Admitted,
                Ok(Err(until)) => {
                    let wait = until.earliest_possible().duration_since(clock.now());
                    Verdict::Wait(wait.into())
                }
                Err(InsufficientCapacity(_)) => Verdict::Never,
            };
            prop_assert_eq!(take(&limiter, key, quota, cost.into(), now), theirs);
        }
    }
}
