use super::{BEFORE, catalog, check, diff};

#[test]
fn as_many_in_a_longer_time_are_fewer() {
    let year = diff(&[("period = \"month\"", "period = \"year\"")]);
    let loss = "all: limit_kind calls: metered, so many a month -> metered, so many a year";
    check(&year, &[loss], &[], &[]);
    let count = diff(&[(
        "kind = \"metered\"\nperiod = \"month\"\noverage = { percent = 25 }",
        "kind = \"concurrent\"\nlease = \"90s\"",
    )]);
    let other = "all: limit_kind calls: metered, so many a month -> leases of 90s";
    check(&count, &[], &[], &[other]);
    let block = diff(&[(
        "overage = { percent = 25 }",
        "overage = \"block\"\nwarn_at = [80]",
    )]);
    let loss =
        "all: limit_kind calls: allowed up to 25 % beyond the limit -> refused beyond the limit";
    check(
        &block,
        &[loss],
        &[],
        &["all: limit_kind calls: warns at 90 %, 100 % -> warns at 80 %"],
    );
}

#[test]
fn the_order_of_plans_decides_who_passes() {
    let swapped = diff(&[("\"pro\", \"max\"] }", "\"max\", \"pro\"] }")]);
    let losses = [
        "max: plan_order pro: at least -> below",
        "max: highest_plan max: max -> pro",
    ];
    let gains = [
        "pro: plan_order max: below -> at least",
        "pro: highest_plan pro: max -> pro",
    ];
    check(&swapped, &losses, &gains, &[]);
    let higher = diff(&[
        ("\"pro\", \"max\"] }", "\"pro\", \"max\", \"ultra\"] }"),
        ("[plans.max]", "[plans.ultra]\n[plans.max]"),
    ]);
    let losses = ["max: highest_plan max: max -> ultra"];
    assert_eq!(super::lines(higher.losses()), losses);
}

#[test]
fn a_plan_that_becomes_the_default_is_no_longer_paid() {
    let diff = diff(&[
        ("default_plan = \"free\"", "default_plan = \"pro\""),
        (
            "limits = { users = 50 }",
            "limits = { users = 50, calls = 10 }",
        ),
    ]);
    assert_eq!(
        super::lines(diff.losses()),
        ["pro: paid pro: paid -> the default plan"]
    );
    assert!(super::lines(diff.gains()).contains(&"all: feature sso: none -> included".to_owned()));
}

#[test]
fn stripe_prices_that_stand_for_nothing_are_losses() {
    let dropped = diff(&[("stripe_prices = [\"price_pro\"]\n", "")]);
    check(
        &dropped,
        &["all: stripe_price price_pro: plan `pro` -> none"],
        &[],
        &[],
    );
    let moved = diff(&[
        ("stripe_prices = [\"price_pro\"]\n", ""),
        (
            "features = [\"scim\"]",
            "features = [\"scim\"]\nstripe_prices = [\"price_pro\", \"price_max\"]",
        ),
    ]);
    let other = [
        "all: stripe_price price_max: none -> plan `max`",
        "all: stripe_price price_pro: plan `pro` -> plan `max`",
    ];
    check(&moved, &[], &[], &other);
}

#[test]
fn names_are_other_changes() {
    let named = diff(&[
        (
            "name = \"Acme\"",
            "name = \"Acme Panel\", upgrade_url = \"https://acme.example\"",
        ),
        (
            "[features.sso]",
            "[features.sso]\nname = \"Single sign-on\"\ndescription = \"Log in once\"",
        ),
    ]);
    let other = [
        "all: setting product.name: Acme -> Acme Panel",
        "all: setting product.upgrade_url: none -> https://acme.example",
        "all: title sso: sso -> Single sign-on",
        "all: description sso: none -> Log in once",
    ];
    check(&named, &[], &[], &other);
}

#[test]
fn features_come_and_go() {
    let comes = diff(&[
        ("features = [\"scim\"]", "features = [\"scim\", \"geo\"]"),
        ("[features.sso]", "[features.later]\n[features.sso]"),
    ]);
    let gains = [
        "max: feature geo: none -> included",
        "all: feature geo: none -> in the catalog",
    ];
    check(
        &comes,
        &[],
        &gains,
        &["all: feature later: none -> in the catalog"],
    );
    let after = catalog(
        &BEFORE
            .replace("[features.scim]\n", "")
            .replace("features = [\"scim\"]\n", ""),
    );
    let losses = [
        "max: feature scim: included -> none",
        "all: feature scim: in the catalog -> none",
    ];
    check(&catalog(BEFORE).compare(&after), &losses, &[], &[]);
}

#[test]
fn less_grace_is_a_loss_and_so_are_keys_that_give_less() {
    let less = diff(&[(
        "[license]",
        "[license]\ngrace_days = 7\nbinding_grace_days = 30\ngrants = \"listed\"",
    )]);
    let losses = [
        "all: setting license.grace_days: 14 days -> 7 days",
        "all: setting license.grants: a key gives its plan and what it lists -> a key gives what it lists alone",
    ];
    let gains = ["all: setting license.binding_grace_days: 14 days -> 30 days"];
    check(&less, &losses, &gains, &[]);
}
