//! R11: what another plan would take.

use entitlements_core::account::{AccountTerms, Override};
use entitlements_core::catalog::Retention;
use entitlements_core::resolve::{DowngradePreview, Holdings, downgrade_preview};
use entitlements_core::testing::NOW;
use entitlements_core::{Limit, RateTerm};

use crate::product::{
    cancelled, catalog, days, ending, feature, holding, limit, on, requests, with_addons,
    with_override,
};

/// With this many in use of everything but nodes, which nobody counts.
fn preview(holdings: &Holdings, terms: &AccountTerms, plan: &str, used: u64) -> DowngradePreview {
    let catalog = catalog();
    let (base, nodes) = (catalog.default_plan(), catalog.limit_id("nodes").unwrap());
    let plan = catalog.plan_id(plan).unwrap();
    let used = |id| (id != nodes).then_some(used);
    downgrade_preview(&catalog, base, holdings, terms, plan, NOW, used)
}

#[test]
fn r11_everything_that_falls_is_told() {
    let preview = preview(&Holdings::default(), &on("business"), "free", 4);
    assert_eq!(
        (&*preview.plan_now, &*preview.plan_then),
        ("business", "free")
    );
    assert_eq!(preview.features_lost, ["audit", "sso"]);
    let limits = preview.limits.iter();
    let limits: Vec<_> = limits
        .map(|fall| (&*fall.name, fall.now, fall.then, fall.used, fall.over))
        .collect();
    let at_most = Limit::AtMost;
    assert_eq!(
        limits,
        [
            ("nodes", at_most(4), at_most(1), None, None),
            ("projects", Limit::Unlimited, at_most(2), Some(4), Some(2)),
            ("users", at_most(50), at_most(3), Some(4), Some(1)),
        ]
    );
    let [rate] = &preview.rates[..] else { panic!() };
    assert_eq!(
        (rate.now, requests(rate.then)),
        (RateTerm::Unlimited, Some(60))
    );
    let retention = preview.retention.iter();
    let retention: Vec<_> = retention
        .map(|fall| (&*fall.name, fall.now, fall.then))
        .collect();
    assert_eq!(
        retention,
        [
            (
                "audit_days",
                Some(Retention::Unlimited),
                Some(Retention::Days(7))
            ),
            ("immutable", Some(Retention::Flag(true)), None),
        ]
    );
}

#[test]
fn r11_how_many_are_over_before_at_and_after_the_limit() {
    for (used, over) in [(2, 0), (3, 0), (4, 1), (50, 47)] {
        let preview = preview(&Holdings::default(), &on("business"), "free", used);
        let users = preview
            .limits
            .iter()
            .find(|fall| fall.name == "users")
            .unwrap();
        assert_eq!(users.over, Some(over));
    }
}

#[test]
fn r11_an_upgrade_and_the_same_plan_lose_nothing() {
    assert!(preview(&Holdings::default(), &on("team"), "business", 99).loses_nothing());
    assert!(preview(&Holdings::default(), &on("team"), "team", 99).loses_nothing());
    let over = cancelled("business", NOW);
    assert!(
        preview(&Holdings::default(), &over, "free", 99).loses_nothing(),
        "it has nothing now"
    );
    let ended = ending(on("business"), days(-1));
    assert!(
        preview(&Holdings::default(), &ended, "team", 99).loses_nothing(),
        "the other has no end"
    );
}

#[test]
fn r11_quantity_overrides_and_licenses_stay() {
    let mut terms = with_addons(on("business"), &["regulated", "seats"]);
    terms.quantity = Some(30);
    let terms = with_override(terms, Override::new("a", feature("audit", true), NOW));
    let terms = with_override(terms, Override::new("b", limit("nodes", 9), NOW));
    let to_team = preview(&Holdings::default(), &terms, "team", 45);
    assert_eq!(
        to_team.features_lost,
        ["cmek"],
        "the add-on is not for the plan"
    );
    let users = to_team
        .limits
        .iter()
        .find(|fall| fall.name == "users")
        .unwrap();
    assert_eq!(
        (users.now, users.then),
        (Limit::AtMost(60), Limit::AtMost(40))
    );
    assert_eq!(users.over, Some(5));
    assert!(!to_team.limits.iter().any(|fall| fall.name == "nodes"));

    let held = holding(&catalog(), [|draft| draft.id("k").plan("business")]);
    assert!(preview(&held, &on("business"), "free", 99).loses_nothing());
}
