//! The limiter of one process, beside governor's: one key, a million, two threads on one, and memory.

use std::cell::Cell;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use entitlements_benches::measure::{Case, Figure, compare};
use entitlements_benches::report::Table;
use entitlements_core::rate::{Ask, Limiter, Quota, RateKeys, Subject, Verdict};
use entitlements_core::{AccountId, Clock, SystemClock};
use governor::clock::MonotonicClock;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, RateLimiter};

const MILLION: usize = 1_000_000;

pub(crate) const DIRECT: &str = "one key: `governor` direct";
pub(crate) const QUANTA: &str = "one key: `governor` direct, by `quanta`'s clock";
const LOOK_UP: &str = "one account out of a papaya map";
pub(crate) const HOT: &str = "one key: `Limiter::take`";
pub(crate) const HOT_DASHMAP: &str = "one key: `governor` keyed";
pub(crate) const HOT_DENIED: &str = "one key, denied: `Limiter::take`";
pub(crate) const DIRECT_DENIED: &str = "one key, denied: `governor` direct";
const SEVERAL: &str = "two rates of one key: `Limiter::take`";
pub(crate) const MANY: &str = "a million keys: `Limiter::take`";
pub(crate) const MANY_DASHMAP: &str = "a million keys: `governor` keyed";
pub(crate) const TWO: &str = "two threads on one key: `Limiter::take`";
pub(crate) const TWO_DASHMAP: &str = "two threads on one key: `governor` keyed";
pub(crate) const TWO_DIRECT: &str = "two threads on one key: `governor` direct";

/// So fast that nothing is ever denied.
fn fast() -> (Quota, governor::Quota) {
    let most = 1_000_000_000;
    let theirs = governor::Quota::per_second(NonZeroU32::new(most).unwrap());
    (
        Quota::new(most.into(), Duration::from_secs(1), most.into()),
        theirs,
    )
}

/// So slow that all but one is.
fn slow() -> (Quota, governor::Quota) {
    let year = Duration::from_secs(86_400 * 365);
    let theirs = governor::Quota::with_period(year).unwrap();
    (Quota::new(1, year, 1), theirs)
}

struct Ours {
    limiter: Limiter,
    clock: SystemClock,
}

impl Ours {
    fn new() -> Self {
        Self {
            limiter: Limiter::default(),
            clock: SystemClock::new(),
        }
    }

    fn take(&self, rate: &RateKeys, account: &AccountId, quota: Quota) -> Verdict {
        let mut ask = [Ask::new(rate, &Subject::Account(account), &quota)];
        self.limiter.take(&mut ask, self.clock.monotonic())
    }
}

/// As long as those of products are: a UUID would be longer.
fn accounts() -> Vec<AccountId> {
    let mut order: Vec<u64> = (0..MILLION as u64).collect();
    // In an order that no memory knows, the same on every run.
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for place in (1..order.len()).rev() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        order.swap(place, (random % (place as u64 + 1)) as usize);
    }
    let id = |number| AccountId::new(format!("acc_{number:017}"));
    order.into_iter().map(id).collect()
}

fn bytes_of<T>(make: impl FnOnce() -> T) -> f64 {
    let mut made = None;
    let taken = allocation_counter::measure(|| made = Some(make()));
    drop(black_box(made));
    taken.bytes_current as f64
}

/// Nanoseconds that one of two threads waits for each, the median of rounds in which all cases take turns.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn two_threads(cases: &[(&'static str, &(dyn Fn() + Sync))]) -> Vec<Figure> {
    const ROUNDS: usize = 31;
    const EACH: u32 = 200_000;
    let mut samples = vec![Vec::with_capacity(ROUNDS); cases.len()];
    for _ in 0..ROUNDS {
        for ((_, run), samples) in cases.iter().zip(&mut samples) {
            let barrier = Barrier::new(2);
            let took = thread::scope(|scope| {
                let threads = [(); 2].map(|()| {
                    scope.spawn(|| {
                        barrier.wait();
                        let start = Instant::now();
                        (0..EACH).for_each(|_| run());
                        start.elapsed()
                    })
                });
                threads.map(|thread| thread.join().unwrap())
            });
            let longest = took.into_iter().max().unwrap_or_default();
            samples.push(longest.as_nanos() as f64 / f64::from(EACH));
        }
    }
    let figures = cases.iter().zip(samples).map(|((name, _), mut samples)| {
        samples.sort_by(f64::total_cmp);
        Figure {
            name,
            nanoseconds: samples.get(ROUNDS / 2).copied().unwrap_or(f64::NAN),
            allocations: 0,
        }
    });
    figures.collect()
}

