//! A typo in a name does not compile, and the compiler says what is meant.
//!
//! What a whole program is told in both frameworks is tested by `typed_names` of the workspace's tests.

use std::fs;
use std::path::Path;

#[test]
fn typos_do_not_compile() {
    // The cases are compiled as a package in this folder, from which on the path of their catalog counts.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let package = target.join("tests/trybuild/entitlements-macros/tests");
    fs::create_dir_all(&package).unwrap();
    fs::copy("tests/catalog.toml", package.join("catalog.toml")).unwrap();

    let cases = trybuild::TestCases::new();
    cases.pass("tests/typos/none.rs");
    cases.compile_fail("tests/typos/in_*.rs");
}
