//! The table against the library and against the oracle.

use std::collections::{BTreeMap, BTreeSet};

use entitlements_tests::addresses::model::{Row, Trust};
use entitlements_tests::addresses::{self, Case, Expected, oracle};
use entitlements_tests::{assert_none, root};

#[test]
fn every_row_is_what_the_library_says() {
    let wrong: Vec<String> = addresses::all()
        .iter()
        .filter(|case| case.told() != case.expect)
        .map(|case| format!("{}: {}: {:?}", case.place, case.says, case.told()))
        .collect();
    assert_none(&wrong);
}

#[test]
fn every_row_is_what_the_oracle_says() {
    let rows = addresses::all();
    // The oracle knows neither bounds nor peers without an address.
    let rows = rows.iter().filter(|case| !cites(case, "X9"));
    let rows: Vec<_> = rows.filter_map(|case| Some((case, said(case)?))).collect();
    assert!(rows.len() > 250, "only {} rows", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(case, said)| said != &case.expect)
        .map(|(case, said)| format!("{}: {}: {said:?}", case.place, case.says))
        .collect();
    assert_none(&wrong);
}

fn said(case: &Case) -> Option<Expected> {
    let trust = match &case.trust {
        Trust::Nobody(_) => oracle::Trust::Nobody,
        Trust::Hops { hops } => oracle::Trust::Hops(usize::from(*hops)),
        Trust::Ranges(ranges) => oracle::Trust::Ranges(
            ranges
                .iter()
                .map(|range| network(range))
                .collect::<Option<_>>()?,
        ),
    };
    let lines: Vec<_> = case.values().into_iter().map(<[u8]>::to_vec).collect();
    let believe = case.believe.to_lowercase();
    Some(
        match oracle::client(case.peer_address?, &trust, &believe, &lines) {
            Ok(address) => Expected::Address(address),
            Err(reason) => Expected::Refused {
                refused: reason.to_owned(),
            },
        },
    )
}

/// A network and its prefix; `None` for the few that are of mapped addresses.
fn network(range: &str) -> Option<(std::net::IpAddr, usize)> {
    let (address, prefix) = range.split_once('/').unwrap_or((range, ""));
    let address: std::net::IpAddr = address.parse().unwrap();
    let most = if address.is_ipv4() { 32 } else { 128 };
    let prefix = if prefix.is_empty() {
        most
    } else {
        prefix.parse().unwrap()
    };
    (oracle::canonical(address) == address).then_some((address, prefix))
}

fn cites(case: &Case, rule: &str) -> bool {
    case.rules.iter().any(|cited| cited == rule)
}

#[test]
fn every_rule_has_rows_and_every_row_a_rule() {
    let page = std::fs::read_to_string(root().join("spec/addresses.md")).unwrap();
    let rules: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("**")?.split_once("**"))
        .map(|(rule, _)| rule.to_owned())
        .collect();
    assert!(rules.len() >= 20, "only {rules:?}");
    let of_rows = addresses::all().into_iter().flat_map(|case| case.rules);
    let of_ranges = addresses::ranges()
        .into_iter()
        .flat_map(|range| range.rules);
    let cited: BTreeSet<String> = of_rows.chain(of_ranges).collect();
    assert_eq!(cited, rules, "left: what rows cite, right: the page");
    let without = addresses::all()
        .into_iter()
        .filter(|case| case.rules.is_empty());
    let without: Vec<String> = without
        .map(|case| format!("{} cites no rule", case.place))
        .collect();
    assert_none(&without);
}

#[test]
fn every_reason_has_rows() {
    let told: BTreeSet<String> = addresses::all()
        .into_iter()
        .filter_map(|case| match case.expect {
            Expected::Refused { refused } => Some(refused),
            Expected::Address(_) => None,
        })
        .collect();
    let kinds = entitlements_core::client_address::AddressErrorKind::ALL;
    let all: BTreeSet<String> = kinds.iter().map(|kind| kind.reason().to_owned()).collect();
    assert_eq!(told, all, "left: what rows tell, right: what there is");
}

#[test]
fn no_two_rows_say_the_same_and_no_two_are_the_same() {
    let (mut says, mut settings) = (BTreeMap::new(), BTreeMap::new());
    let mut wrong = Vec::new();
    let cases = addresses::all();
    assert!(cases.len() >= 300, "only {} rows are left", cases.len());
    for case in cases {
        let file = case.place.split('[').next().unwrap_or_default();
        if let Some(first) = says.insert((file.to_owned(), case.says.clone()), case.place.clone()) {
            wrong.push(format!("{first} and {} say: {}", case.place, case.says));
        }
        let setting = format!("{:?} {:?} {}", case.peer, case.trust, case.believe);
        if let Some(first) = settings.insert((setting, case.lines.clone()), case.place.clone()) {
            wrong.push(format!("{first} and {} are the same", case.place));
        }
    }
    assert_none(&wrong);
}

#[test]
fn enough_rows_can_be_shown_over_sockets() {
    let cases = addresses::all();
    let shown = cases.iter().filter(|case| case.is_over_sockets()).count();
    assert!(shown >= 280, "only {shown} of {}", cases.len());
}

#[test]
fn a_member_that_no_row_has_is_a_mistake() {
    let row = |more: &str| {
        let row =
            format!(r#"{{"rules":["X1"],"says":"x","headers":[],"expect":"192.0.2.1"{more}}}"#);
        serde_json::from_str::<Row>(&row).is_ok()
    };
    assert!(row(""));
    assert!(row(r#","trust":{"hops":2},"peer":"unix""#));
    assert!(!row(r#","trusts":{"hops":2}"#));
    assert!(!row(r#","trust":"everybody""#));
}
