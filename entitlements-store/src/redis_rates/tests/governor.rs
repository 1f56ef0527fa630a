//! The script, core's limiter and governor's, asked the same at the same times.
//!
//! All three in their own units: a unit takes a whole number of microseconds to refill, as the script counts no less, and governor no part of a
//! nanosecond.

use std::num::NonZeroU32;
use std::time::Duration;

use ::governor::clock::{Clock, FakeRelativeClock, Reference};
use ::governor::middleware::StateInformationMiddleware;
use ::governor::state::keyed::DashMapStateStore;
use ::governor::{InsufficientCapacity, RateLimiter};
use entitlements_core::rate::{Ask, Limiter, Part, Quota, Subject, Verdict};
use proptest::prelude::*;

use super::{Bench, DAY, Keys, START, USERS, account, store_ask};
use crate::redis_rates::question::Mode;

/// What is said, and how many units are left then; governor does not tell the latter where it denies.
type Says = (Verdict, Option<u64>);

type TheirLimiter =
    RateLimiter<usize, DashMapStateStore<usize>, FakeRelativeClock, StateInformationMiddleware>;

/// One rate, three times.
struct Three<'a> {
    quota: Quota,
    script: Keys<'a>,
    limiter: Limiter,
    governor: TheirLimiter,
    clock: FakeRelativeClock,
}

impl<'a> Three<'a> {
    fn new(bench: &'a Bench, interval: Duration, burst: NonZeroU32) -> Self {
        let clock = FakeRelativeClock::default();
        let theirs = ::governor::Quota::with_period(interval).unwrap();
        let theirs = RateLimiter::dashmap_with_clock(theirs.allow_burst(burst), clock.clone());
        Self {
            quota: Quota::new(1, interval, burst.get().into()),
            script: bench.keys(),
            limiter: Limiter::default(),
            governor: theirs.with_middleware(),
            clock,
        }
    }

    fn by_script(&self, user: usize, cost: NonZeroU32, now: u64) -> Says {
        let ask = store_ask(user, "api", self.quota, cost.get().into());
        let (question, said) = self.script.ask(&[ask], Mode::Take, now);
        let told = question.standings(&said)[0];
        let verdict = match told.wait {
            Some(Duration::ZERO) => Verdict::Admitted,
            Some(wait) => Verdict::Wait(wait),
            None => Verdict::Never,
        };
        assert_eq!(verdict == Verdict::Admitted, said.is_admitted);
        (verdict, Some(told.remaining))
    }

    fn by_limiter(&self, user: usize, cost: NonZeroU32, now: u64) -> Says {
        let (account, rate) = (account(), self.limiter.rate("api"));
        let subject = Subject::Within(&account, Part::User(USERS[user]));
        let mut ask = [Ask::new(&rate, &subject, &self.quota).cost(cost.get().into())];
        let verdict = self.limiter.take(&mut ask, Duration::from_micros(now));
        (verdict, ask[0].standing().map(|it| it.remaining()))
    }

    fn by_governor(&self, user: usize, cost: NonZeroU32) -> Says {
        match self.governor.check_key_n(&user, cost) {
            Ok(Ok(state)) => {
                let left = state.remaining_burst_capacity();
                (Verdict::Admitted, Some(left.into()))
            }
            Ok(Err(until)) => {
                let wait = until.earliest_possible().duration_since(self.clock.now());
                (Verdict::Wait(wait.into()), None)
            }
            Err(InsufficientCapacity(_)) => (Verdict::Never, None),
        }
    }
}

/// When somebody asks.
#[derive(Clone, Copy, Debug)]
enum Pause {
    /// After so many times what a unit takes, divided, and some microseconds more.
    Some(u64, u64, u64),
    /// When the last wait that was told is over, or just before.
    Waited,
    AlmostWaited,
}

fn a_pause() -> impl Strategy<Value = Pause> {
    let some = (0..4u64, 1..5u64, 0..2u64);
    prop_oneof![
        3 => some.prop_map(|(units, of, more)| Pause::Some(units, of, more)),
        1 => Just(Pause::Waited),
        1 => Just(Pause::AlmostWaited),
    ]
}

/// Q2, Q3, Q4: whoever is asked says the same, of the verdict, of the wait and of what is left.
#[test]
fn q2_script_limiter_and_governor_say_the_same() {
    let bench = Bench::new();
    let config = ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let interval = prop_oneof![1..10u64, 1..1_000_000u64, 1..DAY];
    let cost = prop_oneof![3 => Just(1), 1 => 1..22u32];
    let steps = prop::collection::vec((a_pause(), 0..2usize, cost), 1..60);
    proptest!(config, |(interval in interval, burst in 1..20u32, steps in steps)| {
        let burst = NonZeroU32::new(burst).unwrap();
        let three = Three::new(&bench, Duration::from_micros(interval), burst);
        let (mut now, mut waits) = (START, 0);
        for (pause, user, cost) in steps {
            let pause = match pause {
                Pause::Some(units, of, more) => units * interval / of + more,
                Pause::Waited => waits,
                Pause::AlmostWaited => u64::saturating_sub(waits, 1),
            };
            now += pause;
            three.clock.advance(Duration::from_micros(pause));
            let cost = NonZeroU32::new(cost).unwrap();
            let ours = three.by_limiter(user, cost, now);
            prop_assert_eq!(three.by_script(user, cost, now), ours);
            let (verdict, left) = three.by_governor(user, cost);
            prop_assert_eq!(verdict, ours.0);
            prop_assert!(left.is_none_or(|left| Some(left) == ours.1));
            waits = match verdict {
                Verdict::Wait(wait) => wait.as_micros().try_into().unwrap(),
                Verdict::Admitted | Verdict::Never => 0,
            };
        }
    });
}
