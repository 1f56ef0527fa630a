//! R3 to R5: what a subscription gives by its plan and quantity, and how it joins.

use entitlements_core::account::AccountTerms;
use entitlements_core::catalog::Retention;
use entitlements_core::resolve::{Holdings, resolve_account};
use entitlements_core::testing::NOW;
use entitlements_core::{Limit, RateTerm};

use crate::product::{beside, catalog, changed, features, has, holding, on, requests, users};

fn of(quantity: Option<u64>) -> AccountTerms {
    let mut terms = on("team");
    terms.quantity = quantity;
    terms
}

#[test]
fn r3_a_subscription_gives_its_plan_beside_the_base_plan() {
    let set = has(&on("team"), NOW);
    assert_eq!(features(&set), ["scim", "sso"]);
    assert_eq!(requests(set.rate("api")), Some(600));
    assert_eq!(set.retention()["audit_days"], Retention::Days(30));

    let set = has(&on("business"), NOW);
    assert_eq!(features(&set), ["audit", "scim", "sso"]);
    assert_eq!(set.rate("api"), RateTerm::Unlimited);
    assert_eq!(set.retention()["immutable"], Retention::Flag(true));
}

#[test]
fn r4_a_limit_by_quantity_is_the_quantity_else_the_default_else_the_base_plans() {
    for (quantity, users, projects) in [
        (None, 5, 2),
        (Some(0), 3, 2),
        (Some(4), 4, 4),
        (Some(5), 5, 5),
        (Some(40), 40, 40),
        (Some(u64::MAX), u64::MAX, u64::MAX),
    ] {
        let set = has(&of(quantity), NOW);
        // R5: never fewer than the base plan's 3 users and 2 projects.
        assert_eq!(set.limit("users"), Limit::AtMost(users), "{quantity:?}");
        assert_eq!(
            set.limit("projects"),
            Limit::AtMost(projects),
            "{quantity:?}"
        );
    }
}

#[test]
fn r4_a_limit_by_license_is_its_default_for_a_subscription() {
    // Without `plus`, which is for numbers in keys, and whatever the quantity.
    assert_eq!(has(&of(Some(99)), NOW).limit("nodes"), Limit::AtMost(4));
}

#[test]
fn r4_what_keys_may_give_does_not_touch_subscriptions() {
    let catalog = changed("[license]\n", "[license]\ngrants = 'listed'\n");
    let base = catalog.default_plan();
    let set = resolve_account(&catalog, base, &Holdings::default(), &on("team"), NOW);
    assert!(set.has("sso"));
    assert_eq!(users(&set), Some(5));
}

#[test]
fn r5_a_subscription_and_a_license_join_by_the_larger() {
    let catalog = catalog();
    let licensed = holding(
        &catalog,
        [|draft| {
            let nodes = draft.id("k").plan("team").limit("nodes", Limit::AtMost(30));
            nodes.rate("api", Limit::AtMost(6000))
        }],
    );
    let set = beside(&licensed, &of(Some(12)), NOW);
    assert_eq!(users(&set), Some(12));
    assert_eq!(set.limit("nodes"), Limit::AtMost(31));
    assert_eq!(requests(set.rate("api")), Some(6000));
}

#[test]
fn names_that_the_catalog_lacks_have_nothing() {
    let set = has(&on("business"), NOW);
    assert_eq!(requests(set.rate("none")), Some(0));
    assert_eq!(set.limit("none"), Limit::AtMost(0));
}

#[test]
fn a_plan_that_the_catalog_lacks_gives_nothing() {
    let mut terms = crate::product::with_addons(on("gone"), &["seats"]);
    terms.quantity = Some(70);
    let set = has(&terms, NOW);
    let base = has(&AccountTerms::default(), NOW);
    assert_eq!(features(&set), features(&base));
    assert_eq!(users(&set), users(&base));
    assert_eq!(set.status(), base.status());
    assert_eq!(crate::product::codes(set.warnings()), ["unknown_plan"]);
    assert!(set.errors().is_empty());
}
