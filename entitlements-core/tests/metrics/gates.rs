//! Decisions: counted, timed where they waited, and told by events and spans.

use std::time::Duration;

use entitlements_core::adapter::{Admission, Gate, Quick};
use entitlements_core::rate::{FixedRate, RateKey};
use entitlements_core::testing::{self, TestEngine, TestRequest, TestVendor};
use entitlements_core::{Entitlements, Requirement};

use crate::recorded::{Recorded, block_on, recording};
use crate::spans;

fn decisions(recorded: &Recorded) -> Vec<(String, f64)> {
    let all = recorded.take().into_iter();
    all.filter(|(series, _)| series.starts_with("entitlements_decision"))
        .collect()
}

fn counted(requirement: &str, outcome: &str, code: &str) -> (String, f64) {
    let labels = format!("requirement={requirement:?},outcome={outcome:?},code={code:?}");
    (format!("entitlements_decisions_total{{{labels}}}"), 1.0)
}

fn limited(used: u64) -> TestEngine {
    let count = move |_| async move { Ok::<_, std::fmt::Error>(used) };
    TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.count("projects", count)
    })
    .0
}

fn ask(gate: &Gate, engine: &Entitlements, clock: Option<&testing::ManualClock>) {
    let current = engine.current();
    let request = TestRequest::new("POST", "/projects");
    if let Admission::Later(waiting) = gate.admit(Some(&current), &request) {
        if let Some(clock) = clock {
            clock.advance(Duration::from_millis(250));
        }
        let _ = block_on(waiting);
    }
}

#[test]
fn what_is_decided_at_once_is_counted_and_not_timed() {
    recording(|recorded| {
        let engine = testing::on_plan(testing::catalog(), "business");
        let gate =
            |feature: &'static str| Gate::on(Requirement::feature(feature), &engine).unwrap();
        ask(&gate("sso"), &engine, None);
        ask(&gate("scim"), &engine, None);
        ask(&gate("audit").shadow(), &engine, None);
        let expected = [
            counted("feature:audit", "shadow", "LICENSE_REQUIRED"),
            counted("feature:scim", "deny", "LICENSE_REQUIRED"),
            counted("feature:sso", "allow", ""),
        ];
        assert_eq!(decisions(recorded), expected);
    });
}

#[test]
fn what_has_to_wait_is_timed_and_has_a_span() {
    spans::listen();
    recording(|recorded| {
        let roomy = limited(1);
        let gate = |engine| Gate::on(Requirement::limit("projects"), engine).unwrap();
        ask(&gate(&roomy), &roomy, Some(roomy.clock()));
        let timed = ("entitlements_decision_seconds".to_owned(), 1.0);
        let label = "limit:projects";
        let expected = [timed.clone(), counted(label, "allow", "")];
        assert_eq!(decisions(recorded), expected);
        let span = "entitlements.decide requirement=limit:projects path=/projects";
        let of_gates = || {
            let all = spans::take().into_iter();
            let of_gates = all.filter(|line| line.contains("requirement="));
            of_gates.collect::<Vec<_>>()
        };
        assert_eq!(of_gates(), [format!("{span} outcome=allow")]);

        let full = limited(2);
        ask(&gate(&full), &full, Some(full.clock()));
        let expected = [timed.clone(), counted(label, "deny", "LIMIT_EXCEEDED")];
        assert_eq!(decisions(recorded), expected);
        let of_full = of_gates();
        assert_eq!(
            of_full[1],
            format!("{span} outcome=deny code=LIMIT_EXCEEDED")
        );
        let fields = "path=/projects account=local requirement=limit:projects code=LIMIT_EXCEEDED";
        let told = "DEBUG entitlements::decisions message=request denied: ";
        assert!(of_full[0].starts_with(told), "{of_full:?}");
        assert!(of_full[0].ends_with(fields), "{of_full:?}");

        let gate = gate(&full).shadow();
        ask(&gate, &full, Some(full.clock()));
        let expected = [timed, counted(label, "shadow", "LIMIT_EXCEEDED")];
        assert_eq!(decisions(recorded), expected);
    });
}

#[test]
fn what_comes_too_fast_is_counted_however_often() {
    recording(|recorded| {
        let engine = testing::without_license(testing::catalog());
        let gate = |requirement: Requirement| Gate::on(requirement, &engine).unwrap();
        let login = || Requirement::fixed_rate(FixedRate::per_minute("login", 2));
        let by_user = || login().by(RateKey::user());
        for _ in 0..3 {
            ask(&gate(login()), &engine, None);
            ask(&gate(by_user()).shadow(), &engine, None);
        }
        // As adapters ask first; the same denial as before.
        let (current, request) = (engine.current(), TestRequest::new("POST", "/projects"));
        for _ in 0..2 {
            let quick = gate(login()).quick(Some(&current), &request);
            assert!(matches!(quick, Quick::Deny(_)), "{quick:?}");
        }
        ask(&gate(login().cost(3)).shadow(), &engine, None);
        let times = |(series, _): (String, f64), times| (series, times);
        let expected = [
            times(counted("rate:login", "allow", ""), 2.0),
            times(counted("rate:login", "deny", "RATE_LIMITED"), 3.0),
            counted("rate:login", "shadow", "RATE_LIMITED"),
            times(counted("rate:login/user", "allow", ""), 3.0),
        ];
        assert_eq!(decisions(recorded), expected);
    });
}
