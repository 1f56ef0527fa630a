//! The upkeep with a clock that stands still until it is moved: nothing here sleeps.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use entitlements_core::{Timestamp, Upkeep};

use crate::log;

/// Runs an upkeep by hand, and counts how often it wants to run.
pub(crate) struct Hand {
    upkeep: Pin<Box<Upkeep>>,
    woken: Arc<Woken>,
    waker: Waker,
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Hand {
    pub(crate) fn of(upkeep: Upkeep) -> Self {
        let woken = Arc::new(Woken::default());
        Self {
            upkeep: Box::pin(upkeep),
            waker: Waker::from(Arc::clone(&woken)),
            woken,
        }
    }

    pub(crate) fn poll(&mut self) -> Poll<()> {
        self.woken.0.store(0, Ordering::SeqCst);
        let mut cx = Context::from_waker(&self.waker);
        self.upkeep.as_mut().poll(&mut cx)
    }

    /// Polls for as long as it was woken; how often that was.
    pub(crate) fn run(&mut self) -> usize {
        let mut polls = 0;
        while self.woken.0.load(Ordering::SeqCst) > 0 || polls == 0 {
            assert!(self.poll().is_pending());
            polls += 1;
            assert!(polls < 100, "the upkeep spins");
        }
        polls
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::SeqCst) > 0
    }
}

/// An engine whose license ends in 30 days and has 7 days of grace, with its upkeep running.
pub(crate) fn business() -> (TestEngine, Hand) {
    log::listen();
    let vendor = TestVendor::new();
    let key = vendor.key(&testing::catalog(), |draft| {
        let draft = draft.plan("business").id("lic-7").grace_days(7);
        draft.expires_at(NOW.saturating_add_days(30))
    });
    let (engine, upkeep) = TestEngine::build(testing::catalog(), vendor, |builder| {
        builder.license_key(key)
    });
    let mut hand = Hand::of(upkeep);
    hand.run();
    log::take();
    (engine, hand)
}

/// The status that each line about a change says.
pub(crate) fn changes() -> Vec<String> {
    let lines = log::take();
    let changed = lines
        .iter()
        .filter(|line| line.contains("entitlements changed"));
    let status = |line: &String| line.split("status=").nth(1).unwrap().to_owned();
    changed
        .map(status)
        .map(|rest| rest.split(' ').next().unwrap().to_owned())
        .collect()
}

#[test]
fn each_boundary_is_logged_when_it_comes_and_not_before() {
    let (engine, mut hand) = business();
    let moment = Duration::from_micros(1);
    for (days, status) in [(30, "grace"), (37, "expired")] {
        let boundary = NOW.saturating_add_days(days);
        engine.clock().set(boundary.saturating_sub(moment));
        hand.run();
        assert_eq!(changes(), Vec::<String>::new());
        engine.clock().set(boundary);
        assert!(hand.is_woken());
        hand.run();
        assert_eq!(changes(), [status]);
        engine.clock().set(boundary.saturating_add(moment));
        hand.run();
        assert_eq!(changes(), Vec::<String>::new());
    }
}

#[test]
fn the_end_says_what_is_lost_and_what_to_do() {
    let (engine, mut hand) = business();
    engine.clock().advance_days(38);
    hand.run();
    let lines = log::take().concat();
    for part in [
        "before=active",
        "status=expired",
        "features=none",
        "license_expired",
        "renew",
    ] {
        assert!(lines.contains(part), "{part} is not in {lines}");
    }
}

#[tokio::test]
async fn an_activation_moves_the_next_boundary() {
    let (engine, mut hand) = business();
    let sooner = engine.key(|draft| {
        let draft = draft.plan("business").id("lic-7").grace_days(0);
        draft.expires_at(NOW.saturating_add_days(10)).issued_at(NOW)
    });
    engine.deactivate_all().await.unwrap();
    engine.activate(&sooner).await.unwrap();
    assert!(hand.is_woken());
    hand.run();
    log::take();
    engine.clock().advance_days(10);
    hand.run();
    // The license that was handed in stands for the one from the flag, which has its id, and ends sooner.
    assert_eq!(changes(), ["expired"]);
    engine.clock().advance_days(20);
    hand.run();
    assert_eq!(changes(), Vec::<String>::new());
}