pub(crate) fn table() -> Table {
    let (quota, theirs) = fast();
    let (slowly, theirs_slowly) = slow();
    let all = accounts();
    let [account, ..] = all.as_slice() else {
        panic!("there are a million");
    };
    let ours = Ours::new();
    let (hot, second) = (ours.limiter.rate("hot"), ours.limiter.rate("second"));
    let (denied, many) = (ours.limiter.rate("denied"), ours.limiter.rate("many"));
    // By the clock that ours reads; `quanta`'s is there because `tower_governor` asks for it.
    let direct = RateLimiter::direct_with_clock(theirs, MonotonicClock);
    let direct_denied = RateLimiter::direct_with_clock(theirs_slowly, MonotonicClock);
    let by_quanta: DefaultDirectRateLimiter = RateLimiter::direct(theirs);
    let keyed = RateLimiter::dashmap_with_clock(theirs, MonotonicClock);
    let keyed_many = RateLimiter::dashmap_with_clock(theirs, MonotonicClock);
    let papaya: papaya::HashMap<AccountId, u64, foldhash::fast::RandomState> =
        papaya::HashMap::default();
    papaya.pin().insert(account.clone(), 1);
    let at = [(); 2].map(|()| Cell::new(0));
    let next = |of: &Cell<usize>| {
        let place = of.get();
        of.set((place + 1) % MILLION);
        all.get(place).unwrap()
    };
    for account in &all {
        assert_eq!(ours.take(&many, account, quota), Verdict::Admitted);
        assert!(keyed_many.check_key(account).is_ok());
    }
    let [a, b] = &at;
    let mut figures = compare(vec![
        Case::new(DIRECT, || {
            black_box(direct.check()).unwrap();
        }),
        Case::new(QUANTA, || {
            black_box(by_quanta.check()).unwrap();
        }),
        Case::new(LOOK_UP, || {
            black_box(papaya.pin().get(black_box(account)).copied());
        }),
        Case::new(HOT, || {
            black_box(ours.take(&hot, black_box(account), quota));
        }),
        Case::new(HOT_DASHMAP, || {
            black_box(keyed.check_key(black_box(account))).unwrap();
        }),
        Case::new(DIRECT_DENIED, || {
            let _ = black_box(direct_denied.check());
        }),
        Case::new(HOT_DENIED, || {
            black_box(ours.take(&denied, black_box(account), slowly));
        }),
        Case::new(SEVERAL, || {
            let subject = Subject::Account(black_box(account));
            let mut asks = [
                Ask::new(&hot, &subject, &quota),
                Ask::new(&second, &subject, &quota),
            ];
            black_box(ours.limiter.take(&mut asks, ours.clock.monotonic()));
        }),
        Case::new(MANY_DASHMAP, || {
            black_box(keyed_many.check_key(next(b))).unwrap();
        }),
        Case::new(MANY, || {
            black_box(ours.take(&many, next(a), quota));
        }),
    ]);
    figures.extend(two_threads(&[
        (TWO_DIRECT, &|| {
            black_box(direct.check()).unwrap();
        }),
        (TWO_DASHMAP, &|| {
            black_box(keyed.check_key(black_box(account))).unwrap();
        }),
        (TWO, &|| {
            black_box(ours.take(&hot, black_box(account), quota));
        }),
    ]));
    let mut table = Table {
        title: "A rate in one process",
        about: "Accounts by ids of 21 bytes, and the system's monotonic clock read by each of them but where it says so; nothing is denied but where it says so. `governor` keyed is its `DashMap` store with the same ids. With two threads a figure is what each of them waits for one.\n\n![The figures of rates as dots on a scale of powers of ten, beside governor and tower_governor](rates.svg)",
        figures,
        bars: Vec::new(),
    };
    bars(&mut table, &all, (quota, theirs));
    table
}

fn bars(table: &mut Table, all: &[AccountId], (quota, theirs): (Quota, governor::Quota)) {
    let [direct, look_up, hot] = [DIRECT, LOOK_UP, HOT].map(|name| table.nanoseconds(name));
    table.bar(
        "one key: to `governor` direct and an account's look-up",
        hot / (direct + look_up),
        1.1,
        "x",
    );
    let ratio = |table: &Table, ours, theirs| table.nanoseconds(ours) / table.nanoseconds(theirs);
    let many = ratio(table, MANY, MANY_DASHMAP);
    table.bar("a million keys: to `governor` keyed", many, 1.0, "x");
    table.bar("a million keys: the aim", many, 0.6, "x");
    table.known("an aim, not a promise");
    let two = ratio(table, TWO, TWO_DASHMAP);
    table.bar("two threads on one key: to `governor` keyed", two, 0.7, "x");
    table.bar(
        "allocations",
        table.allocations(HOT) + table.allocations(MANY),
        0.0,
        "",
    );
    // All of them limited at the same time, so that all have a place.
    let year = Quota::new(1, Duration::from_secs(86_400 * 365), quota.burst());
    let of_ours = bytes_of(|| {
        let ours = Ours::new();
        let rate = ours.limiter.rate("api");
        for account in all {
            ours.take(&rate, account, year);
        }
        (ours, rate)
    });
    let of_theirs = bytes_of(|| {
        let keyed: DefaultKeyedRateLimiter<AccountId> = RateLimiter::dashmap(theirs);
        for account in all {
            let _ = keyed.check_key(account);
        }
        keyed
    });
    let keys = MILLION as f64;
    table.bar(
        "memory per key, of a million",
        of_ours / keys,
        of_theirs / keys,
        " bytes",
    );
}
