//! R10: who gave what.

use entitlements_core::account::{AccountTerms, Override};
use entitlements_core::resolve::{Explained, Explanation, FeatureState, Holdings, explain};
use entitlements_core::testing::NOW;
use entitlements_core::{Limit, RateTerm};

use crate::product::{
    cancelled, catalog, changed, days, feature, holding, limit, on, past_due, with_addons,
    with_override,
};

fn explained(holdings: &Holdings, terms: &AccountTerms) -> Explanation {
    let catalog = catalog();
    explain(&catalog, catalog.default_plan(), holdings, terms, NOW)
}

/// The steps in words: `license k +seats raised 15`.
fn words<T>(explained: &Explained<T>, value: impl Fn(&T) -> String) -> Vec<String> {
    let steps = explained.steps().iter().map(|step| {
        let source = [Some(step.source.as_str()), step.source.id()];
        let mut words: Vec<_> = source.into_iter().flatten().map(str::to_owned).collect();
        words.extend(step.addon.iter().map(|addon| format!("+{addon}")));
        words.push(step.effect.as_str().to_owned());
        words.extend(step.effect.because().map(str::to_owned));
        words.push(value(&step.value));
        words.join(" ")
    });
    steps.collect()
}

fn of_limit(explanation: &Explanation, name: &str) -> Vec<String> {
    words(explanation.limit(name).unwrap(), Limit::to_string)
}

fn of_feature(explanation: &Explanation, name: &str) -> Vec<String> {
    words(explanation.feature(name).unwrap(), |state| {
        state.as_str().to_owned()
    })
}

#[test]
fn r10_steps_stand_in_the_order_of_the_rules() {
    let held = holding(
        &catalog(),
        [|draft| {
            draft
                .id("k")
                .plan("team")
                .addon("floor")
                .limit("users", Limit::AtMost(6))
        }],
    );
    let mut terms = with_addons(on("team"), &["floor", "seats"]);
    terms.quantity = Some(4);
    let terms = with_override(terms, Override::new("o", limit("users", 2), NOW));
    let explanation = explained(&held, &terms);
    assert_eq!(
        of_limit(&explanation, "users"),
        [
            "base_plan free gave 3",
            "license k raised 6",
            "license k +floor raised 8",
            "subscription no_higher 4",
            "subscription +seats raised 14",
            "subscription +floor no_higher 14",
            "override o replaced 2",
        ]
    );
    assert_eq!(
        *explanation.limit("users").unwrap().value(),
        Limit::AtMost(2)
    );
    let names: Vec<_> = explanation.limits().iter().map(Explained::name).collect();
    assert_eq!(names, ["nodes", "projects", "users"]);
}

#[test]
fn r10_a_rate_is_raised_by_the_faster() {
    let explanation = explained(&Holdings::default(), &on("business"));
    let api = explanation.rate("api").unwrap();
    assert_eq!(*api.value(), RateTerm::Unlimited);
    let words = words(api, |rate| format!("{}", *rate == RateTerm::Unlimited));
    assert_eq!(
        words,
        ["base_plan free gave false", "subscription raised true"]
    );
}

#[test]
fn r10_what_is_not_in_force_is_ignored_with_its_state() {
    let held = holding(
        &catalog(),
        [|draft| {
            let later = draft.id("later").plan("business");
            later.not_before(days(9))
        }],
    );
    let explanation = explained(
        &held,
        &with_addons(cancelled("business", NOW), &["regulated"]),
    );
    let audit = explanation.feature("audit").unwrap();
    assert_eq!(*audit.value(), FeatureState::NotEntitled);
    assert_eq!(
        of_feature(&explanation, "audit"),
        [
            "license later ignored not_yet_valid entitled",
            "subscription ignored expired entitled",
        ]
    );
    assert_eq!(
        of_feature(&explanation, "cmek"),
        ["subscription +regulated ignored expired entitled",]
    );
    assert_eq!(
        of_feature(&explanation, "scim"),
        ["base_plan free gave entitled"]
    );
}

