//! Real threads on the same keys.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use entitlements_core::rate::{Limiter, Quota, Verdict};
use std::time::Duration;

use crate::{ask, at, key, per_second, remaining, take};

#[test]
fn q2_threads_admit_together_what_one_would() {
    for requests in [1, 7, (1 << 40) - 1] {
        let limiter = Limiter::with_places_for(1000);
        let quota = Quota::new(requests, Duration::from_secs(3600), 40_000);
        let keys = [key("a"), key("b")];
        let admitted = [AtomicU64::new(0), AtomicU64::new(0)];
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..30_000_u64 {
                        let which = (round % 2) as usize;
                        let done = take(&limiter, keys[which], quota, 1, 5);
                        if done == Verdict::Admitted {
                            admitted[which].fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        for admitted in admitted {
            assert_eq!(admitted.into_inner(), 40_000);
        }
    }
}

#[test]
fn q7_threads_that_take_several_and_give_back_lose_nothing() {
    let limiter = Limiter::with_places_for(1000);
    let quota = per_second(1, 1_000_000);
    let (a, b) = (key("a"), key("b"));
    let kept = AtomicU64::new(0);
    thread::scope(|scope| {
        for thread in 0..4 {
            let (limiter, kept) = (&limiter, &kept);
            scope.spawn(move || {
                let rate = limiter.rate("api");
                let (first, second) = if thread % 2 == 0 { (a, b) } else { (b, a) };
                for round in 0..5_000_u64 {
                    let mut asks = [ask(&rate, first, &quota, 1), ask(&rate, second, &quota, 2)];
                    assert_eq!(limiter.take(&mut asks, at(9)), Verdict::Admitted);
                    if round % 3 == 0 {
                        limiter.give_back(&mut asks, at(9));
                    } else {
                        kept.fetch_add(3, Ordering::Relaxed);
                    }
                    assert_eq!(take(limiter, a, quota, 1, 9), Verdict::Admitted);
                    kept.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let left = remaining(&limiter, a, quota, 9) + remaining(&limiter, b, quota, 9);
    assert_eq!(left, 2_000_000 - kept.into_inner());
}

#[test]
fn q10_first_uses_by_many_at_once_are_all_counted() {
    let limiter = Limiter::with_places_for(30_000);
    let quota = per_second(1, 1);
    let admitted = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..2000 {
                    let key = key(&number.to_string());
                    if take(&limiter, key, quota, 1, 3) == Verdict::Admitted {
                        admitted.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(admitted.into_inner(), 2000);
}

/// One thread spends of a few keys; others bring so many new ones that places become more, and then run short.
#[test]
fn q10_no_spending_is_lost_while_places_become_more_and_run_short() {
    for round in 0..8_u64 {
        let limiter = Limiter::with_places_for(if round % 2 == 0 { 60_000 } else { 200 });
        let (slow, flood) = (
            Quota::new(1, Duration::from_secs(86_400), 500),
            per_second(1, 3),
        );
        let keys: Vec<_> = (0..10)
            .map(|number| key(&format!("kept {number}")))
            .collect();
        let admitted = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for number in 0..10_000_usize {
                        if take(&limiter, keys[number % 10], slow, 1, 7) == Verdict::Admitted {
                            admitted.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
            for thread in 0..2_u64 {
                let limiter = &limiter;
                scope.spawn(move || {
                    for number in 0..20_000 {
                        let bits = u128::from(round << 40 | thread << 32 | number) << 64;
                        take(limiter, std::net::Ipv6Addr::from_bits(bits), flood, 1, 7);
                    }
                });
            }
        });
        let admitted = admitted.into_inner();
        assert!(admitted <= 5000, "{admitted} in round {round}");
        // A flood may keep a key waiting that had nothing spent, but where there are places for all.
        assert!(
            round % 2 == 1 || admitted == 5000,
            "{admitted} in round {round}"
        );
        for key in keys {
            assert_ne!(take(&limiter, key, slow, 500, 7), Verdict::Admitted);
        }
    }
}

/// Plans change in mid-stream, requests cost more than one and ask for two rates, and each thread goes by a reading that others may have passed.
#[test]
fn q5_threads_that_change_rates_while_time_passes_admit_no_more_than_the_fastest() {
    let quotas = [
        Quota::new(1, Duration::from_micros(10), 50),
        Quota::new(7, Duration::from_micros(30), 20),
        Quota::new(3, Duration::from_micros(1), 35),
    ];
    for keys in 1..4_usize {
        let limiter = Limiter::with_places_for(100);
        let clock = AtomicU64::new(0);
        let admitted: [[AtomicU64; 2]; 3] = Default::default();
        thread::scope(|scope| {
            for thread in 0..4_usize {
                let (limiter, clock, admitted) = (&limiter, &clock, &admitted);
                scope.spawn(move || {
                    let rates = [limiter.rate("api"), limiter.rate("exports")];
                    for round in 0..20_000_usize {
                        let step = round as u64 % 11;
                        let now = clock.fetch_add(step * 10, Ordering::Relaxed) + step * 10;
                        let which = (round / 3 + thread) % keys;
                        let name = key(["a", "b", "c"][which]);
                        let quota = &quotas[(round * 7 / (thread + 2) + thread) % 3];
                        let cost = 1 + round as u64 % 4;
                        let mut asks = vec![ask(&rates[round % 2], name, quota, cost)];
                        if round % 5 == 0 {
                            asks.push(ask(&rates[(round + 1) % 2], name, quota, 1));
                        }
                        if limiter.take(&mut asks, at(now)) == Verdict::Admitted {
                            let admitted = &admitted[which];
                            admitted[round % 2].fetch_add(cost, Ordering::Relaxed);
                            if round % 5 == 0 {
                                admitted[(round + 1) % 2].fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    }
                });
            }
        });
        // Three in a microsecond are the fastest, and fifty the most at once.
        let most = 50 + 3 * clock.into_inner() / 1000;
        for admitted in admitted.iter().flatten() {
            let admitted = admitted.load(Ordering::Relaxed);
            assert!(admitted <= most, "{admitted} of {most}");
        }
    }
}
