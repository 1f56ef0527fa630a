//! R9: what an operator is told of an account.

use entitlements_core::resolve::EntitlementSet;
use entitlements_core::testing::NOW;

use crate::product::{
    before, beside, cancelled, catalog, codes, days, ending, has, holding, on, past_due,
};

fn told(set: &EntitlementSet) -> (Vec<&'static str>, Vec<&'static str>) {
    (codes(set.warnings()), codes(set.errors()))
}

#[test]
fn r9_a_past_due_subscription_is_a_warning_and_an_ended_one_an_error() {
    let nothing = (vec![], vec![]);
    let due = (vec!["subscription_past_due"], vec![]);
    let ended = (vec![], vec!["subscription_ended"]);
    for (terms, now, expected) in [
        (on("team"), NOW, &nothing),
        (ending(on("team"), days(1)), before(days(1)), &nothing),
        (ending(on("team"), days(1)), days(1), &ended),
        (past_due("team", NOW), before(days(7)), &due),
        (past_due("team", NOW), days(7), &ended),
        (cancelled("team", NOW), NOW, &ended),
    ] {
        assert_eq!(told(&has(&terms, now)), *expected, "{terms:?}");
    }
}

#[test]
fn r9_the_words_name_the_plan_and_the_days() {
    let set = has(&past_due("team", NOW), NOW);
    assert_eq!(
        set.warnings()[0].message(),
        "the subscription to `team` should have been paid at 2026-01-01T12:00:00Z; it stays in force until 2026-01-08T12:00:00Z"
    );
    let set = has(&cancelled("team", NOW), NOW);
    let message = "the subscription to `team` expired at 2026-01-01T12:00:00Z";
    assert_eq!(set.errors()[0].message(), message);
    let set = has(&on("gone"), NOW);
    let message = "the account is on the plan `gone`, which this version lacks";
    assert_eq!(set.warnings()[0].message(), message);
}

#[test]
fn r9_licenses_and_subscriptions_do_not_silence_each_other() {
    let catalog = catalog();
    let active = holding(&catalog, [|draft| draft.id("k").plan("team")]);
    let set = beside(&active, &past_due("business", before(NOW)), NOW);
    assert_eq!(codes(set.errors()), ["subscription_ended"]);
    let expired = holding(
        &catalog,
        [|draft| {
            draft
                .id("k")
                .plan("team")
                .expires_at(days(-1))
                .grace_days(0)
        }],
    );
    assert_eq!(
        codes(beside(&expired, &on("team"), NOW).errors()),
        ["license_expired"]
    );
}

#[test]
fn r9_a_license_signed_for_the_subscription_raises_nothing() {
    let expired = holding(
        &catalog(),
        [|draft| {
            draft
                .id("k")
                .plan("team")
                .expires_at(days(-1))
                .grace_days(0)
        }],
    );
    let mut terms = on("team");
    terms.license_id = Some("k".to_owned());
    assert_eq!(told(&beside(&expired, &terms, NOW)), (vec![], vec![]));
}
