//! Core's limiter, asked the same.
//!
//! A microsecond of the script is a nanosecond of the limiter here, as that is what each of them counts in.

use std::time::Duration;

use entitlements_core::rate::{Ask, Limiter, Part, StoreAsk, Subject, Verdict};
use proptest::prelude::*;

use super::{Bench, DAY, Rate, START, USERS, a_cost, a_pause, a_rate, account, one, store_ask};
use crate::redis_rates::question::Mode;
use crate::redis_rates::speed::LARGEST;

/// What the limiter says of the same.
struct Local {
    limiter: Limiter,
}

impl Local {
    fn ask(&self, asks: &[Asked], mode: Mode, now: u64) -> (Verdict, Vec<(u64, Option<Duration>)>) {
        let account = account();
        let rates: Vec<_> = asks.iter().map(|it| self.limiter.rate(it.rate())).collect();
        let quotas: Vec<_> = asks.iter().map(|it| it.quota.in_nanoseconds()).collect();
        let mut local: Vec<Ask<'_>> = asks
            .iter()
            .zip(&rates)
            .zip(&quotas)
            .map(|((it, rate), quota)| {
                let subject = Subject::Within(&account, Part::User(USERS[it.user]));
                Ask::new(rate, &subject, quota).cost(it.cost)
            })
            .collect();
        let now = Duration::from_nanos(now);
        let verdict = match mode {
            Mode::Take => self.limiter.take(&mut local, now),
            Mode::Look => self.limiter.look(&mut local, now),
        };
        let standings = local.iter().map(|ask| {
            let standing = ask.standing().unwrap();
            (standing.remaining(), standing.wait().map(in_microseconds))
        });
        (verdict, standings.collect())
    }
}

/// What is a nanosecond there is a microsecond here, and none are more than 2^53.
fn in_microseconds(wait: Duration) -> Duration {
    let wait = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_micros(wait.min(1 << 53))
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    user: usize,
    rate: usize,
    quota: Rate,
    cost: u64,
}

impl Asked {
    fn rate(&self) -> &'static str {
        ["api", "exports"][self.rate]
    }

    fn to_store(self) -> StoreAsk {
        store_ask(self.user, self.rate(), self.quota.quota(), self.cost)
    }
}

#[derive(Clone, Debug)]
struct Step {
    pause: u64,
    mode: Mode,
    /// Which of the rates of the run each of the two is asked for at.
    asks: Vec<(usize, usize, prop::sample::Index, u64)>,
    /// Asks again right when it may, and right before.
    waits: bool,
}

fn a_step() -> impl Strategy<Value = Step> {
    let mode = prop_oneof![3 => Just(Mode::Take), 1 => Just(Mode::Look)];
    let ask = (0..2usize, 0..2usize, any::<prop::sample::Index>(), a_cost());
    let asks = prop::collection::vec(ask, 1..4);
    (a_pause(), mode, asks, any::<bool>()).prop_map(|(pause, mode, asks, waits)| Step {
        pause,
        mode,
        asks,
        waits,
    })
}

/// Q1 to Q8: the same is said, whatever is asked in whatever order.
#[test]
fn the_script_says_what_the_limiter_says() {
    let bench = Bench::new();
    let config = ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let runs = (
        prop::collection::vec(a_rate(), 1..4),
        prop::collection::vec(a_step(), 1..40),
    );
    proptest!(config, |((rates, steps) in runs)| {
        let keys = bench.keys();
        let local = Local { limiter: Limiter::default() };
        let mut now = START;
        let mut next = None;
        for step in steps {
            now += step.pause;
            // Up to the year 2112; a server knows none after 2255.
            if let (true, Some(wait)) = (step.waits, next) && now + wait < 1 << 52 {
                now += wait;
            }
            let mut asks: Vec<Asked> = Vec::new();
            for (user, rate, quota, cost) in &step.asks {
                let (user, rate) = (*user, *rate);
                // One key has one quota at a time.
                let same = asks.iter().find(|it| (it.user, it.rate) == (user, rate));
                let quota = same.map_or(rates[quota.index(rates.len())], |it| it.quota);
                asks.push(Asked { user, rate, quota, cost: *cost });
            }
            let stored: Vec<StoreAsk> = asks.iter().map(|it| it.to_store()).collect();
            let (verdict, standings) = local.ask(&asks, step.mode, now);
            let (question, said) = keys.ask(&stored, step.mode, now);
            let told = question.standings(&said);
            let told_pairs: Vec<_> = told.iter().map(|it| (it.remaining, it.wait)).collect();
            prop_assert_eq!(&standings, &told_pairs, "at {}: {:?}", now - START, asks);
            prop_assert_eq!(verdict == Verdict::Admitted, said.is_admitted);
            for (ask, told) in asks.iter().zip(&told) {
                let taken = if said.is_admitted && step.mode == Mode::Take { ask.cost } else { 0 };
                prop_assert_eq!(told.granted, taken);
            }
            next = match verdict {
                Verdict::Wait(wait) => u64::try_from(wait.as_nanos()).ok(),
                Verdict::Admitted | Verdict::Never => None,
            };
            // When there is one unit is what asking for it waits for. Of several of one key, the last one's is.
            for (place, (ask, told)) in asks.iter().zip(&told).enumerate() {
                let is_same = |it: &Asked| (it.user, it.rate) == (ask.user, ask.rate);
                if asks[place + 1..].iter().any(is_same) {
                    continue;
                }
                let one = Asked { cost: 1, ..*ask };
                let (_, one_standing) = local.ask(&[one], Mode::Look, now);
                let window = Duration::from_secs(ask.quota.quota().window_seconds());
                prop_assert_eq!(told.next, one_standing[0].1.unwrap_or(window));
                let looked = keys.look(&[one.to_store()], now);
                prop_assert_eq!(looked[0].wait, one_standing[0].1);
            }
        }
    });
}

/// Also with numbers at which a product has twice the digits that a number of the script may have.
#[test]
fn large_numbers_lose_nothing() {
    let bench = Bench::new();
    let most = LARGEST;
    for (requests, micros, burst) in [
        (999_983, 30 * DAY, 1 << 40),
        (1, 365 * DAY, 1 << 40),
        ((1 << 52) - 1, (1 << 52) - 2, most),
        (most - 1, 365 * DAY - 1, most),
        (3, most - 1, 1000),
    ] {
        let rate = Rate {
            requests,
            micros,
            burst,
        };
        let keys = bench.keys();
        let local = Local {
            limiter: Limiter::default(),
        };
        let mut now = START;
        for (pause, cost) in [
            (0, burst),
            (1, 1),
            (7, 2),
            (365 * DAY, 1),
            (12_345_678_901, 999),
            (29 * DAY + 1, burst / 3),
            (1, 1),
        ] {
            now += pause;
            let asked = Asked {
                user: 0,
                rate: 0,
                quota: rate,
                cost,
            };
            let (_, standings) = local.ask(&[asked], Mode::Take, now);
            let told = keys.take(&one(rate, cost), now);
            assert_eq!((told[0].remaining, told[0].wait), standings[0], "{rate:?}");
        }
    }
}
