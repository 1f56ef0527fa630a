//! What cargo says of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use entitlements_tests::root;
use serde_json::Value;

pub(crate) static METADATA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(&cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--all-features",
    ]))
    .unwrap()
});

/// Runs cargo, without the network where that suffices.
pub(crate) fn cargo(arguments: &[&str]) -> String {
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

pub(crate) fn folder(package: &Value) -> PathBuf {
    Path::new(text(package, "manifest_path"))
        .parent()
        .unwrap()
        .to_owned()
}

pub(crate) fn members() -> Vec<&'static Value> {
    let ids = list(&METADATA, "workspace_members");
    list(&METADATA, "packages")
        .iter()
        .filter(|package| ids.contains(&package["id"]))
        .collect()
}

pub(crate) fn is_publishable(package: &&Value) -> bool {
    package["publish"]
        .as_array()
        .is_none_or(|registries| !registries.is_empty())
}

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("`cargo metadata` has no text `{key}` in {value}"))
}
