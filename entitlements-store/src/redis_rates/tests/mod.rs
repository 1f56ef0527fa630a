//! The script with moved time.
//!
//! - `limiter.rs`: beside core's limiter; `governor.rs`: beside both of them governor's; `returns.rs`: what is given back; `own.rs`: what only the script has.
#![cfg(unix)]

mod governor;
mod limiter;
mod own;
mod returns;

use std::cell::Cell;
use std::time::Duration;

use entitlements_core::AccountId;
use entitlements_core::rate::{Part, Quota, StoreAsk, StoreStanding, Subject, SubjectName};
use entitlements_test_services::SharedRedis;
use proptest::prelude::*;
use redis::aio::MultiplexedConnection;
use tokio::runtime::Runtime;

use super::question::{Mode, Question, Said};
use super::script::{Argument, command};

pub(super) const START: u64 = 1_790_000_000_000_000;

/// A server, and the script with the time as its last key, after which nothing expires that is not deleted.
pub(super) struct Bench {
    runtime: Runtime,
    connection: MultiplexedConnection,
    script: String,
    runs: Cell<u64>,
    _redis: SharedRedis,
}

impl Bench {
    pub(super) fn new() -> Self {
        let redis = SharedRedis::find();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = redis::Client::open(redis.url()).unwrap();
        let connecting = client.get_multiplexed_async_connection();
        let connection = runtime.block_on(connecting).unwrap();
        let production = include_str!("../rates.lua");
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
    pub(super) fn keys(&self) -> Keys<'_> {
        self.runs.set(self.runs.get() + 1);
        Keys {
            bench: self,
            prefix: format!("test:{}:{}:", std::process::id(), self.runs.get()),
        }
    }
}

pub(super) struct Keys<'a> {
    bench: &'a Bench,
    prefix: String,
}

impl Keys<'_> {
    pub(super) fn ask(&self, asks: &[StoreAsk], mode: Mode, now: u64) -> (Question, Said) {
        let question = Question::new(&self.prefix, asks.iter());
        let said = self.run(&question, &question.arguments(mode), now);
        (question, said)
    }

    pub(super) fn take(&self, asks: &[StoreAsk], now: u64) -> Vec<StoreStanding> {
        let (question, said) = self.ask(asks, Mode::Take, now);
        question.standings(&said)
    }

    pub(super) fn look(&self, asks: &[StoreAsk], now: u64) -> Vec<StoreStanding> {
        let (question, said) = self.ask(asks, Mode::Look, now);
        question.standings(&said)
    }

    pub(super) fn give_back(&self, question: &Question, said: &Said, now: u64) {
        if let Some(arguments) = question.return_of(said) {
            self.run(question, &arguments, now);
        }
    }

    pub(super) fn run(&self, question: &Question, arguments: &[Argument], now: u64) -> Said {
        let mut keys = question.keys.clone();
        keys.push(now.to_string());
        let command = command("EVAL", &self.bench.script, &keys, arguments);
        let mut connection = self.bench.connection.clone();
        let value = command.query_async(&mut connection);
        let value = self.bench.runtime.block_on(value).unwrap();
        Said::read(&value, question).unwrap()
    }
}

pub(super) fn account() -> AccountId {
    AccountId::new("acc_42")
}

pub(super) const USERS: [&str; 2] = ["lisa", "mona"];

pub(super) fn store_ask(user: usize, rate: &str, quota: Quota, cost: u64) -> StoreAsk {
    let account = account();
    let subject = Subject::Within(&account, Part::User(USERS[user]));
    StoreAsk::new(rate.into(), SubjectName::of(&subject), quota, cost)
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub(super) requests: u64,
    pub(super) micros: u64,
    pub(super) burst: u64,
}

impl Rate {
    pub(super) fn quota(self) -> Quota {
        Quota::new(
            self.requests,
            Duration::from_micros(self.micros),
            self.burst,
        )
    }

    pub(super) fn in_nanoseconds(self) -> Quota {
        Quota::new(self.requests, Duration::from_nanos(self.micros), self.burst)
    }
}

pub(super) const DAY: u64 = 24 * 60 * 60 * 1_000_000;

pub(super) fn a_rate() -> impl Strategy<Value = Rate> {
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

pub(super) fn a_cost() -> impl Strategy<Value = u64> {
    prop_oneof![4 => Just(1), 1 => Just(0), 4 => 0..30u64, 2 => 0..5000u64, 1 => (1u64 << 39)..(1 << 41)]
}

/// How much time passes.
pub(super) fn a_pause() -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(0), 2 => 1..20u64, 2 => 0..10_000_000u64, 1 => 0..DAY, 1 => 0..400 * DAY]
}

/// One key of a rate, and when it is asked.
pub(super) fn one(rate: Rate, cost: u64) -> [StoreAsk; 1] {
    [store_ask(0, "api", rate.quota(), cost)]
}
