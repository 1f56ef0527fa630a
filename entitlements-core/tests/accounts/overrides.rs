//! R6: overrides come last.

use entitlements_core::account::{AccountTerms, Override, OverrideValue};
use entitlements_core::resolve::FeatureState;
use entitlements_core::testing::NOW;
use entitlements_core::{Limit, RateTerm};

use crate::product::{
    after, before, beside, catalog, days, feature, features, has, holding, limit, on, past_due,
    requests, users, with_override,
};

fn made(id: &str, value: OverrideValue, days_ago: i64) -> Override {
    Override::new(id, value, days(-days_ago))
}

#[test]
fn r6_an_override_replaces_up_and_down() {
    let terms = with_override(on("team"), made("a", limit("users", 1), 9));
    let terms = with_override(terms, made("b", limit("projects", 77), 9));
    let terms = with_override(terms, made("c", feature("sso", false), 9));
    let terms = with_override(terms, made("d", feature("audit", true), 9));
    let unlimited = OverrideValue::Rate("api".into(), RateTerm::Unlimited);
    let terms = with_override(terms, made("e", unlimited, 9));
    let set = has(&terms, NOW);
    assert_eq!(users(&set), Some(1), "less than the base plan's too");
    assert_eq!(set.limit("projects"), Limit::AtMost(77));
    assert_eq!(features(&set), ["audit", "scim"]);
    assert_eq!(set.rate("api"), RateTerm::Unlimited);
    assert_eq!(set.plan_in_force().name(), "team");

    let users = set.catalog().limit_id("users").unwrap();
    let nodes = set.catalog().limit_id("nodes").unwrap();
    assert!(set.is_limit_overridden(users) && !set.is_limit_overridden(nodes));
}

#[test]
fn r6_an_override_lowers_a_rate() {
    let slow = has(&AccountTerms::default(), NOW).rate("api");
    let value = OverrideValue::Rate("api".into(), slow);
    let set = has(&with_override(on("business"), made("a", value, 1)), NOW);
    assert_eq!(requests(set.rate("api")), Some(60));
}

#[test]
fn r6_an_override_ends_at_its_end() {
    let over = made("a", limit("users", 40), 1).until(days(3));
    let terms = with_override(AccountTerms::default(), over);
    let end = days(3);
    let counts = [before(end), end, after(end)].map(|now| users(&has(&terms, now)));
    assert_eq!(counts, [Some(40), Some(3), Some(3)]);
    let set = has(&terms, NOW);
    assert_eq!(set.changes_at(), Some(end));
    assert!(set.holds_at(before(end)) && !set.holds_at(end) && !has(&terms, end).holds_at(NOW));
}

#[test]
fn r6_the_newest_that_has_not_ended_counts() {
    let older = made("z", limit("users", 10), 5);
    let newer = made("a", limit("users", 20), 4).until(days(1));
    for overrides in [[older.clone(), newer.clone()], [newer, older]] {
        let mut terms = on("team");
        terms.overrides = overrides.into();
        assert_eq!(users(&has(&terms, before(days(1)))), Some(20));
        assert_eq!(
            users(&has(&terms, days(1))),
            Some(10),
            "the older one is back"
        );
    }
}

#[test]
fn r6_of_two_of_one_age_the_larger_id_counts() {
    let (a, b) = (
        made("a", feature("sso", true), 1),
        made("b", feature("sso", false), 1),
    );
    for overrides in [[a.clone(), b.clone()], [b, a]] {
        let mut terms = on("team");
        terms.overrides = overrides.into();
        assert!(!has(&terms, NOW).has("sso"));
    }
}

#[test]
fn r6_a_clock_that_is_behind_delays_no_override() {
    let terms = with_override(
        AccountTerms::default(),
        Override::new("a", limit("users", 9), days(1)),
    );
    assert_eq!(users(&has(&terms, NOW)), Some(9));
}

#[test]
fn r6_what_an_override_gives_has_no_grace() {
    let late = past_due("team", NOW);
    let sso = catalog().feature_id("sso").unwrap();
    assert_eq!(
        has(&late, NOW).feature_state(sso),
        FeatureState::GracePeriod
    );
    let set = has(
        &with_override(late, made("a", feature("sso", true), 1)),
        NOW,
    );
    assert_eq!(set.feature_state(sso), FeatureState::Entitled);
    assert!(
        has(
            &with_override(past_due("team", NOW), made("a", feature("sso", true), 1)),
            days(8)
        )
        .has("sso")
    );
}

#[test]
fn r6_an_override_takes_what_a_license_gives() {
    let held = holding(&catalog(), [|draft| draft.id("k").plan("business")]);
    let terms = with_override(
        AccountTerms::default(),
        made("a", feature("audit", false), 1),
    );
    let set = beside(&held, &terms, NOW);
    assert_eq!(features(&set), ["scim", "sso"]);
    assert_eq!(set.plan_in_force().name(), "business");
}

#[test]
fn r6_names_that_the_catalog_lacks_are_left_out_and_said() {
    let unknown = OverrideValue::Limit("uzers".into(), Limit::AtMost(1));
    let terms = with_override(on("team"), made("a", unknown, 1).until(days(1)));
    let codes = |now| crate::product::codes(has(&terms, now).warnings());
    assert_eq!(codes(before(days(1))), ["unknown_override"]);
    assert_eq!(codes(days(1)), Vec::<&str>::new());
    let message = "override `a` changes the limit `uzers`, which this version lacks";
    assert_eq!(has(&terms, NOW).warnings()[0].message(), message);
}
