//! What holds whatever the answer is.

use entitlements_core::account::AccountTerms;
use entitlements_core::{Gate, Limit};
use entitlements_tests::oracle::{
    AddressesAsked, Answer, Asked, License, World, answer_to_preflight,
};
use proptest::prelude::*;

use crate::worlds::{DAY, NOW, case, held, names};

/// A world with one more license in force; not in place of another, and of no subscription.
fn with(world: &World, more: &License) -> World {
    let mut world = world.clone();
    let mut more = more.clone();
    (more.id, more.not_before, more.issued_at) = (Some("one-more".to_owned()), None, None);
    (more.expires, more.deployments) = (NOW + DAY, Vec::new());
    world.licenses.push(more);
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_more_source_never_turns_an_allow_into_a_deny(
        ((document, world, questions), more) in case(12).prop_flat_map(|case| {
            let more = crate::licenses::license(&names(&case.0));
            (Just(case), more)
        })
    ) {
        let (before, after) = (held(&document, &world), held(&document, &with(&world, &more)));
        for (asked, method) in questions {
            let (was, is) = (before.says(&asked, method), after.says(&asked, method));
            prop_assert!(was != Answer::Allow || is == Answer::Allow, "{} {:?}: {:?}\n{}", method, asked, is, document);
        }
    }

    #[test]
    fn a_subscription_never_turns_an_allow_into_a_deny(
        ((document, world, questions), plan) in case(12).prop_flat_map(|case| {
            let plans = names(&case.0).plans;
            (Just(case), proptest::sample::select(plans))
        })
    ) {
        let (mut without, mut with) = (world.clone(), world);
        without.terms = AccountTerms::default();
        with.terms = AccountTerms::on_plan(plan);
        let (before, after) = (held(&document, &without), held(&document, &with));
        for (asked, method) in questions {
            let (was, is) = (before.says(&asked, method), after.says(&asked, method));
            prop_assert!(was != Answer::Allow || is == Answer::Allow, "{} {:?}: {:?}\n{}", method, asked, is, document);
        }
    }

    #[test]
    fn the_order_of_loading_does_not_matter(
        ((document, world, questions), licenses, overrides) in case(12).prop_flat_map(|case| {
            let licenses = Just(case.1.licenses.clone()).prop_shuffle();
            let overrides = Just(case.1.terms.overrides.clone()).prop_shuffle();
            (Just(case), licenses, overrides)
        })
    ) {
        let mut other = world.clone();
        other.licenses = licenses;
        other.terms.overrides = overrides;
        other.terms.addons.reverse();
        other.terms = other.terms.in_order();
        let (one, other) = (held(&document, &world), held(&document, &other));
        for (asked, method) in questions {
            prop_assert_eq!(one.says(&asked, method), other.says(&asked, method));
        }
    }

    /// D2, also where the program has a mistake, and D19.
    #[test]
    fn a_preflight_passes_unless_addresses_are_asked_for((document, world, questions) in case(4)) {
        let held = held(&document, &world);
        let preflight = held.head("OPTIONS")
            .header("origin", "https://app.example")
            .header("access-control-request-method", "POST");
        for (asked, _) in questions {
            let gate = Gate::new(asked.requirement());
            let expected = answer_to_preflight(&world, &asked);
            prop_assert!(!asked.addresses.is_empty() || expected == Answer::Allow);
            prop_assert_eq!(held.judged(&gate, &preflight), expected, "{:?}", asked);
        }
    }

    /// What is denied spends nothing, and what is allowed exactly what was asked for.
    #[test]
    fn a_denied_request_spends_nothing((document, world, questions) in case(12)) {
        let held = held(&document, &world);
        for (asked, method) in questions {
            let before = held.used();
            let passed = held.serves(&asked, method);
            let mut expected = before.clone();
            if passed && ["POST", "PUT", "PATCH"].contains(&method) {
                for (limit, amount) in &asked.limits {
                    *expected.get_mut(limit).unwrap() += amount;
                }
            }
            prop_assert_eq!(held.used(), expected, "{} {:?}: {}", method, asked, passed);
            // Nothing stays reserved either: all the room that there was is there.
            for (limit, used) in &before {
                let now = held.used()[limit];
                if let Limit::AtMost(most) = held.current.set().limit(limit)
                    && most > now
                    && !passed
                {
                    let all = Asked {
                        terms: vec![],
                        addresses: AddressesAsked::default(),
                        limits: vec![(limit.clone(), most - used)],
                        rates: vec![],
                    };
                    prop_assert_eq!(held.says(&all, "POST"), Answer::Allow);
                }
            }
        }
    }
}
