//! The compiler refuses each mistake, and names it.
//!
//! The program is an example of this package, so that what it depends on was compiled for the tests already.

use std::env;
use std::process::Command;

use entitlements_tests::root;

/// What the compiler says to the program with such a mistake, one line an error.
fn errors(mistake: &str) -> Vec<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // This test is in `deps` of a profile of the folder that everything was compiled into.
    let this = env::current_exe().unwrap();
    let target = this.ancestors().nth(3).unwrap();
    let output = Command::new(cargo)
        .args([
            "rustc",
            "--offline",
            "--quiet",
            "--package",
            "entitlements-tests",
        ])
        .args(["--example", "typed_names", "--message-format", "short"])
        .args(["--", "--cfg", &format!("mistake=\"{mistake}\"")])
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "it compiles: {said}");
    let lines = said.lines().filter(|line| line.contains(": error[E"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_typo_does_not_compile_and_is_named() {
    let errors = errors("typo");
    let typos = [
        ("SSSO", "features"),
        ("USER", "limits"),
        ("BUSINES", "plans"),
        ("APPI", "rates"),
        ("SEAT", "addons"),
    ];
    let mut missing = Vec::new();
    for framework in ["AXUM", "ACTIX"] {
        for (typo, module) in typos {
            let sentence = format!("cannot find value `{framework}_{typo}` in module `");
            if !errors
                .iter()
                .any(|error| error.contains(&sentence) && error.contains(module))
            {
                missing.push(sentence);
            }
        }
    }
    assert!(
        missing.is_empty(),
        "not said: {missing:#?}\nsaid: {errors:#?}"
    );
    assert_eq!(errors.len(), 2 * typos.len(), "{errors:#?}");
}

#[test]
fn a_name_of_another_kind_does_not_compile_and_both_kinds_are_named() {
    let errors = errors("kind");
    let kinds = [
        ("FeatureName", "LimitName"),
        ("LimitName", "FeatureName"),
        ("PlanName", "AddonName"),
    ];
    for (wanted, given) in kinds {
        let said = errors
            .iter()
            .filter(|error| error.contains(&format!("`{wanted}: From<{given}>`")))
            .count();
        assert_eq!(
            said, 2,
            "{given} for {wanted}, once a framework: {errors:#?}"
        );
    }
    assert_eq!(errors.len(), 2 * kinds.len(), "{errors:#?}");
}
