//! Every scenario, through every front.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use entitlements_tests::scenario::{self, replay};

#[test]
fn every_scenario_ends_as_it_says_through_every_front() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut failed = Vec::new();
    for (file, scenario) in scenario::all() {
        let wrong = runtime.block_on(replay::differences(&scenario));
        if !wrong.is_empty() {
            failed.push(format!(
                "{file}: {:?} {}\n  {}",
                scenario.rules,
                scenario.says,
                wrong.join("\n  ")
            ));
        }
    }
    assert!(
        failed.is_empty(),
        "{} scenarios end otherwise:\n\n{}",
        failed.len(),
        failed.join("\n\n")
    );
}
