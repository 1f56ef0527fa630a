//! That no source is unfinished or reads the clock where it must not.

use std::path::{Path, PathBuf};

use entitlements_tests::{assert_none, root};

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
