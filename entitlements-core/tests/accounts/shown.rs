//! R7: the plan in force, the plan shown and the status over all sources.

use entitlements_core::account::AccountTerms;
use entitlements_core::license::LicenseDraft;
use entitlements_core::resolve::EntitlementSet;
use entitlements_core::testing::NOW;

use crate::product::{beside, cancelled, catalog, days, ending, has, holding, on, past_due};

type Draft = fn(LicenseDraft) -> LicenseDraft;

const BUSINESS: Draft = |draft| draft.id("k").plan("business");
const TEAM: Draft = |draft| draft.id("k").plan("team");
const EXPIRED: Draft = |draft| {
    let expired = draft.id("k").plan("business").expires_at(days(-10));
    expired.grace_days(0)
};

fn words(set: &EntitlementSet) -> [&str; 3] {
    let [shown, in_force] = [set.plan_shown(), set.plan_in_force()];
    // The names live as long as the set's catalog.
    [set.status().as_str(), shown.name(), in_force.name()]
}

fn with(license: Draft, terms: &AccountTerms) -> EntitlementSet {
    beside(&holding(&catalog(), [license]), terms, NOW)
}

#[test]
fn r7_a_subscription_alone_is_shown_in_each_state() {
    for (terms, expected) in [
        (on("team"), ["active", "team", "team"]),
        (past_due("team", days(-1)), ["grace", "team", "team"]),
        (past_due("team", days(-7)), ["expired", "team", "free"]),
        (cancelled("team", days(-1)), ["expired", "team", "free"]),
        (ending(on("team"), days(-1)), ["expired", "team", "free"]),
    ] {
        assert_eq!(words(&has(&terms, NOW)), expected);
    }
}

#[test]
fn r7_the_best_status_is_shown_and_then_the_higher_plan() {
    for (license, terms, expected) in [
        (BUSINESS, on("team"), ["active", "business", "business"]),
        (TEAM, on("business"), ["active", "business", "business"]),
        (
            BUSINESS,
            past_due("team", NOW),
            ["active", "business", "business"],
        ),
        (TEAM, cancelled("business", NOW), ["active", "team", "team"]),
        (EXPIRED, on("team"), ["active", "team", "team"]),
        (EXPIRED, past_due("team", NOW), ["grace", "team", "team"]),
        (
            EXPIRED,
            cancelled("team", NOW),
            ["expired", "business", "free"],
        ),
    ] {
        assert_eq!(words(&with(license, &terms)), expected, "{terms:?}");
    }
}

#[test]
fn r7_a_plan_without_a_rank_is_below_those_that_have_one() {
    assert_eq!(
        words(&has(&on("special"), NOW)),
        ["active", "special", "free"]
    );
}

#[test]
fn r7_of_equals_the_later_expiry_is_shown_and_then_the_license() {
    let expires = days(365);
    let set = with(TEAM, &ending(on("team"), days(100)));
    assert_eq!(set.expires_at(), Some(expires));
    let set = with(TEAM, &ending(on("team"), days(500)));
    assert_eq!(set.expires_at(), Some(days(500)));
    assert_eq!(
        with(TEAM, &on("team")).expires_at(),
        None,
        "never is the latest"
    );
    // Only a license has grace after this expiry.
    let set = with(
        |draft| draft.plan("team").grace_days(3),
        &ending(on("team"), expires),
    );
    assert_eq!(set.grace_ends_at(), Some(days(368)));
}

#[test]
fn r7_addons_alone_show_no_plan_and_have_no_status() {
    let alone = crate::product::with_addons(AccountTerms::default(), &["seats"]);
    assert_eq!(
        words(&with(EXPIRED, &alone)),
        ["expired", "business", "free"]
    );
}
