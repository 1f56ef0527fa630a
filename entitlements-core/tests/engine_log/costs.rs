//! What a gate says of requests that are never admitted (Q17).

use entitlements_core::rate::FixedRate;
use entitlements_core::testing::{self, TestRequest};
use entitlements_core::{Entitlements, Gate, Requirement};

use crate::{block_on, log};

#[test]
fn q17_a_cost_above_the_burst_is_told_once_with_its_path() {
    log::listen();
    let engine = block_on(async {
        let builder = Entitlements::builder().catalog(testing::catalog());
        builder.build().await.unwrap().0
    });
    let exports = Requirement::fixed_rate(FixedRate::per_hour("exports", 5));
    let cost = exports.cost_of_head(|head| if head.path() == "/all" { 6 } else { 5 });
    let gate = Gate::on(cost, &engine).unwrap();
    let _ = log::take();
    let told = |path: &str| {
        let _ = gate.judge(Some(&engine.current()), &TestRequest::get(path));
        let lines = log::take();
        let lines = lines
            .into_iter()
            .filter(|line| line.contains("never admitted"));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(told("/some"), [""; 0]);
    let [line] = &*told("/all") else {
        panic!("it is told");
    };
    assert!(
        line.starts_with("ERROR:") && line.contains("rate `exports`"),
        "{line}"
    );
    assert!(line.contains("/all"), "{line}");
    assert_eq!(told("/all"), [""; 0]);
}
