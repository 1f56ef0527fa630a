//! The program under test, built once with the profile and into the folder of the tests themselves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

use entitlements_core::Catalog;
use entitlements_tests::root;

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(build);

pub(crate) static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| {
    let path = root().join("examples/container-panel/catalog.toml");
    Arc::new(Catalog::read_file(path).unwrap())
});

/// Variables of whoever runs the tests, which the program would read too.
const READ: [&str; 7] = [
    "ENTITLEMENTS_LICENSE_KEY",
    "ENTITLEMENTS_LICENSE_KEY_FILE",
    "ENTITLEMENTS_DEPLOYMENT_ID",
    "ENTITLEMENTS_REVOCATIONS",
    "ENTITLEMENTS_REVOCATIONS_FILE",
    "DEPLOYMENT_MODE",
    "RUST_LOG",
];

pub(crate) fn command() -> Command {
    let mut command = Command::new(&*PROGRAM);
    command.current_dir(root());
    for variable in READ {
        command.env_remove(variable);
    }
    command
}

/// From `target[/triple]/debug/deps/container_panel-…`.
fn build() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let above = profile.parent().unwrap();
    let is_target = above.join("CACHEDIR.TAG").is_file();
    let target = if is_target {
        above
    } else {
        above.parent().unwrap()
    };
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(root())
        .args(["build", "-q", "-p", "container-panel", "--target-dir"])
        .arg(target);
    match name(profile).as_str() {
        "debug" => {}
        other => drop(command.args(["--profile", other])),
    }
    if !is_target {
        command.args(["--target", &name(above)]);
    }
    let output = command.output().expect("cargo can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cannot build the panel: {said}");
    profile.join("container-panel")
}
