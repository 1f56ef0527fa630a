//! All fronts say what the table says.

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use entitlements_tests::assert_none;
use entitlements_tests::token_table::model::Front;
use entitlements_tests::token_table::{self, Case, Expected};

use super::{cli, library, parallel, rest};

#[test]
fn library_command_line_and_management_api_agree_with_the_table() {
    let cases = token_table::all();
    let wrong = parallel::each(&cases, |case| {
        let faults = catch_unwind(|| faults(case));
        let faults = faults.unwrap_or_else(|_| vec!["cannot be read or made, see above".into()]);
        (!faults.is_empty()).then(|| {
            let (place, says) = (&case.place, &case.row.says);
            format!("{place}: {says}\n    {}", faults.join("\n    "))
        })
    });
    assert_none(&wrong.into_iter().flatten().collect::<Vec<_>>());
}

fn faults(case: &Case) -> Vec<String> {
    let token = case.token();
    [
        fault(case, &token, Front::Library, library::verdict),
        fault(case, &token, Front::Cli, cli::verdict),
        fault(case, &token, Front::Rest, rest::verdict),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn fault(
    case: &Case,
    token: &str,
    front: Front,
    verdict: impl Fn(&Case, &str) -> Result<token_table::Verdict, String>,
) -> Option<String> {
    if !case.is_for(front) {
        return None;
    }
    match verdict(case, token) {
        Ok(verdict) => verdict.fault(case, token, front),
        Err(fault) => Some(fault),
    }
}

#[test]
fn the_table_is_large_and_has_rows_of_every_kind() {
    let cases = token_table::all();
    let by_all = |case: &&Case| {
        [Front::Library, Front::Cli, Front::Rest]
            .into_iter()
            .all(|front| case.is_for(front))
    };
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases.iter().filter(by_all) {
        let kind = match &case.row.expect {
            Expected::Status(status) => status,
            Expected::Refused { .. } => "refused",
        };
        *kinds.entry(kind).or_default() += 1;
    }
    eprintln!("rows that all three fronts read: {kinds:?}");
    for (kind, least) in [
        ("active", 100),
        ("grace", 10),
        ("expired", 10),
        ("not_yet_valid", 5),
        ("revoked", 10),
        ("wrong_deployment", 10),
        ("refused", 300),
    ] {
        let rows = kinds.get(kind).copied().unwrap_or_default();
        assert!(rows >= least, "only {rows} rows are {kind}");
    }
}
