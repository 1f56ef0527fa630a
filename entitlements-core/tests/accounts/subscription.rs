//! R2: when a subscription is in force.

use entitlements_core::account::{AccountTerms, SubscriptionStatus};
use entitlements_core::testing::NOW;
use entitlements_core::{LicenseStatus, Timestamp};

use crate::product::{after, before, beside, cancelled, days, ending, has, holding, on, past_due};

/// The states before, at and after a moment, which is the boundary of the sets around it.
fn around(terms: &AccountTerms, moment: Timestamp) -> [LicenseStatus; 3] {
    let set = has(terms, before(moment));
    assert_eq!(set.changes_at(), Some(moment));
    assert!(set.holds_at(before(moment)) && !set.holds_at(moment));
    let set = has(terms, moment);
    assert!(set.holds_at(moment) && !set.holds_at(before(moment)));
    [before(moment), moment, after(moment)].map(|now| {
        let set = has(terms, now);
        assert_eq!(set.has("sso"), set.status().is_in_force());
        set.status()
    })
}

#[test]
fn r2_an_active_or_trialing_subscription_is_in_force_until_its_end() {
    let mut terms = on("team");
    for status in [SubscriptionStatus::Active, SubscriptionStatus::Trialing] {
        terms.status = status;
        terms.ends_at = None;
        let set = has(&terms, Timestamp::MAX);
        assert_eq!(set.status(), LicenseStatus::Active);
        assert!(set.has("sso") && set.changes_at().is_none() && set.holds_at(Timestamp::MIN));
        assert_eq!((set.expires_at(), set.grace_ends_at()), (None, None));

        terms.ends_at = Some(days(5));
        let [before, at, after] = around(&terms, days(5));
        assert_eq!(before, LicenseStatus::Active);
        assert_eq!([at, after], [LicenseStatus::Expired; 2]);
        assert_eq!(has(&terms, NOW).expires_at(), Some(days(5)));
    }
}

#[test]
fn r2_a_past_due_subscription_is_in_grace_for_the_days_of_its_plan() {
    let terms = past_due("team", NOW);
    assert_eq!(has(&terms, before(NOW)).status(), LicenseStatus::Grace);
    assert_eq!(has(&terms, NOW).status(), LicenseStatus::Grace);
    let [before, at, after] = around(&terms, days(7));
    assert_eq!(before, LicenseStatus::Grace);
    assert_eq!([at, after], [LicenseStatus::Expired; 2]);
    let set = has(&terms, NOW);
    assert_eq!(set.expires_at(), Some(NOW));
    assert_eq!(set.grace_ends_at(), Some(days(7)));
    let sso = set.catalog().feature_id("sso").unwrap();
    assert_eq!(set.feature_state(sso).as_str(), "grace_period");
}

#[test]
fn r2_without_days_of_grace_a_past_due_subscription_ends_at_once() {
    let terms = past_due("business", NOW);
    let [before, at, after] = around(&terms, NOW);
    assert_eq!(before, LicenseStatus::Grace);
    assert_eq!([at, after], [LicenseStatus::Expired; 2]);
}

#[test]
fn r2_a_past_due_subscription_does_not_outlast_its_end() {
    let terms = ending(past_due("team", NOW), days(3));
    let [before, at, after] = around(&terms, days(3));
    assert_eq!(before, LicenseStatus::Grace);
    assert_eq!([at, after], [LicenseStatus::Expired; 2]);
    // It is over since it should have been paid, and grace is no more than grace.
    assert_eq!(has(&terms, days(4)).expires_at(), Some(NOW));
}

#[test]
fn r2_days_of_grace_at_the_end_of_time_are_days_of_grace() {
    let terms = past_due("team", before(Timestamp::MAX));
    let set = has(&terms, Timestamp::MAX);
    assert_eq!(set.status(), LicenseStatus::Grace);
    assert!(set.holds_at(Timestamp::MAX));
}

#[test]
fn r2_a_cancelled_subscription_is_over_whatever_its_end() {
    for terms in [
        cancelled("team", NOW),
        ending(cancelled("team", NOW), days(9)),
    ] {
        for now in [before(NOW), NOW, after(NOW), days(10)] {
            let set = has(&terms, now);
            assert_eq!(set.status(), LicenseStatus::Expired);
            assert_eq!(set.expires_at(), Some(NOW));
            assert!(!set.has("sso") && set.changes_at().is_none());
        }
    }
}

#[test]
fn r2_a_license_that_was_signed_for_the_subscription_does_not_count_beside_it() {
    let catalog = crate::product::catalog();
    let holdings = holding(&catalog, [|draft| draft.id("signed").plan("business")]);
    let mut terms = on("team");
    assert!(beside(&holdings, &terms, NOW).has("audit"));

    terms.license_id = Some("signed".to_owned());
    let set = beside(&holdings, &terms, NOW);
    assert_eq!(set.plan_in_force().name(), "team");
    assert!(!set.has("audit") && set.licenses().is_empty());
    assert_eq!(set.changes_at(), None);

    // Where the subscription is over, the license does not bring it back.
    terms.status = SubscriptionStatus::Cancelled { at: NOW };
    assert!(!beside(&holdings, &terms, NOW).has("sso"));

    // Where it is not known, the license stands for it.
    terms.plan = None;
    assert!(beside(&holdings, &terms, NOW).has("audit"));
}

#[test]
fn r2_empty_terms_are_no_source() {
    let set = has(&AccountTerms::default(), NOW);
    assert_eq!(set.status(), LicenseStatus::Unlicensed);
    assert!(set.changes_at().is_none() && set.ended().is_empty());
    let ended = cancelled("team", NOW);
    let no_plan = AccountTerms::default();
    let mut no_plan = ending(no_plan, NOW);
    no_plan.status = ended.status;
    assert_eq!(has(&no_plan, days(1)).status(), LicenseStatus::Unlicensed);
}