#[test]
fn r10_grace_is_told() {
    let explanation = explained(&Holdings::default(), &past_due("team", NOW));
    assert_eq!(
        of_feature(&explanation, "sso"),
        ["subscription gave grace_period"]
    );
    assert_eq!(
        *explanation.feature("sso").unwrap().value(),
        FeatureState::GracePeriod
    );
}

#[test]
fn r10_an_addon_whose_plan_is_missing_is_ignored() {
    let terms = with_addons(on("team"), &["regulated"]);
    let explanation = explained(&Holdings::default(), &terms);
    assert_eq!(
        of_feature(&explanation, "cmek"),
        ["subscription +regulated ignored requires_unmet entitled",]
    );
    assert_eq!(
        of_limit(&explanation, "nodes"),
        [
            "base_plan free gave 1",
            "subscription raised 4",
            "subscription +regulated ignored requires_unmet 20",
        ]
    );
}

#[test]
fn r10_addons_alone_are_told_without_the_plan_that_they_stand_on() {
    let terms = with_addons(AccountTerms::default(), &["seats"]);
    let explanation = explained(&Holdings::default(), &terms);
    assert_eq!(
        of_limit(&explanation, "users"),
        ["base_plan free gave 3", "subscription +seats raised 13",]
    );
    assert_eq!(of_limit(&explanation, "nodes"), ["base_plan free gave 1"]);
}

#[test]
fn r10_what_a_key_takes_and_names_in_vain_is_told() {
    let held = holding(
        &catalog(),
        [|draft| {
            let less = draft.id("k").plan("business").without_feature("sso");
            less.limit("users", Limit::AtMost(20))
        }],
    );
    let explanation = explained(&held, &on("team"));
    assert_eq!(
        of_feature(&explanation, "sso"),
        ["license k took not_entitled", "subscription gave entitled",]
    );
    assert_eq!(
        *explanation.feature("sso").unwrap().value(),
        FeatureState::Entitled
    );
    assert_eq!(
        of_limit(&explanation, "users"),
        [
            "base_plan free gave 3",
            "license k raised 50",
            "license k ignored not_licensed 20",
            "subscription no_higher 5",
        ]
    );
}

#[test]
fn r10_a_license_signed_for_the_subscription_is_ignored() {
    let held = holding(&catalog(), [|draft| draft.id("k").plan("business")]);
    let mut terms = on("team");
    terms.license_id = Some("k".to_owned());
    let explanation = explained(&held, &terms);
    assert_eq!(
        of_feature(&explanation, "audit"),
        ["license k ignored signed_for_subscription entitled",]
    );
}

#[test]
fn r10_where_only_what_is_listed_counts_addons_are_ignored() {
    let catalog = changed("[license]\n", "[license]\ngrants = 'listed'\n");
    let held = holding(
        &catalog,
        [|draft| {
            draft
                .id("k")
                .plan("team")
                .addon("seats")
                .feature("sso")
                .limit("users", Limit::AtMost(7))
        }],
    );
    let terms = AccountTerms::default();
    let explanation = explain(&catalog, catalog.default_plan(), &held, &terms, NOW);
    assert_eq!(of_feature(&explanation, "sso"), ["license k gave entitled"]);
    assert_eq!(
        of_limit(&explanation, "users"),
        [
            "base_plan free gave 3",
            "license k raised 7",
            "license k +seats ignored only_listed 17",
        ]
    );
}

#[test]
fn r10_of_overrides_the_one_that_counts_and_why_the_others_do_not() {
    let over = |id, on, days_ago: i64| Override::new(id, feature("sso", on), days(-days_ago));
    let terms = with_override(on("team"), over("new", false, 2));
    let terms = with_override(terms, over("ended", true, 1).until(NOW));
    let terms = with_override(terms, over("old", true, 3));
    let explanation = explained(&Holdings::default(), &terms);
    assert_eq!(
        of_feature(&explanation, "sso"),
        [
            "subscription gave entitled",
            "override old ignored superseded entitled",
            "override new took not_entitled",
            "override ended ignored ended entitled",
        ]
    );
    assert_eq!(
        *explanation.feature("sso").unwrap().value(),
        FeatureState::NotEntitled
    );
}
