//! R8 and what denials make of it: D8, D10, D11 and D13.

use entitlements_core::account::{AccountTerms, Override};
use entitlements_core::decide::{Facts, decide};
use entitlements_core::resolve::EntitlementSet;
use entitlements_core::testing::NOW;
use entitlements_core::{Denial, DenialKind, Limit, Requirement, Timestamp};

use crate::product::{
    before, beside, cancelled, catalog, days, ending, feature, has, holding, limit, on, past_due,
    with_addons, with_override,
};

fn denial(requirement: &Requirement, set: &EntitlementSet) -> Option<Denial> {
    let bound = requirement.bind(set.catalog()).unwrap();
    decide(&bound, &Facts::new("GET", NOW), set)
        .denial()
        .cloned()
}

/// When what is denied expired; none where it never was there.
fn expired_at(requirement: &Requirement, set: &EntitlementSet) -> Option<Timestamp> {
    match denial(requirement, set).unwrap().kind() {
        DenialKind::LicenseExpired { expired_at, .. } => Some(*expired_at),
        _ => None,
    }
}

#[test]
fn r8_an_ended_subscription_is_remembered_by_when_it_expired() {
    for (terms, now, expected) in [
        (past_due("team", NOW), days(7), NOW),
        (cancelled("team", days(-3)), NOW, days(-3)),
        (ending(on("team"), days(2)), days(2), days(2)),
        (ending(past_due("team", NOW), days(1)), days(1), NOW),
        (ending(past_due("team", days(2)), days(1)), days(1), days(1)),
        (ending(cancelled("team", NOW), days(-5)), NOW, days(-5)),
    ] {
        let set = has(&terms, now);
        for requirement in [
            Requirement::feature("sso"),
            Requirement::plan_at_least("team"),
            Requirement::paid(),
            Requirement::valid_license(),
        ] {
            assert_eq!(expired_at(&requirement, &set), Some(expected), "{terms:?}");
        }
        assert_eq!(expired_at(&Requirement::feature("audit"), &set), None);
    }
}

#[test]
fn r8_while_it_is_in_force_nothing_is_remembered() {
    for (terms, now) in [
        (on("team"), NOW),
        (past_due("team", NOW), before(days(7))),
        (ending(on("team"), days(2)), before(days(2))),
    ] {
        let set = has(&terms, now);
        assert!(set.ended().is_empty());
        assert_eq!(denial(&Requirement::feature("sso"), &set), None);
        assert_eq!(denial(&Requirement::paid(), &set), None);
        assert_eq!(denial(&Requirement::valid_license(), &set), None);
    }
}

#[test]
fn r8_of_several_the_last_to_expire_is_named() {
    let catalog = catalog();
    let held = holding(
        &catalog,
        [|draft| {
            let expired = draft.id("k").plan("business").expires_at(days(-5));
            expired.grace_days(0)
        }],
    );
    let both = |at| beside(&held, &cancelled("team", at), NOW);
    let sso = Requirement::feature("sso");
    assert_eq!(expired_at(&sso, &both(days(-2))), Some(days(-2)));
    assert_eq!(expired_at(&sso, &both(days(-9))), Some(days(-5)));
    let audit = Requirement::feature("audit");
    assert_eq!(expired_at(&audit, &both(days(-2))), Some(days(-5)));
}

#[test]
fn r8_what_addons_and_quantity_gave_is_remembered() {
    let mut terms = with_addons(cancelled("business", NOW), &["regulated", "seats"]);
    terms.quantity = Some(9);
    let set = has(&terms, NOW);
    assert_eq!(expired_at(&Requirement::feature("cmek"), &set), Some(NOW));
    let users = set.catalog().limit_id("users").unwrap();
    assert_eq!(set.ended()[0].limit(users), Some(Limit::AtMost(60)));
}

#[test]
fn d13_what_an_override_takes_is_in_no_plan_and_was_in_none_that_ended() {
    let sso = Requirement::feature("sso");
    let set = has(&cancelled("team", NOW), NOW);
    assert_eq!(
        denial(&sso, &set).unwrap().available_in(),
        ["team", "business"]
    );

    let taken = |terms| {
        let over = Override::new("a", feature("sso", false), NOW);
        has(&with_override(terms, over), NOW)
    };
    for terms in [AccountTerms::default(), on("team"), cancelled("team", NOW)] {
        let denial = denial(&sso, &taken(terms)).unwrap();
        assert_eq!(denial.code(), "LICENSE_REQUIRED");
        assert!(denial.available_in().is_empty());
    }
    // What else the plan had is told as ever.
    let any = Requirement::any_feature(["audit", "sso"]);
    assert_eq!(
        denial(&any, &taken(on("team"))).unwrap().available_in(),
        ["business"]
    );
}

#[test]
fn r6_what_an_ended_source_allowed_is_not_told_where_an_override_decides() {
    let over = Override::new("a", limit("users", 1), NOW);
    let set = has(&with_override(cancelled("team", NOW), over), NOW);
    let id = |name: &str| set.catalog().limit_id(name).unwrap();
    assert_eq!(set.ended()[0].limit(id("users")), None);
    assert_eq!(set.ended()[0].limit(id("nodes")), Some(Limit::AtMost(4)));
}
