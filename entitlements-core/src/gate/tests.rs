use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use super::Gate;
use crate::allowlist::{FixedAllowlist, WhenEmpty};
use crate::testing::TestRequest;
use crate::{Requirement, testing};

#[test]
fn decisions_are_counted_by_requirement_outcome_and_code() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let engine = testing::on_plan(testing::catalog(), "business");
        let judge = |feature: &'static str, times| {
            let gate = Gate::on(Requirement::feature(feature), &engine).unwrap();
            for _ in 0..times {
                let _ = gate.judge(None, &TestRequest::get("/"));
            }
        };
        judge("sso", 3);
        judge("scim", 2);
        let lost = Gate::new(Requirement::paid());
        let _ = lost.judge(None, &TestRequest::get("/"));
    });
    let mut counted: Vec<_> = snapshotter
        .snapshot()
        .into_vec()
        .into_iter()
        .filter(|(key, ..)| key.key().name() == "entitlements_decisions_total")
        .map(|(key, _, _, value)| {
            let labels: Vec<_> = key
                .key()
                .labels()
                .map(|label| label.value().to_owned())
                .collect();
            (labels, value)
        })
        .collect();
    counted.sort_by(|a, b| a.0.cmp(&b.0));
    let row = |requirement: &str, outcome: &str, code: &str, count| {
        (
            vec![requirement.to_owned(), outcome.to_owned(), code.to_owned()],
            DebugValue::Counter(count),
        )
    };
    assert_eq!(
        counted,
        [
            row("feature:scim", "deny", "LICENSE_REQUIRED", 2),
            row("feature:sso", "allow", "", 3),
            row("paid", "deny", "ENTITLEMENTS_LAYER_MISSING", 1),
        ]
    );
}

#[test]
fn d15_what_answers_get_answers_head() {
    let office = FixedAllowlist::new(["192.0.2.0/24"], WhenEmpty::DenyAll).unwrap();
    let engine = testing::on_plan(testing::catalog(), "community");
    let gate = Gate::on(Requirement::fixed_allowlist(office), &engine).unwrap();
    let denies = |methods: &[&str], method: &str| {
        let gate = gate.on_methods(methods.iter().copied());
        let request = TestRequest::new(method, "/").peer("198.51.100.1");
        gate.judge(None, &request).denial().is_some()
    };
    assert!(denies(&["GET"], "GET") && denies(&["GET"], "HEAD"));
    assert!(!denies(&["GET"], "POST") && !denies(&["POST"], "HEAD"));
    // The other way round it is the application's word.
    assert!(denies(&["HEAD"], "HEAD") && !denies(&["HEAD"], "GET"));
}
