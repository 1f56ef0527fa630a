use std::sync::Arc;
use std::thread;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use super::Gate;
use crate::allowlist::{FixedAllowlist, WhenEmpty};
use crate::engine::Callers;
use crate::rate::RateKey;
use crate::testing::TestRequest;
use crate::{Entitlements, Requirement, testing};

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

#[test]
fn clones_are_one_gate_on_whichever_thread() {
    let engine = testing::on_plan(testing::catalog(), "business");
    let is_open = |gate: &Gate| gate.passes(Some(&engine.current()), &TestRequest::get("/"));
    let gates: Vec<Gate> = ["sso", "scim"]
        .repeat(100)
        .into_iter()
        .map(|feature| Gate::new(Requirement::feature(feature)).rooted())
        .collect();
    // Bound by the first request.
    for gate in &gates {
        let _ = gate.judge(Some(&engine.current()), &TestRequest::get("/"));
    }
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..3 {
                    let clones: Vec<Gate> = gates.to_vec();
                    for (number, gate) in clones.iter().enumerate() {
                        assert_eq!(is_open(gate), number % 2 == 0);
                        assert_eq!(is_open(&gate.clone()), number % 2 == 0);
                    }
                }
            });
        }
    });
}

#[test]
fn no_thread_keeps_what_a_closure_captured() {
    let captured = Arc::new(());
    let [by, cost] = [Arc::clone(&captured), Arc::clone(&captured)];
    let by = Requirement::rate("api").by(RateKey::of_head(move |_| {
        let _ = &by;
        None
    }));
    let cost = Requirement::rate("api").cost_of_head(move |_| {
        let _ = &cost;
        1
    });
    let gates = [by, cost].map(|requirement| Gate::new(requirement).rooted());
    drop((gates.clone(), gates));
    assert_eq!(Arc::strong_count(&captured), 1);
}

#[tokio::test]
async fn no_thread_keeps_an_engine() {
    let builder = Entitlements::builder().catalog(testing::catalog());
    let (engine, mut upkeep) = builder.build().await.unwrap();
    // As services keep them: clones are counted by this thread, which remembers where.
    let gate = Gate::on(Requirement::feature("sso"), &engine)
        .unwrap()
        .rooted();
    let callers = Callers::new(engine.clone()).rooted();
    drop((gate.clone(), gate, callers.clone(), callers, engine));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let ended = std::pin::Pin::new(&mut upkeep).poll(&mut context);
    assert!(ended.is_ready(), "the last handle is gone");
}
