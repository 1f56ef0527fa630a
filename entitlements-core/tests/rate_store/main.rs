//! The store of rates that tests share keeps to what every store does.
#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod in_memory {
    use entitlements_core::testing::{Answers, TestRates};

    fn slow() -> TestRates {
        let rates = TestRates::default();
        rates.answer(Answers::Later);
        rates
    }

    mod at_once {
        entitlements_core::rate_store_conformance!(
            place = super::TestRates::default(),
            open = |place| place.clone()
        );
    }

    mod later {
        entitlements_core::rate_store_conformance!(
            place = super::slow(),
            open = |place| place.clone()
        );
    }
}
