//! Every rule about license keys has rows that show it, or a test that names it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use entitlements_tests::token_table::model::Row;
use entitlements_tests::token_table::{self, folder};
use entitlements_tests::{assert_none, root};

use super::public_keys;

/// The pages whose rules rows may cite. Those of the first are all shown.
const PAGES: [&str; 2] = ["license.md", "lifecycle.md"];

#[test]
fn every_rule_about_license_keys_has_rows_or_a_test() {
    let shown: BTreeSet<String> = token_table::all()
        .into_iter()
        .flat_map(|case| case.row.rules)
        .chain(public_keys::rules())
        .chain(named_by_tests())
        .collect();
    let rules = rules_of(PAGES[0]);
    assert!(rules.len() > 60, "only {rules:?}");
    let wrong: Vec<String> = rules
        .iter()
        .filter(|rule| !shown.contains(*rule))
        .map(|rule| format!("{rule} has no row in spec/tokens/, and no test names it"))
        .collect();
    assert_none(&wrong);
}

#[test]
fn every_rule_that_a_row_cites_exists() {
    let rules: BTreeSet<String> = PAGES.into_iter().flat_map(rules_of).collect();
    let mut wrong = Vec::new();
    for case in token_table::all() {
        let (place, says) = (&case.place, &case.row.says);
        let unknown = case.row.rules.iter().filter(|rule| !rules.contains(*rule));
        wrong.extend(unknown.map(|rule| format!("{place}: there is no rule {rule}: {says}")));
        if case.row.rules.is_empty() {
            wrong.push(format!("{place}: cites no rule: {says}"));
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_two_rows_say_the_same_and_no_two_are_the_same() {
    let (mut says, mut tokens) = (BTreeMap::new(), BTreeMap::new());
    let mut wrong = Vec::new();
    for case in token_table::all() {
        let row = &case.row;
        let setting = format!(
            "{:?} {} {:?} {:?} {:?} {:?} {} {:?}",
            case.catalog,
            case.now,
            case.trust(),
            row.deployment,
            row.instance,
            row.revocations,
            row.compacted,
            row.fronts,
        );
        let text = ("says", case.row.says.clone());
        if let Some(first) = says.insert(text, case.place.clone()) {
            wrong.push(format!(
                "{first} and {} say the same: {}",
                case.place, row.says
            ));
        }
        if let Some(first) = tokens.insert((setting, case.token()), case.place.clone()) {
            wrong.push(format!(
                "{first} and {} are the same: {}",
                case.place, row.says
            ));
        }
    }
    assert_none(&wrong);
}

#[test]
fn a_member_that_no_row_has_is_a_mistake() {
    let row = |more: &str| {
        let row = format!(r#"{{"rules":["L1"],"says":"x","expect":"active"{more}}}"#);
        serde_json::from_str::<Row>(&row).is_ok()
    };
    assert!(row(""));
    assert!(row(
        r#","header":{"alg":"none"},"revocations":[{"claims":{}}]"#
    ));
    assert!(!row(r#","heder":{"alg":"none"}"#));
    assert!(!row(r#","revocations":[{"clams":{}}]"#));
    assert!(!row(r#","then":[{"flip":1}]"#));
    assert!(!row(r#","trust":[{"key":"rsa","name":"x"}]"#));
}

#[test]
fn every_catalog_of_the_table_is_used() {
    let used: BTreeSet<String> = token_table::all()
        .into_iter()
        .filter_map(|case| case.catalog)
        .collect();
    let there: BTreeSet<String> = std::fs::read_dir(folder().join("catalogs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(there, used);
}

/// `**L4b**` at the start of a paragraph.
fn rules_of(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("spec").join(page)).unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("**")?.split_once("**"))
        .map(|(rule, _)| rule.to_owned())
        .collect()
}

/// Rules in the names of test functions (`l4b_…`), and in the documentation of what tests are in.
fn named_by_tests() -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    for krate in std::fs::read_dir(root()).unwrap() {
        let krate = krate.unwrap().path();
        for folder in ["src", "tests"] {
            collect(&krate.join(folder), folder == "tests", &mut rules);
        }
    }
    rules
}

fn collect(folder: &Path, is_tests: bool, rules: &mut BTreeSet<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        let is_tests = is_tests || name == "tests" || name == "tests.rs";
        if path.is_dir() {
            collect(&path, is_tests, rules);
        } else if is_tests && name.to_string_lossy().ends_with(".rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            rules.extend(text.lines().flat_map(named_in));
        }
    }
}

fn named_in(line: &str) -> Vec<String> {
    let line = line.trim_start();
    let name = line
        .strip_prefix("async ")
        .unwrap_or(line)
        .strip_prefix("fn ");
    let documentation = line
        .strip_prefix("///")
        .or_else(|| line.strip_prefix("//!"));
    match (name, documentation) {
        (Some(name), _) => name.split('_').filter_map(rule).collect(),
        (_, Some(text)) => text
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter_map(rule)
            .collect(),
        _ => Vec::new(),
    }
}

/// `l4b` and `L4b` as `L4b`.
fn rule(word: &str) -> Option<String> {
    let number = word.strip_prefix(['l', 'L'])?;
    let digits = number.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let is_rule = digits.parse::<u32>().is_ok() && number.len() <= digits.len() + 1;
    is_rule.then(|| format!("L{number}"))
}
