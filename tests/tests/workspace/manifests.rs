//! What every crate says of itself.

use entitlements_tests::{assert_none, root};

use crate::metadata::{folder, is_publishable, list, members, text};

#[test]
fn publishable_crates_say_what_they_are() {
    let mut wrong = Vec::new();
    for package in members().into_iter().filter(is_publishable) {
        let name = text(package, "name");
        let mut want = |is_there: bool, what: &str| {
            if !is_there {
                wrong.push(format!("`{name}`: its Cargo.toml needs {what}"));
            }
        };
        for key in [
            "description",
            "license",
            "rust_version",
            "documentation",
            "readme",
        ] {
            want(
                package[key].as_str().is_some_and(|value| !value.is_empty()),
                &format!("`{}`", key.replace('_', "-")),
            );
        }
        want(
            (1..=5).contains(&list(package, "keywords").len()),
            "one to five `keywords`",
        );
        want(!list(package, "categories").is_empty(), "`categories`");
        let docs_rs = &package["metadata"]["docs"]["rs"]["all-features"];
        want(
            *docs_rs == true,
            "`[package.metadata.docs.rs]` with `all-features = true`",
        );
        let readme = folder(package).join(package["readme"].as_str().unwrap_or("README.md"));
        want(readme.is_file(), "the file that `readme` names");
    }
    assert_none(&wrong);
}

#[test]
fn every_crate_takes_the_lints_that_forbid_unsafe_code() {
    let mut wrong = Vec::new();
    for package in members() {
        let manifest = std::fs::read_to_string(folder(package).join("Cargo.toml")).unwrap();
        if setting(&manifest, "[lints]", "workspace") != Some("true") {
            wrong.push(format!(
                "`{}`: add `[lints]` with `workspace = true`",
                text(package, "name")
            ));
        }
    }
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    if setting(&manifest, "[workspace.lints.rust]", "unsafe_code") != Some("\"forbid\"") {
        wrong.push(
            "the root Cargo.toml must say `unsafe_code = \"forbid\"` in `[workspace.lints.rust]`"
                .to_owned(),
        );
    }
    assert_none(&wrong);
}

/// The value of a key in a section, as it is written.
fn setting<'a>(manifest: &'a str, section: &str, key: &str) -> Option<&'a str> {
    let lines = manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != section)
        .skip(1);
    let mut pairs = lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='));
    pairs
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim())
}
