//! The table can fail: verifiers that are careless, or that lack one check, do not get through it.

mod claims;
mod jwt;
mod profile;
mod reader;
mod steps;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use entitlements_tests::assert_none;
use entitlements_tests::token_table::model::Front;
use entitlements_tests::token_table::{self, Case, Expected};

use super::parallel;
use reader::Check;

/// The rows that a verifier of the compact form can be asked.
fn cases() -> Vec<(Case, String)> {
    token_table::all()
        .into_iter()
        .filter(|case| case.is_for(Front::Library) && !case.row.compacted)
        .map(|case| {
            let token = case.token();
            (case, token)
        })
        .collect()
}

/// `jsonwebtoken` as it is often used: the header chooses the algorithm, and the claims are whatever JSON they are.
#[test]
fn a_careless_verifier_takes_what_the_table_refuses() {
    let cases = cases();
    let taken = parallel::each(&cases, |(case, token)| {
        let is_refused = match &case.row.expect {
            Expected::Status(status) => !matches!(status.as_str(), "active" | "grace"),
            Expected::Refused { .. } => true,
        };
        is_refused && jwt::takes(case, token)
    });
    let mut kinds: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let taken = cases.iter().zip(taken).filter(|(_, taken)| *taken);
    for ((case, _), _) in taken {
        let kind = match &case.row.expect {
            Expected::Status(word) | Expected::Refused { reason: word } => word,
        };
        let places = kinds.entry(kind.clone()).or_default();
        places.push(&case.place);
    }
    for (kind, places) in &kinds {
        eprintln!("{kind}: {} rows, such as {}", places.len(), places[0]);
    }
    let rows: usize = kinds.values().map(Vec::len).sum();
    assert!(rows >= 12, "only {rows} rows: {kinds:?}");
    let known = BTreeSet::from([
        "algorithm",
        "audience",
        "depth",
        "duplicate_member",
        "expired",
        "expiry_too_early",
        "grace_days",
        "header_parameter",
        "id",
        "issued_in_future",
        "issuer",
        "key_window",
        "limit_value",
        "mistyped_claim",
        "name",
        "not_yet_valid",
        "revoked",
        "token_type",
        "unknown_addon",
        "unknown_plan",
        "wrong_deployment",
    ]);
    let missed: Vec<_> = known
        .into_iter()
        .filter(|kind| !kinds.contains_key(*kind))
        .collect();
    assert!(missed.is_empty(), "the table no longer shows {missed:?}");
}

/// A second verifier, written from `spec/license.md`. It shares with the library how text becomes JSON and bytes, and the
/// check of signatures, which have oracles of their own.
#[test]
fn a_verifier_with_all_checks_agrees_with_the_table() {
    let cases = cases();
    let wrong = parallel::each(&cases, |(case, token)| {
        let said = steps::verdict(case, token, None);
        (said != case.row.expect).then(|| {
            let (place, says) = (&case.place, &case.row.says);
            format!("{place}: {says}: {said:?}, not {:?}", case.row.expect)
        })
    });
    assert_none(&wrong.into_iter().flatten().collect::<Vec<_>>());
}

#[test]
fn a_verifier_that_lacks_one_check_fails_the_table() {
    let cases = cases();
    let caught = parallel::each(Check::ALL, |check| {
        let wrong = |(case, token): &&(Case, String)| {
            steps::verdict(case, token, Some(*check)) != case.row.expect
        };
        (*check, cases.iter().filter(wrong).count())
    });
    for (check, rows) in &caught {
        eprintln!("without {check:?}: {rows} rows fail");
    }
    let uncaught: Vec<String> = caught
        .iter()
        .filter(|(_, rows)| *rows == 0)
        .map(|(check, _)| format!("the table does not show that {check:?} is missing"))
        .collect();
    assert_none(&uncaught);
}
