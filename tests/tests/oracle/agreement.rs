//! Both say the same.
//!
//! Questions never name one feature twice (`asking.rs`), and no two licenses have one id, one `iat` and one expiry
//! (`worlds.rs`): the specification does not say what happens then.

use entitlements_core::{Limit, RateTerm};
use entitlements_tests::oracle::{Number, Pace, Speed, answer, has};
use proptest::prelude::*;

use crate::worlds::{case, held};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_library_answers_as_the_specification_says((document, world, questions) in case(12)) {
        let held = held(&document, &world);
        for (asked, method) in questions {
            prop_assert_eq!(
                held.says(&asked, method),
                answer(&world, &asked, method),
                "\nlibrary, then oracle, on {} {:?}\n{}", method, asked, document
            );
        }
    }

    #[test]
    fn an_account_has_what_the_specification_says((document, world, _) in case(1)) {
        let (held, expected) = (held(&document, &world), has(&world));
        let set = held.current.set();
        let features: std::collections::BTreeSet<String> = set
            .catalog()
            .features()
            .map(|(_, feature)| feature.name().to_owned())
            .filter(|feature| set.has(feature))
            .collect();
        prop_assert_eq!(features, expected.features, "features\n{}", document);
        for (limit, number) in &expected.limits {
            let number = match number {
                Number::AtMost(most) => Limit::AtMost(*most),
                Number::Unlimited => Limit::Unlimited,
            };
            prop_assert_eq!(set.limit(limit), number, "limit {}\n{}", limit, document);
        }
        for (rate, pace) in &expected.rates {
            let got = match set.rate(rate) {
                RateTerm::Unlimited => Pace::Unlimited,
                RateTerm::AtMost(rate) => Pace::AtMost(Speed {
                    requests: rate.requests(),
                    seconds: rate.per().as_secs(),
                    burst: rate.burst(),
                }),
            };
            prop_assert!(got.cmp(pace).is_eq(), "rate {}: {:?}, not {:?}\n{}", rate, got, pace, document);
        }
        prop_assert_eq!(set.plan_in_force().name(), expected.plan, "plan\n{}", document);
        let status = format!("{:?}", expected.status).to_lowercase();
        prop_assert_eq!(set.status().as_str().replace('_', ""), status, "status\n{}", document);
    }
}
