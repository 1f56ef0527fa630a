//! The upkeep and a clock that does odd things: it neither spins nor falls asleep for good.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entitlements_core::testing::{self, ManualClock, NOW, TestVendor};
use entitlements_core::{Clock, Entitlements, Environment, Timestamp};

use crate::log;
use crate::upkeep::{Hand, business, changes};

const SIX_HOURS: Duration = Duration::from_secs(6 * 60 * 60);

#[test]
fn it_waits_and_does_not_spin() {
    let (engine, mut hand) = business();
    // Once for the move of the clock, and once more where it judged anew itself.
    for _ in 0..10 {
        engine.clock().advance(Duration::from_secs(60));
        assert_eq!(hand.run(), 1);
    }
    engine.clock().advance(SIX_HOURS);
    assert!(hand.run() <= 2);
    engine.clock().advance_days(30);
    assert!(hand.run() <= 2);
    crate::block_on(engine.revalidate());
    assert!(hand.run() <= 2);
}

#[test]
fn it_follows_a_clock_that_jumps_by_years() {
    let (engine, mut hand) = business();
    let year = |year: i64| Timestamp::from_unix_seconds((year - 1970) * 31_557_600);
    for (time, status) in [
        (year(2099), "expired"),
        (NOW, "active"),
        (year(1950), "not_yet_valid"),
        (year(9998), "expired"),
        (NOW, "active"),
        (Timestamp::MIN, "not_yet_valid"),
    ] {
        engine.clock().set(time);
        assert!(hand.is_woken(), "at {time}");
        assert!(hand.run() <= 3, "at {time}");
        assert_eq!(changes(), [status], "at {time}");
    }
}

/// After a boot in the year 2099 the clock is put right; from then on six hours are six hours again.
#[test]
fn a_clock_that_was_set_back_does_not_put_off_the_next_judging() {
    let (engine, mut hand) = business();
    engine.clock().set(NOW.saturating_add_days(10_000));
    hand.run();
    engine.clock().set(NOW);
    hand.run();
    let before = std::ptr::from_ref(engine.current().set());
    let kept = engine.current();
    engine.clock().advance(SIX_HOURS);
    hand.run();
    assert!(!std::ptr::eq(before, engine.current().set()));
    drop(kept);
}

/// Counts its waits, and ends none of them by itself.
#[derive(Debug)]
struct CountingClock {
    clock: ManualClock,
    waits: AtomicUsize,
    /// Ends so many waits at once, long before their time.
    early: AtomicUsize,
}

impl Clock for CountingClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        assert!(deadline > self.now(), "a wait for what is past");
        self.waits.fetch_add(1, Ordering::SeqCst);
        let early = |left: usize| left.checked_sub(1);
        match self
            .early
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, early)
        {
            Ok(_) => Box::pin(ready(())),
            Err(_) => self.clock.sleep_until(deadline),
        }
    }
}

#[tokio::test]
async fn waits_that_end_early_are_begun_again() {
    log::listen();
    let clock = Arc::new(CountingClock {
        clock: ManualClock::at(NOW),
        waits: AtomicUsize::new(0),
        early: AtomicUsize::new(20),
    });
    let vendor = TestVendor::new();
    let key = vendor.key(&testing::catalog(), |draft| {
        draft.plan("business").grace_days(0)
    });
    let (engine, upkeep) = Entitlements::builder()
        .catalog(testing::catalog())
        .environment(Environment::of::<String, String>([]))
        .trusted_key(vendor.trusted_key())
        .license_key(key)
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .build()
        .await
        .unwrap();
    let mut hand = Hand::of(upkeep);
    assert!(hand.run() <= 2);
    let waits = clock.waits.load(Ordering::SeqCst);
    assert!((21..=23).contains(&waits), "{waits} waits");
    log::take();
    clock.clock.advance_days(365);
    hand.run();
    assert_eq!(changes(), ["expired"]);
    drop(engine);
    assert!(hand.poll().is_ready());
}

/// At the latest time there is, no later one can be waited for; a wait for it would end at once, for ever.
#[test]
fn at_the_end_of_the_year_9999_it_waits_for_a_change() {
    let (engine, mut hand) = business();
    engine.clock().set(Timestamp::MAX);
    assert!(hand.run() <= 2);
    for _ in 0..10 {
        let _ = engine.current();
        assert!(!hand.is_woken());
    }
    // The clock is put right, and whoever reads first wakes it.
    engine.clock().set(NOW);
    assert_eq!(engine.current().status().as_str(), "active");
    assert!(hand.is_woken());
    hand.run();
    log::take();
    engine.clock().advance_days(30);
    hand.run();
    assert_eq!(changes(), ["grace"]);
}
