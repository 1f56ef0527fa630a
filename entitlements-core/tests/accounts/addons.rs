//! R3 and R4: add-ons of an account.

use entitlements_core::account::{AccountTerms, SubscriptionStatus};
use entitlements_core::testing::NOW;
use entitlements_core::{LicenseStatus, Limit};

use crate::product::{after, before, codes, days, ending, has, on, past_due, users, with_addons};

#[test]
fn r4_addons_add_first_and_then_replace_what_is_smaller() {
    for (addons, expected) in [
        (&["seats"][..], 15),
        (&["floor"], 8),
        (&["floor", "seats"], 15),
        (&["seats", "floor"], 15),
        (&["seats", "seats"], 15),
    ] {
        let set = has(&with_addons(on("team"), addons), NOW);
        assert_eq!(users(&set), Some(expected), "{addons:?}");
    }
}

#[test]
fn r3_an_addon_counts_for_the_plans_that_it_requires() {
    let set = has(&with_addons(on("business"), &["regulated"]), NOW);
    assert!(set.has("cmek") && set.warnings().is_empty());
    assert_eq!(set.limit("nodes"), Limit::AtMost(20));

    let set = has(&with_addons(on("team"), &["regulated"]), NOW);
    assert!(!set.has("cmek"));
    assert_eq!(set.limit("nodes"), Limit::AtMost(4));
    assert_eq!(codes(set.warnings()), ["addon_not_applicable"]);
    let message = "the account has the add-on `regulated`, which its plan `team` cannot have";
    assert_eq!(set.warnings()[0].message(), message);
}

#[test]
fn r3_an_addon_that_the_catalog_lacks_is_left_out() {
    let set = has(&with_addons(on("team"), &["gone", "seats"]), NOW);
    assert_eq!(users(&set), Some(15));
    assert_eq!(codes(set.warnings()), ["addon_not_applicable"]);
}

#[test]
fn r3_addons_without_a_plan_stand_on_the_base_plan() {
    let terms = with_addons(AccountTerms::default(), &["regulated", "seats"]);
    let set = has(&terms, NOW);
    assert_eq!(users(&set), Some(13));
    assert_eq!(set.plan_in_force().name(), "free");
    assert_eq!(set.plan_shown().name(), "free");
    assert_eq!(set.status(), LicenseStatus::Unlicensed);
    assert_eq!(codes(set.warnings()), ["addon_not_applicable"]);
}

#[test]
fn r3_addons_without_a_plan_end_as_a_subscription_to_the_base_plan_would() {
    let alone = with_addons(AccountTerms::default(), &["seats"]);
    let mut late = alone.clone();
    late.status = SubscriptionStatus::PastDue { since: NOW };
    for (terms, end) in [(ending(alone, days(4)), days(4)), (late, days(2))] {
        let counts = [before(end), end, after(end)].map(|now| users(&has(&terms, now)));
        assert_eq!(counts, [Some(13), Some(3), Some(3)]);
        let set = has(&terms, end);
        assert_eq!(codes(set.errors()), ["subscription_ended"]);
        let users = set.catalog().limit_id("users").unwrap();
        assert_eq!(set.ended()[0].limit(users), Some(Limit::AtMost(13)));
        assert_eq!(set.ended()[0].plan(), None);
    }
}

#[test]
fn r2_addons_end_with_their_subscription() {
    let terms = with_addons(past_due("team", NOW), &["seats"]);
    let counts = [before(days(7)), days(7)].map(|now| users(&has(&terms, now)));
    assert_eq!(counts, [Some(15), Some(3)]);
}
