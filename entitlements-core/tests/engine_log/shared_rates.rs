//! What the log says of the store that processes share rates by: one line when it goes, one when it is back.

use std::time::Duration;

use entitlements_core::Requirement;
use entitlements_core::adapter::{Admission, Gate};
use entitlements_core::rate::SharedRates;
use entitlements_core::testing::{self, Answers, TestEngine, TestRates, TestRequest, TestVendor};

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
