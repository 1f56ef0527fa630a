//! What a Prometheus reads of an engine, with the recorder of the page.

use std::pin::Pin;
use std::task::{Context, Waker};

use entitlements_core::adapter::{Admission, Gate};
use entitlements_core::rate::FixedRate;
use entitlements_core::testing::{self, TestEngine, TestRequest, TestVendor};
use entitlements_core::{Reply, Requirement};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

#[test]
fn the_recorder_of_the_page_renders_all_that_is_told() {
    let waited = Matcher::Full("entitlements_decision_seconds".into());
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(waited, &[0.001, 0.005, 0.02, 0.1, 0.5, 2.0])
        .unwrap();
    let recorder = builder.build_recorder();
    let prometheus = recorder.handle();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.unwrap();
    metrics::with_local_recorder(&recorder, || {
        let count = |_| async { Ok::<u64, std::fmt::Error>(7) };
        let vendor = TestVendor::new();
        let (engine, mut upkeep) = TestEngine::build(testing::catalog(), vendor, |builder| {
            builder.count("projects", count)
        });
        let key = engine.key(|draft| draft.plan("enterprise"));
        runtime.block_on(engine.activate(&key)).unwrap();
        let gate = Gate::on(Requirement::limit("projects"), &engine).unwrap();
        let request = TestRequest::new("POST", "/projects");
        let admission = gate.admit(Some(&engine.current()), &request);
        if let Admission::Later(waiting) = admission {
            drop(runtime.block_on(Reply::Later(waiting)));
        }
        // A 429 is a denial like others.
        let once = FixedRate::per_minute("exports", 1);
        let gate = Gate::on(Requirement::fixed_rate(once), &engine).unwrap();
        for _ in 0..3 {
            drop(gate.admit(Some(&engine.current()), &request));
        }
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..20 {
            assert!(Pin::new(&mut upkeep).poll(&mut cx).is_pending());
        }
    });
    prometheus.run_upkeep();
    let page = prometheus.render();
    for line in [
        "# TYPE entitlements_decisions_total counter",
        "# HELP entitlements_license_status 1 for the status of the deployment, 0 for all others",
        "entitlements_decisions_total{requirement=\"limit:projects\",outcome=\"allow\",code=\"\"} 1",
        "entitlements_decisions_total{requirement=\"rate:exports\",outcome=\"allow\",code=\"\"} 1",
        "entitlements_decisions_total{requirement=\"rate:exports\",outcome=\"deny\",code=\"RATE_LIMITED\"} 2",
        "entitlements_decision_seconds_bucket{le=\"0.001\"} 1",
        "entitlements_decision_seconds_count 1",
        "entitlements_license_status{status=\"active\"} 1",
        "entitlements_license_status{status=\"expired\"} 0",
        "entitlements_license_expiry_timestamp_seconds 1798804800",
        "entitlements_limit_used{limit=\"projects\"} 7",
        // Prometheus reads `inf` as it reads `+Inf`.
        "entitlements_limit_allowed{limit=\"users\"} inf",
        "entitlements_clock_behind_seconds 0",
    ] {
        assert!(page.lines().any(|told| told == line), "no {line}\n{page}");
    }
}
