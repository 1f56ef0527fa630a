//! What the log says of the store that processes share rates by: one line when it goes, one when it is back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entitlements_core::adapter::{Admission, Gate};
use entitlements_core::rate::{
    RateStore, RateStoreError, SharedRates, StoreAnswer, StoreAsk, StoreStanding,
};
use entitlements_core::testing::{self, TestEngine, TestRequest, TestVendor};
use entitlements_core::{Reply, Requirement};

use crate::log;

#[derive(Debug, Clone, Default)]
struct Store {
    is_away: Arc<AtomicBool>,
}

impl Store {
    fn be_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    fn reply<T>(&self, answer: T) -> Reply<Result<T, RateStoreError>> {
        Reply::Now(if self.is_away.load(Ordering::SeqCst) {
            Err(RateStoreError::new("connection refused"))
        } else {
            Ok(answer)
        })
    }
}

impl RateStore for Store {
    fn take(&self, _: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>> {
        let standing = StoreStanding {
            granted: 1,
            remaining: 9,
            wait: Some(Duration::ZERO),
            next: Duration::ZERO,
        };
        let standings = vec![standing];
        self.reply(StoreAnswer { standings })
    }

    fn look(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>> {
        self.take(asks)
    }

    fn present(&self, _: &str, _: Duration) -> Reply<Result<u32, RateStoreError>> {
        self.reply(1)
    }
}

#[test]
fn q26_one_line_each() {
    log::listen();
    let store = Store::default();
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
    store.be_away(true);
    for _ in 0..10 {
        (0..9).for_each(|_| ask());
        engine.clock().advance(Duration::from_millis(250));
    }
    store.be_away(false);
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
