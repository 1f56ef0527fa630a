//! The macro reads catalogs for itself, as it cannot depend on the library: its names are the library's.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use entitlements_core::Catalog;
use entitlements_tests::{assert_none, root};

use crate::{constants, names};

/// A module, a type of core, and a name.
type Constant = (String, String, String);

#[test]
fn the_macro_has_the_names_of_each_catalog_in_the_repository_and_nothing_else() {
    let files = catalogs(&root());
    assert!(files.len() > 10, "{files:?}");
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let Ok(catalog) = Catalog::from_toml(&text) else {
            continue;
        };
        let expected = of_catalog(&catalog);
        match names::read(&text).and_then(|sections| constants::write(&sections)) {
            Ok(code) => {
                compared += 1;
                let made = of_code(&code);
                if made != expected {
                    wrong.push(format!(
                        "{}: the macro has {:?} too many and {:?} too few",
                        file.display(),
                        made.difference(&expected),
                        expected.difference(&made)
                    ));
                }
            }
            // A name that gives no identifier is refused by name, and never left out.
            Err(refusal) => {
                let is_named = expected
                    .iter()
                    .any(|(_, _, name)| refusal.contains(&format!("`{}`", name.escape_debug())));
                if !is_named {
                    wrong.push(format!("{}: {refusal}", file.display()));
                }
            }
        }
    }
    assert_none(&wrong);
    assert!(compared > 10, "{compared} compared");
}

fn of_catalog(catalog: &Catalog) -> BTreeSet<Constant> {
    let mut all = BTreeSet::new();
    let mut add = |module: &str, kind: &str, name: &str| {
        all.insert((module.to_owned(), kind.to_owned(), name.to_owned()));
    };
    catalog
        .features()
        .for_each(|(_, one)| add("features", "FeatureName", one.name()));
    catalog
        .limits()
        .for_each(|(_, one)| add("limits", "LimitName", one.name()));
    catalog
        .rates()
        .for_each(|(_, one)| add("rates", "RateName", one.name()));
    catalog
        .plans()
        .for_each(|(_, one)| add("plans", "PlanName", one.name()));
    catalog
        .addons()
        .for_each(|(_, one)| add("addons", "AddonName", one.name()));
    all
}

/// The constants of the code: `pub const SSO: crate::FeatureName = crate::FeatureName::from_static("sso");`
fn of_code(code: &str) -> BTreeSet<Constant> {
    let mut all = BTreeSet::new();
    let mut module = "";
    for line in code.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("pub mod ") {
            module = rest.trim_end_matches(" {");
        }
        let Some(rest) = line.strip_prefix("pub const ") else {
            continue;
        };
        let (head, value) = rest.split_once(" = ").unwrap();
        let kind = head.rsplit("::").next().unwrap();
        let name = value.split_once("::from_static(").unwrap().1;
        let name: String = serde_json::from_str(name.strip_suffix(");").unwrap()).unwrap();
        assert!(value.contains(&format!("::{kind}::from_static(")), "{line}");
        all.insert((module.to_owned(), kind.to_owned(), name));
    }
    all
}

/// Every TOML file of the repository that says that it is a catalog.
fn catalogs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(catalogs(&path));
        } else if name.ends_with(".toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            if text.lines().any(|line| line == "schema = 1") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
