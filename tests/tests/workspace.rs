//! What the workspace promises about itself: which way crates depend, how little they pull in, under which licences,
//! and that no source is unfinished or reads the clock where it must not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// Who may depend on whom; what these may, they may too. Crates that are not published may depend on any.
const MAY_DEPEND_ON: [(&str, &[&str]); 10] = [
    ("entitlements-macros", &[]),
    ("entitlements-core", &["entitlements-macros"]),
    ("entitlements-store", &["entitlements-core"]),
    ("entitlements-admin", &["entitlements-core"]),
    ("entitlements-billing", &["entitlements-core"]),
    ("entitlements-audit", &["entitlements-core"]),
    ("entitlements-tower", &["entitlements-core"]),
    (
        "entitlements-axum",
        &["entitlements-tower", "entitlements-admin"],
    ),
    (
        "entitlements-actix",
        &["entitlements-core", "entitlements-admin"],
    ),
    (
        "entitlements-cli",
        &[
            "entitlements-core",
            "entitlements-store",
            "entitlements-billing",
        ],
    ),
];

/// Web frameworks, drivers and runtimes: name prefixes of what core must not pull in.
const NOT_IN_CORE: &str = "http axum actix tower hyper tonic sqlx rusqlite reqwest redis async-std";

/// All that core may use of tokio.
const TOKIO_IN_CORE: [&str; 3] = ["default", "sync", "time"];

/// Database drivers, templates and billing: name prefixes of what `entitlements-axum` pulls in only when asked.
const NOT_IN_AXUM: &str = "\
    sqlx rusqlite libsqlite3 postgres tokio-postgres mysql diesel redis fred mongodb sea-orm askama \
    maud minijinja tera handlebars async-stripe entitlements-store entitlements-billing";

const MOST_CRATES_IN_AXUM: usize = 125;

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

/// The files that may read the clock besides tests and benches.
const CLOCK_READERS: [&str; 2] = ["entitlements-core/src/clock.rs", "xtask/src/runner.rs"];

// Written in two parts, so that this file does not find itself.
const UNFINISHED: [&str; 3] = [
    concat!("#[ig", "nore"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
];
const CLOCK: [&str; 4] = [
    concat!("SystemTime", "::now"),
    concat!("Instant", "::now"),
    concat!("Zoned", "::now"),
    concat!("jiff::Timestamp", "::now"),
];

static METADATA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(&cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--all-features",
    ]))
    .unwrap()
});

