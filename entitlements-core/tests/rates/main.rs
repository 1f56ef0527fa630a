//! The limiter of one process, by the rules Q of `spec/rates.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod carry;
mod flood;
mod governor_agrees;
mod one_key;
mod reference;
mod returns;
mod several;
mod threads;

use std::time::Duration;

use entitlements_core::rate::{Ask, Limiter, Part, Quota, RateKeys, Subject, Verdict};

const SECOND: u64 = 1_000_000_000;

fn at(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn per_second(requests: u64, burst: u64) -> Quota {
    Quota::new(requests, Duration::from_secs(1), burst)
}

/// Whose it is, in tests that have many.
type Name = std::net::Ipv6Addr;

fn key(name: &str) -> Name {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes.into()
}

fn ask<'a>(rate: &'a RateKeys, key: Name, quota: &'a Quota, cost: u64) -> Ask<'a> {
    Ask::new(rate, &Subject::Overall(Part::Address(key.into())), quota).cost(cost)
}

/// Takes one thing, and says what came of it.
fn take(limiter: &Limiter, key: Name, quota: Quota, cost: u64, now: u64) -> Verdict {
    limiter.take(&mut [ask(&limiter.rate("api"), key, &quota, cost)], at(now))
}

fn look(limiter: &Limiter, key: Name, quota: Quota, cost: u64, now: u64) -> Verdict {
    limiter.look(&mut [ask(&limiter.rate("api"), key, &quota, cost)], at(now))
}

fn remaining(limiter: &Limiter, key: Name, quota: Quota, now: u64) -> u64 {
    let rate = limiter.rate("api");
    let mut ask = [ask(&rate, key, &quota, 1)];
    limiter.look(&mut ask, at(now));
    ask[0].standing().unwrap().remaining()
}