/// Somebody changes what is held at the very moment at which the upkeep looks at it.
#[test]
fn a_change_between_the_look_and_the_wait_is_not_missed() {
    log::listen();
    let engine = testing::without_license(testing::catalog());
    let key = |id: &str, days| {
        engine.key(|draft| {
            let draft = draft.plan("business").id(id).grace_days(0);
            draft.expires_at(NOW.saturating_add_days(days))
        })
    };
    let (first, second) = (key("first", 10), key("second", 20));
    let vendor = TestVendor::new();
    let (engine, upkeep) = TestEngine::build(testing::catalog(), vendor, |builder| {
        builder
            .trusted_key(engine.vendor().trusted_key())
            .license_key(first)
            // Not what is looked at here, and done under the lock that activating takes.
            .revalidate_every(Duration::from_secs(u32::MAX.into()))
    });
    let mut hand = Hand::of(upkeep);
    hand.run();
    let entitlements = engine.entitlements().clone();
    log::at_each_line(move |line| {
        if line.contains("status=expired") {
            let mut activation = std::pin::pin!(entitlements.activate(&second));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(activation.as_mut().poll(&mut cx).is_ready());
        }
    });
    engine.clock().advance_days(10);
    hand.run();
    assert_eq!(engine.current().status().as_str(), "active");
    log::take();
    // The second license's end is what it waits for now, not the next of the six hours.
    engine.clock().set(NOW.saturating_add_days(20));
    assert!(hand.is_woken());
    hand.run();
    assert_eq!(changes(), ["expired"]);
}

#[test]
fn it_ends_with_the_last_handle_and_not_with_the_first() {
    let (engine, mut hand) = business();
    let other = engine.entitlements().clone();
    let current = engine.current();
    drop(engine);
    assert!(!hand.is_woken());
    assert!(hand.poll().is_pending());
    drop(other);
    // What a request still holds is not a handle.
    assert!(hand.is_woken());
    assert!(hand.poll().is_ready());
    assert!(current.has("sso"));
}

#[test]
fn it_ends_at_its_first_poll_where_the_engine_is_gone_before() {
    log::listen();
    let vendor = TestVendor::new();
    let (engine, upkeep) = TestEngine::build(testing::catalog(), vendor, |builder| builder);
    drop(engine);
    assert!(Hand::of(upkeep).poll().is_ready());
}

#[test]
fn dropping_it_takes_nothing_from_the_engine() {
    let (engine, hand) = business();
    drop(hand);
    engine.clock().advance_days(38);
    assert_eq!(engine.current().status().as_str(), "expired");
    // The reader that comes first says it then.
    assert_eq!(changes(), ["expired"]);
    engine.clock().set(Timestamp::UNIX_EPOCH);
    assert_eq!(engine.current().status().as_str(), "not_yet_valid");
}

#[test]
fn n5_in_grace_the_log_warns_once_a_day() {
    let (engine, mut hand) = business();
    engine.clock().set(NOW.saturating_add_days(30));
    hand.run();
    let warned = || {
        let lines = log::take().into_iter();
        let daily = lines.filter(|line| line.contains("renew it before that day"));
        daily.collect::<Vec<_>>()
    };
    let first = warned();
    assert_eq!(first.len(), 1, "{first:?}");
    assert!(
        first[0].contains("2026-02-07T12:00:00Z"),
        "the day it ends: {first:?}"
    );
    for day in 1..7 {
        for hour in 0..23 {
            engine.clock().advance(Duration::from_secs(3600));
            hand.run();
            assert!(warned().is_empty(), "day {day}, hour {hour}");
        }
        engine.clock().advance(Duration::from_secs(3600));
        hand.run();
        assert_eq!(warned().len(), 1, "day {day}");
    }
    engine.clock().advance_days(1);
    hand.run();
    assert!(warned().is_empty(), "grace is over");
}
