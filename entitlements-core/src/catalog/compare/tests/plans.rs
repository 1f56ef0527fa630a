use super::{BEFORE, catalog, check, diff};

#[test]
fn what_extends_gives_is_compared_not_the_text() {
    let same = [(
        r#"extends = "pro"
features = ["scim"]"#,
        r#"features = ["scim", "sso", "audit"]
rates = { api = { requests = 600, per = "1m", burst = 1000 } }
retention = { audit_days = 365 }"#,
    )];
    assert!(diff(&same).is_empty());
    let lost = diff(&[(r#"features = ["sso", "audit"]"#, r#"features = ["sso"]"#)]);
    let losses = [
        "pro: feature audit: included -> none",
        "max: feature audit: included -> none",
    ];
    check(&lost, &losses, &[], &[]);
}

#[test]
fn r5_what_everybody_has_is_nobodys_loss() {
    let moved = diff(&[
        ("[plans.free]\n", "[plans.free]\nfeatures = [\"sso\"]\n"),
        (
            "extends = \"free\"\nfeatures = [\"sso\", \"audit\"]",
            "features = [\"audit\"]",
        ),
    ]);
    let other = [
        "pro: feature sso: included -> included by the base plan",
        "max: feature sso: included -> included by the base plan",
    ];
    check(
        &moved,
        &[],
        &["free: feature sso: none -> included"],
        &other,
    );
}

#[test]
fn rates_are_lost_where_speed_or_burst_is() {
    for (rate, loss, after) in [
        (
            "requests = 300, per = \"1m\", burst = 1000",
            true,
            "300 per 1m, burst 1000",
        ),
        (
            "requests = 6000, per = \"1m\", burst = 10",
            true,
            "6000 per 1m, burst 10",
        ),
        (
            "requests = 1200, per = \"1m\", burst = 1000",
            false,
            "1200 per 1m, burst 1000",
        ),
    ] {
        let diff = diff(&[("requests = 600, per = \"1m\", burst = 1000", rate)]);
        let told = ["pro", "max"]
            .map(|plan| format!("{plan}: rate api: 600 per 1m, burst 1000 -> {after}"));
        let told = told.each_ref().map(String::as_str);
        if loss {
            check(&diff, &told, &[], &[]);
        } else {
            check(&diff, &[], &told, &[]);
        }
    }
    let reworded = diff(&[(
        "requests = 60, per = \"1m\"",
        "requests = 1, per = \"1s\", burst = 60",
    )]);
    check(
        &reworded,
        &[],
        &[],
        &["free: rate api: 60 per 1m -> 1 per 1s, burst 60"],
    );
}

#[test]
fn a_rate_that_the_default_plan_lacks_limits_nobody() {
    let free = (
        "rates = { api = { requests = 60, per = \"1m\" } }\n[plans.pro]",
        "[plans.pro]",
    );
    let losses: [&str; 0] = [];
    let gains = [
        "free: rate api: 60 per 1m -> unlimited",
        "pro: rate api: 600 per 1m, burst 1000 -> unlimited by the base plan",
        "max: rate api: 600 per 1m, burst 1000 -> unlimited by the base plan",
    ];
    check(&diff(&[free]), &losses, &gains, &[]);
}

#[test]
fn retention_and_trials_and_prices() {
    let shorter = diff(&[
        ("audit_days = 365", "audit_days = 30"),
        ("trial_days = 14\n", ""),
    ]);
    let losses = [
        "pro: retention audit_days: 365 days -> 30 days",
        "pro: trial_days trial_days: 14 days -> 0 days",
        "max: retention audit_days: 365 days -> 30 days",
    ];
    check(&shorter, &losses, &[], &[]);
    let longer = diff(&[(
        "audit_days = 365",
        "audit_days = \"unlimited\", immutable = true",
    )]);
    let gains = [
        "pro: retention audit_days: 365 days -> unlimited",
        "pro: retention immutable: none -> yes",
        "max: retention audit_days: 365 days -> unlimited",
        "max: retention immutable: none -> yes",
    ];
    check(&longer, &[], &gains, &[]);
    let dearer = diff(&[(
        "monthly_cents = 4900",
        "monthly_cents = 5900, per_seat_of = \"users\", free_seats = 3",
    )]);
    let price = "pro: price price: 49.00 EUR a month -> 59.00 EUR a month per seat (users, 3 free)";
    check(&dearer, &[], &[], &[price]);
}

#[test]
fn plans_come_and_go() {
    let text = BEFORE
        .replace(", \"max\"]", "]")
        .replace("requires = [\"pro\"]", "requires = []")
        .split("[plans.max]")
        .next()
        .unwrap()
        .to_owned();
    let (with, without) = (catalog(BEFORE), catalog(&text));
    let gone = with.compare(&without);
    let losses: Vec<_> = gone
        .losses()
        .iter()
        .map(|loss| (loss.kind().as_str(), loss.name()))
        .collect();
    assert_eq!(losses[0], ("plan", "max"));
    assert!(
        losses.contains(&("feature", "cmek")) && losses.contains(&("addon", "extra")),
        "{losses:?}"
    );
    let back = without.compare(&with);
    assert!(
        back.gains()
            .iter()
            .any(|gain| (gain.kind().as_str(), gain.name()) == ("plan", "max"))
    );
}

#[test]
fn a_plan_whose_keys_are_read_as_another_is_compared_with_it() {
    let renamed = BEFORE
        .replace("\"pro\"", "\"business\"")
        .replace("[plans.pro]", "[plans.business]")
        .replace("users = 50", "users = 40")
        .replace(
            "{ p = \"business\" }",
            "{ p = \"business\", pro = \"business\" }",
        );
    let diff = catalog(BEFORE).compare(&catalog(&renamed));
    let told = super::lines(diff.losses());
    assert!(
        told.contains(&"pro: limit users: 50 -> 40".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"pro: plan pro: pro -> keys are read as plan `business`".to_owned()),
        "{told:?}"
    );
    assert!(
        diff.keys()
            .iter()
            .all(|key| key.effect() == super::super::KeyEffect::Changed)
    );
}

#[test]
fn r1_another_plan_stands_for_those_who_hold_nothing() {
    let smaller = diff(&[
        ("default_plan = \"free\"", "default_plan = \"tiny\""),
        (
            "[plans.free]\n",
            "[plans.tiny]\nlimits = { users = 1, calls = 10 }\n[plans.free]\n",
        ),
    ]);
    let told = super::lines(smaller.losses());
    assert!(
        told.contains(&"all: limit users: 3 -> 1".to_owned()),
        "{told:?}"
    );
    let self_hosted = diff(&[(
        "[plans.pro]",
        "[plans.self_hosted]\nlimits = { users = 2, calls = 10 }\nrates = { api = { requests = 60, per = \"1m\" } }\n[plans.pro]",
    )]);
    check(
        &self_hosted,
        &["all: limit users: 3 -> 2"],
        &["self_hosted: plan self_hosted: none -> self_hosted"],
        &["all: default_plan default_plan: free -> self_hosted"],
    );
}

#[test]
fn addons_lose_what_no_plan_of_theirs_gives() {
    let less = diff(&[
        (
            "features = [\"cmek\"]\nlimits = { users = { add = 10 } }",
            "features = [\"sso\"]\nlimits = { users = { add = 5 } }",
        ),
        ("requires = [\"pro\", \"max\"]", "requires = [\"max\"]"),
    ]);
    let losses = [
        "extra: requires pro: may be added -> none",
        "extra: feature cmek: included -> none",
        "extra: limit users: + 10 -> + 5",
        "all: feature cmek: in the catalog -> none",
    ];
    check(
        &less,
        &losses,
        &[],
        &["extra: feature sso: included by the plan -> included"],
    );
}
