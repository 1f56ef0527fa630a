//! The seeds of the fuzz targets, replayed: what fuzzing asks for with a nightly toolchain holds for them on any.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use entitlements_core::license::LicenseVerifier;
use entitlements_core::testing::{self, NOW};
use entitlements_fuzz::{TARGETS, vendor};
use entitlements_tests::{assert_none, root};

#[test]
fn every_seed_keeps_the_promises_of_its_target() {
    let mut broken = Vec::new();
    for (name, target) in TARGETS {
        let seeds = paths(&corpus(name));
        assert!(!seeds.is_empty(), "`{name}` has no seeds");
        for path in seeds {
            let seed = std::fs::read(&path).unwrap();
            // What went wrong is printed where it panics; here is what with.
            if std::panic::catch_unwind(|| target(&seed)).is_err() {
                broken.push(format!("{name}: {}", path.display()));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn every_target_has_a_program_and_a_folder_and_there_are_no_others() {
    let named: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let stems = |folder: PathBuf| -> BTreeSet<String> {
        let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        paths(&folder).into_iter().map(stem).collect()
    };
    assert_eq!(stems(root().join("fuzz/corpus")), named);
    assert_eq!(stems(root().join("fuzz/fuzz_targets")), named);
}

#[test]
fn among_the_seeds_is_a_key_that_is_good() {
    let verifier = LicenseVerifier::new([vendor::trusted_key()])
        .unwrap()
        .with_catalog(testing::catalog());
    let good = paths(&corpus("token"))
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .filter(|token| verifier.verify(token, NOW).is_ok())
        .count();
    assert!(good > 0, "the target never sees a key that is accepted");
}

fn corpus(target: &str) -> PathBuf {
    root().join("fuzz/corpus").join(target)
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
