//! What the log says of the store that processes share rates by: one line when it goes, one when it is back.

use std::time::Duration;

use entitlements_core::adapter::{Admission, Gate};
use entitlements_core::rate::{RateStore, RateStoreError, SharedRates, StoreAnswer, StoreAsk};
use entitlements_core::testing::{self, Answers, TestEngine, TestRates, TestRequest, TestVendor};
use entitlements_core::{Reply, Requirement};

use crate::log;

#[test]
fn q26_one_line_each() {
    log::listen();
    let store = TestRates::default();
    let shared = SharedRates::by(store.clone());
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.shared_rates(shared)
    });
    let gate = Gate::on(Requirement::rate("api"), &engine).unwrap();
    let ask = || match gate.admit(Some(&engine.current()), &TestRequest::new("GET", "/")) {
        Admission::Later(_) => panic!("the store answers at once"),
        admission => drop(admission),
    };
    ask();
    log::take();
    store.answer(Answers::Refuses);
    for _ in 0..10 {
        (0..9).for_each(|_| ask());
        engine.clock().advance(Duration::from_millis(250));
    }
    store.answer(Answers::AtOnce);
    engine.clock().advance(Duration::from_secs(1));
    (0..9).for_each(|_| ask());
    let lines = log::take();
    let lines = lines.iter().filter(|line| line.contains("store of rates"));
    let lines: Vec<_> = lines.collect();
    let [went, came] = &*lines else {
        panic!("{lines:?}");
    };
    assert!(
        went.starts_with("WARN:") && went.contains("connection refused"),
        "{went}"
    );
    assert!(went.contains("each process lets pass its share"), "{went}");
    assert!(
        came.starts_with("INFO:") && came.contains("away_seconds=3"),
        "{came}"
    );
}

/// What cannot be read for one is told now and then, and does not take the store away from others.
#[test]
fn q26_what_cannot_be_read_is_told_once_a_minute() {
    log::listen();
    let store = TestRates::default();
    let shared = SharedRates::by(store.clone());
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.shared_rates(shared)
    });
    let gate = Gate::on(Requirement::rate("api"), &engine).unwrap();
    let ask = || match gate.admit(Some(&engine.current()), &TestRequest::new("GET", "/")) {
        Admission::Later(_) => panic!("the store answers at once"),
        admission => drop(admission),
    };
    log::take();
    let told = || {
        let lines = log::take();
        let lines = lines.iter().filter(|line| line.contains("store of rates"));
        lines.cloned().collect::<Vec<_>>()
    };
    store.answer(Answers::Unreadable);
    (0..20).for_each(|_| ask());
    let lines = told();
    let [line] = &*lines else {
        panic!("{lines:?}");
    };
    assert!(
        line.starts_with("WARN:") && line.contains("something else lies under that name"),
        "{line}"
    );
    // It is asked each time, for it is there.
    assert_eq!(store.asked(), 20);
    engine.clock().advance(Duration::from_secs(59));
    ask();
    assert_eq!(told(), [""; 0]);
    engine.clock().advance(Duration::from_secs(1));
    ask();
    assert_eq!(told().len(), 1);

    // One that is away is there again with such an answer.
    store.answer(Answers::Refuses);
    (0..9).for_each(|_| ask());
    assert_eq!(told().len(), 1);
    store.answer(Answers::Unreadable);
    engine.clock().advance(Duration::from_millis(250));
    ask();
    let lines = told();
    let [line] = &*lines else {
        panic!("{lines:?}");
    };
    assert!(line.contains("answers again"), "{line}");
}

/// A store that counts what is spent, and may not count who spends it.
#[derive(Debug)]
struct CountsNobody {
    store: TestRates,
    /// Says so before it is waited for.
    at_once: bool,
}

impl RateStore for CountsNobody {
    fn take(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>> {
        self.store.take(asks)
    }

    fn look(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>> {
        self.store.look(asks)
    }

    fn present(&self, _: &str, _: Duration) -> Reply<Result<u32, RateStoreError>> {
        let refused = || Err(RateStoreError::new("no permission for `zadd`"));
        if self.at_once {
            return Reply::Now(refused());
        }
        Reply::later(async move { refused() })
    }
}

#[tokio::test]
async fn q29_a_store_that_counts_no_processes_is_told_of_once() {
    log::listen();
    for at_once in [false, true] {
        let store = TestRates::default();
        let counts_nobody = CountsNobody {
            store: store.clone(),
            at_once,
        };
        let shared = SharedRates::by(counts_nobody);
        let (engine, _upkeep) =
            TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
                builder.shared_rates(shared)
            });
        let gate = Gate::on(Requirement::rate("api"), &engine).unwrap();
        log::take();
        for answers in [Answers::AtOnce, Answers::Later, Answers::AtOnce] {
            store.answer(answers);
            engine.clock().advance(Duration::from_secs(1));
            match gate.admit(Some(&engine.current()), &TestRequest::new("GET", "/")) {
                Admission::Later(waiting) => drop(waiting.await),
                admission => drop(admission),
            }
        }
        let lines = log::take();
        let lines = lines.iter().filter(|line| line.contains("processes"));
        let lines: Vec<_> = lines.collect();
        let [line] = &*lines else {
            panic!("{lines:?}");
        };
        assert!(
            line.starts_with("WARN:") && line.contains("no permission for `zadd`"),
            "{line}"
        );
    }
}
