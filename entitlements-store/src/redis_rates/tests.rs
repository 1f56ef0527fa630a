//! The script beside core's limiter, with moved time.
//!
//! A microsecond of the script is a nanosecond of the limiter here, as that is what each of them counts in.
#![cfg(unix)]

use std::cell::Cell;
use std::time::Duration;

use entitlements_core::AccountId;
use entitlements_core::rate::{
    Ask, Limiter, Part, Quota, StoreAsk, StoreStanding, Subject, SubjectName, Verdict,
};
use entitlements_test_services::SharedRedis;
use proptest::prelude::*;
use redis::aio::MultiplexedConnection;
use tokio::runtime::Runtime;

use super::question::{Mode, Question, Said};
use super::script::{Argument, command};

const START: u64 = 1_790_000_000_000_000;

/// A server, and the script with the time as its last key, after which nothing expires that is not deleted.
struct Bench {
    runtime: Runtime,
    connection: MultiplexedConnection,
    script: String,
    runs: Cell<u64>,
    _redis: SharedRedis,
}

impl Bench {
    fn new() -> Self {
        let redis = SharedRedis::find();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = redis::Client::open(redis.url()).unwrap();
        let connecting = client.get_multiplexed_async_connection();
        let connection = runtime.block_on(connecting).unwrap();
        let production = include_str!("rates.lua");
        let timed = production.replace(
            "local now = time[1] * 1000000 + time[2]",
            "local now = tonumber(KEYS[#KEYS])",
        );
        let script = timed.replace("local expires_after = 0", "local expires_after = 3600000");
        assert!(timed != production && script != timed);
        Self {
            runtime,
            connection,
            script,
            runs: Cell::new(0),
            _redis: redis,
        }
    }

    /// A place for keys that no other test uses.
    fn keys(&self) -> Keys<'_> {
        self.runs.set(self.runs.get() + 1);
        Keys {
            bench: self,
            prefix: format!("test:{}:{}:", std::process::id(), self.runs.get()),
        }
    }
}

struct Keys<'a> {
    bench: &'a Bench,
    prefix: String,
}

impl Keys<'_> {
    fn ask(&self, asks: &[StoreAsk], mode: Mode, now: u64) -> (Question, Said) {
        let question = Question::new(&self.prefix, asks.iter());
        let said = self.run(&question, &question.arguments(mode), now);
        (question, said)
    }

    fn take(&self, asks: &[StoreAsk], now: u64) -> Vec<StoreStanding> {
        let (question, said) = self.ask(asks, Mode::Take, now);
        question.standings(&said)
    }

    fn look(&self, asks: &[StoreAsk], now: u64) -> Vec<StoreStanding> {
        let (question, said) = self.ask(asks, Mode::Look, now);
        question.standings(&said)
    }

    fn give_back(&self, question: &Question, said: &Said, now: u64) {
        if let Some(arguments) = question.return_of(said) {
            self.run(question, &arguments, now);
        }
    }

    fn run(&self, question: &Question, arguments: &[Argument], now: u64) -> Said {
        let mut keys = question.keys.clone();
        keys.push(now.to_string());
        let command = command("EVAL", &self.bench.script, &keys, arguments);
        let mut connection = self.bench.connection.clone();
        let value = command.query_async(&mut connection);
        let value = self.bench.runtime.block_on(value).unwrap();
        Said::read(&value, question).unwrap()
    }
}

fn account() -> AccountId {
    AccountId::new("acc_42")
}

const USERS: [&str; 2] = ["lisa", "mona"];

fn store_ask(user: usize, rate: &str, quota: Quota, cost: u64) -> StoreAsk {
    let account = account();
    let subject = Subject::Within(&account, Part::User(USERS[user]));
    StoreAsk::new(rate.into(), SubjectName::of(&subject), quota, cost)
}

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
struct Rate {
    requests: u64,
    micros: u64,
    burst: u64,
}

impl Rate {
    fn quota(self) -> Quota {
        Quota::new(
            self.requests,
            Duration::from_micros(self.micros),
            self.burst,
        )
    }

    fn in_nanoseconds(self) -> Quota {
        Quota::new(self.requests, Duration::from_nanos(self.micros), self.burst)
    }
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

const DAY: u64 = 24 * 60 * 60 * 1_000_000;

fn a_rate() -> impl Strategy<Value = Rate> {
    let micros = prop_oneof![
        Just(1),
        Just(7),
        Just(1_000_003),
        Just(60_000_000),
        Just(30 * DAY),
        Just(365 * DAY),
        1..DAY
    ];
    let requests = prop_oneof![Just(999_983), Just(1 << 40), 1..50u64, 1..5000u64];
    let burst = prop_oneof![Just(0), Just(1), 1..20u64, 1..5000u64, Just(1 << 40)];
    (requests, micros, burst).prop_map(|(requests, micros, burst)| Rate {
        requests,
        micros,
        burst,
    })
}

fn a_cost() -> impl Strategy<Value = u64> {
    prop_oneof![4 => Just(1), 1 => Just(0), 4 => 0..30u64, 2 => 0..5000u64, 1 => (1u64 << 39)..(1 << 41)]
}

/// How much time passes.
fn a_pause() -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(0), 2 => 1..20u64, 2 => 0..10_000_000u64, 1 => 0..DAY, 1 => 0..400 * DAY]
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

/// One key of a rate, and when it is asked.
fn one(rate: Rate, cost: u64) -> [StoreAsk; 1] {
    [store_ask(0, "api", rate.quota(), cost)]
}

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

/// Also with numbers at which a product has twice the digits that a number of the script may have.
#[test]
fn large_numbers_lose_nothing() {
    let bench = Bench::new();
    let most = super::speed::LARGEST;
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

#[test]
fn what_is_above_the_largest_number_admits_less() {
    let bench = Bench::new();
    let keys = bench.keys();
    let quota = Quota::new(1, Duration::from_secs(1), u64::MAX);
    let take = |cost| keys.take(&[store_ask(0, "api", quota, cost)], START)[0];
    assert_eq!(take(u64::MAX).wait, None);
    let most = super::speed::LARGEST;
    assert_eq!(take(most + 1).wait, None);
    assert_eq!(take(most).granted, most);
    assert_eq!(take(0).wait, Some(Duration::ZERO));
}
