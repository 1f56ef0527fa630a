//! Whether the store that processes share rates by answers, and how many requests it said nothing of.

use std::time::Duration;

use entitlements_core::Requirement;
use entitlements_core::adapter::{Admission, Gate};
use entitlements_core::rate::{RateFallback, SharedRates};
use entitlements_core::testing::{self, Answers, TestEngine, TestRates, TestRequest, TestVendor};

use crate::recorded::recording;

#[test]
fn q26_it_is_told_when_the_store_goes_and_when_it_is_back() {
    for (fallback, word) in [
        (RateFallback::LocalShare, "local_share"),
        (RateFallback::Deny, "deny"),
        (RateFallback::Allow, "allow"),
    ] {
        recording(|recorded| {
            let store = TestRates::default();
            let shared = SharedRates::by(store.clone()).on_unavailable(fallback);
            let (engine, _upkeep) =
                TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
                    builder.shared_rates(shared)
                });
            let gate = Gate::on(Requirement::rate("api"), &engine).unwrap();
            let ask = || match gate.admit(Some(&engine.current()), &TestRequest::new("GET", "/")) {
                Admission::Later(_) => panic!("the store answers at once"),
                admission => drop(admission),
            };
            let told = |name: &str| {
                let all = recorded.take();
                let of = |(series, number): (&String, &f64)| {
                    series
                        .starts_with(name)
                        .then_some((series.clone(), *number))
                };
                all.iter().filter_map(of).collect::<Vec<_>>()
            };
            ask();
            assert_eq!(
                told("entitlements_rate"),
                [("entitlements_rate_store_up".to_owned(), 1.0)]
            );
            store.answer(Answers::Refuses);
            (0..7).for_each(|_| ask());
            let unshared = format!("entitlements_rates_unshared_total{{fallback={word:?}}}");
            let all = recorded.take();
            // What is 0 is left out: it is not up.
            assert_eq!(all.get("entitlements_rate_store_up"), None);
            assert_eq!(all.get(&unshared), Some(&7.0), "{all:?}");
            let errors = "entitlements_backend_errors_total{backend=\"rate_store\"}";
            // Those after the fifth did not ask.
            assert_eq!(all.get(errors), Some(&5.0));
            store.answer(Answers::AtOnce);
            engine.clock().advance(Duration::from_millis(250));
            ask();
            assert_eq!(
                told("entitlements_rate"),
                [("entitlements_rate_store_up".to_owned(), 1.0)]
            );
        });
    }
}

/// What cannot be read is counted, and the store stays there.
#[test]
fn q26_what_cannot_be_read_is_counted_and_the_store_is_there() {
    recording(|recorded| {
        let store = TestRates::default();
        let shared = SharedRates::by(store.clone());
        let (engine, _upkeep) =
            TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
                builder.shared_rates(shared)
            });
        let gate = Gate::on(Requirement::rate("api"), &engine).unwrap();
        store.answer(Answers::Unreadable);
        for _ in 0..7 {
            match gate.admit(Some(&engine.current()), &TestRequest::new("GET", "/")) {
                Admission::Later(_) => panic!("the store answers at once"),
                admission => drop(admission),
            }
        }
        let all = recorded.take();
        let unshared = "entitlements_rates_unshared_total{fallback=\"local_share\"}";
        let errors = "entitlements_backend_errors_total{backend=\"rate_store\"}";
        assert_eq!(all.get(unshared), Some(&7.0), "{all:?}");
        assert_eq!(all.get(errors), Some(&7.0));
        assert_eq!(all.get("entitlements_rate_store_up"), Some(&1.0));
    });
}
