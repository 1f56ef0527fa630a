//! Under which licences everything comes.

use std::collections::BTreeSet;

use entitlements_tests::{assert_none, root};

use crate::metadata::{METADATA, list, text};
use crate::spdx;

/// The licences that need no lawyer, the same as in `deny.toml`.
const ALLOWED: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_package_offers_a_permissive_licence() {
    let mut wrong = Vec::new();
    for package in list(&METADATA, "packages") {
        let (name, version) = (text(package, "name"), text(package, "version"));
        let verdict = match package["license"].as_str() {
            Some(expression) => {
                match spdx::is_satisfied(expression, |license| ALLOWED.contains(&license)) {
                    Ok(true) => continue,
                    Ok(false) => format!("`{expression}` offers no permissive choice"),
                    Err(why) => format!("`{expression}` is no licence expression: {why}"),
                }
            }
            None => "no licence expression".to_owned(),
        };
        wrong.push(format!(
            "{name} {version}: {verdict}; use another crate (`cargo tree -i {name}@{version}`)"
        ));
    }
    assert_none(&wrong);
}

#[test]
fn deny_toml_allows_the_same_licences() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let section = deny
        .split("[licenses]")
        .nth(1)
        .expect("deny.toml has no `[licenses]`");
    let list = section
        .split("allow = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .unwrap();
    let allowed: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(
        allowed,
        ALLOWED.into(),
        "change `ALLOWED` in this test and `allow` in deny.toml together"
    );
}