#[test]
fn crates_depend_the_allowed_way_only() {
    let table: BTreeMap<_, _> = MAY_DEPEND_ON.into();
    let published: Vec<_> = members().into_iter().filter(is_publishable).collect();
    let mut wrong = Vec::new();
    for package in &published {
        let name = text(package, "name");
        if !table.contains_key(name) {
            wrong.push(format!("`{name}` is not in the table: say in this test and in ARCHITECTURE.md what it may use"));
            continue;
        }
        let allowed = reachable(&table, name);
        for dependency in list(package, "dependencies")
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
        {
            let other = text(dependency, "name");
            if other.starts_with("entitlements") && !allowed.contains(other) {
                wrong.push(format!(
                    "`{name}` depends on `{other}`: move what both need to a crate below them"
                ));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn core_knows_no_framework_driver_or_runtime() {
    let mut wrong = Vec::new();
    for Crate { name, features, .. } in tree("entitlements-core", &["-e", "normal"]) {
        if NOT_IN_CORE
            .split(' ')
            .any(|prefix| name.starts_with(prefix))
        {
            wrong.push(format!(
                "core pulls in `{name}`: `cargo tree -p entitlements-core -i {name}` says through whom; make it a port"
            ));
        }
        if name == "tokio" {
            let more = features
                .iter()
                .filter(|feature| !TOKIO_IN_CORE.contains(&feature.as_str()));
            wrong.extend(more.map(|feature| {
                format!("core turns on tokio's `{feature}`: a runtime is the app's choice")
            }));
        }
    }
    assert_none(&wrong);
}

#[test]
fn axum_without_extra_features_stays_small() {
    let crates = tree("entitlements-axum", &["-e", "normal,build"]);
    let mut wrong: Vec<String> = crates
        .iter()
        .filter(|Crate { name, .. }| {
            NOT_IN_AXUM
                .split(' ')
                .any(|prefix| name.starts_with(prefix))
        })
        .map(|Crate { name, .. }| {
            format!("entitlements-axum pulls in `{name}`: put it behind a feature that is off")
        })
        .collect();
    if crates.len() > MOST_CRATES_IN_AXUM {
        wrong.push(format!(
            "entitlements-axum pulls in {} crates, {MOST_CRATES_IN_AXUM} are allowed: see `cargo tree -p entitlements-axum -e normal,build`",
            crates.len()
        ));
    }
    assert_none(&wrong);
}

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

#[test]
fn no_source_is_unfinished() {
    assert_none(&occurrences(
        &UNFINISHED,
        |_| false,
        "finish it, or take it out and open an issue",
    ));
}

#[test]
fn only_the_clock_reads_the_clock() {
    let allowed = |path: &str| {
        let is_test = path
            .split('/')
            .any(|part| matches!(part, "tests" | "benches" | "tests.rs"));
        is_test || CLOCK_READERS.contains(&path)
    };
    assert_none(&occurrences(
        &CLOCK,
        allowed,
        "take `now` as an argument, or ask a `Clock`",
    ));
}

/// One package of a dependency tree.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    features: Vec<String>,
}

/// What a crate pulls in with its default features, itself included.
fn tree(package: &str, more: &[&str]) -> BTreeSet<Crate> {
    let arguments = [
        "tree", "-p", package, "--prefix", "none", "--format", "{p}|{f}",
    ];
    let tree = cargo(&[arguments.as_slice(), more].concat());
    tree.lines()
        .filter_map(|line| {
            let (package, features) = line.trim_end_matches(" (*)").split_once('|')?;
            let mut words = package.split(' ').map(str::to_owned);
            let features = features
                .split(',')
                .filter(|feature| !feature.is_empty())
                .map(str::to_owned)
                .collect();
            Some(Crate {
                name: words.next()?,
                version: words.next()?,
                features,
            })
        })
        .collect()
}

/// Runs cargo, without the network where that suffices.
fn cargo(arguments: &[&str]) -> String {
    let run = |more: &[&str]| {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Command::new(program)
            .current_dir(root())
            .args(arguments)
            .args(more)
            .output()
            .expect("cargo can be run")
    };
    let mut output = run(&["--offline"]);
    if !output.status.success() {
        output = run(&[]);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "`cargo {}` failed: {said}",
        arguments.join(" ")
    );
    String::from_utf8(output.stdout).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn folder(package: &Value) -> PathBuf {
    Path::new(text(package, "manifest_path"))
        .parent()
        .unwrap()
        .to_owned()
}

fn members() -> Vec<&'static Value> {
    let ids = list(&METADATA, "workspace_members");
    list(&METADATA, "packages")
        .iter()
        .filter(|package| ids.contains(&package["id"]))
        .collect()
}

fn is_publishable(package: &&Value) -> bool {
    package["publish"]
        .as_array()
        .is_none_or(|registries| !registries.is_empty())
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("`cargo metadata` has no text `{key}` in {value}"))
}

fn reachable<'a>(table: &BTreeMap<&'a str, &[&'a str]>, from: &str) -> BTreeSet<&'a str> {
    let direct = table.get(from).copied().unwrap_or_default();
    direct
        .iter()
        .flat_map(|next| reachable(table, next).into_iter().chain([*next]))
        .collect()
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

/// Where the words stand in the code of the workspace, comments aside.
fn occurrences(words: &[&str], is_allowed: impl Fn(&str) -> bool, way_on: &str) -> Vec<String> {
    let mut found = Vec::new();
    for file in sources(&root()) {
        let path = file
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        if is_allowed(&path) {
            continue;
        }
        let code = std::fs::read_to_string(&file).unwrap();
        for (number, line) in code
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            let here = words.iter().filter(|word| line.contains(**word));
            found.extend(here.map(|word| format!("{path}:{}: `{word}`: {way_on}", number + 1)));
        }
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (
            entry.path(),
            entry.file_name().to_string_lossy().into_owned(),
        );
        if entry.file_type().unwrap().is_dir() {
            if !name.starts_with('.') && name != "target" && name != "data" {
                files.extend(sources(&path));
            }
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    files
}

fn assert_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} to mend:\n  {}",
        wrong.len(),
        wrong.join("\n  ")
    );
}

/// Licence expressions: `OR` binds loosest, then `AND`, then `WITH`; the old `/` means `OR`.
mod spdx {
    /// Whether some choice that the expression offers consists of allowed licences alone.
    pub(crate) fn is_satisfied(
        expression: &str,
        allowed: impl Fn(&str) -> bool,
    ) -> Result<bool, String> {
        let spaced = expression
            .replace('/', " OR ")
            .replace('(', " ( ")
            .replace(')', " ) ");
        let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
        let verdict = either(&mut words, &allowed)?;
        match words.pop() {
            Some(word) => Err(format!("`{word}` is too much")),
            None => Ok(verdict),
        }
    }

    fn either(words: &mut Vec<&str>, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
        let mut verdict = both(words, allowed)?;
        while words.pop_if(|word| *word == "OR").is_some() {
            verdict |= both(words, allowed)?;
        }
        Ok(verdict)
    }

    fn both(words: &mut Vec<&str>, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
        let mut verdict = one(words, allowed)?;
        while words.pop_if(|word| *word == "AND").is_some() {
            verdict &= one(words, allowed)?;
        }
        Ok(verdict)
    }

    fn one(words: &mut Vec<&str>, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
        match words.pop() {
            Some("(") => {
                let verdict = either(words, allowed)?;
                words
                    .pop_if(|word| *word == ")")
                    .map(|_| verdict)
                    .ok_or_else(|| "a `)` is missing".to_owned())
            }
            Some(word @ (")" | "OR" | "AND" | "WITH")) => {
                Err(format!("`{word}` stands where a licence must"))
            }
            Some(license) if words.pop_if(|word| *word == "WITH").is_some() => {
                let exception = words.pop().ok_or("an exception is missing after `WITH`")?;
                // An exception only permits more, so the bare licence suffices too.
                Ok(allowed(license) || allowed(&format!("{license} WITH {exception}")))
            }
            Some(license) => Ok(allowed(license)),
            None => Err("it ends where a licence must stand".to_owned()),
        }
    }

    #[test]
    fn a_choice_is_enough_and_a_conjunction_needs_all() {
        let allowed = |license: &str| matches!(license, "MIT" | "Apache-2.0" | "Unicode-3.0");
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("GPL-3.0-only/MIT", true),
            ("LGPL-2.1-or-later OR AGPL-3.0-only", false),
            ("MIT AND GPL-3.0-only", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR GPL-2.0-only) AND LGPL-3.0-only", false),
            ("GPL-2.0-only AND LGPL-3.0-only OR MIT", true),
            ("MIT OR GPL-2.0-only AND LGPL-3.0-only", true),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
            ("((MIT))", true),
        ] {
            assert_eq!(
                is_satisfied(expression, allowed),
                Ok(expected),
                "{expression}"
            );
        }
    }

    #[test]
    fn what_is_no_expression_is_an_error_not_a_yes() {
        for expression in [
            "",
            "MIT OR",
            "OR MIT",
            "(MIT",
            "MIT)",
            "MIT Apache-2.0",
            "MIT WITH",
            "()",
        ] {
            assert!(is_satisfied(expression, |_| true).is_err(), "{expression}");
        }
    }
}
