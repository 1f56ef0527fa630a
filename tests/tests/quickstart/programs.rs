//! The programs under test, built once for the whole run with the profile and into the folder of the tests themselves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use entitlements_tests::root;
use serde_json::Value;

static AXUM: LazyLock<PathBuf> = LazyLock::new(|| Program::Axum.build());
static ACTIX: LazyLock<PathBuf> = LazyLock::new(|| Program::Actix.build());
pub(crate) static CLI: LazyLock<PathBuf> =
    LazyLock::new(|| build("entitlements-cli", "entitlements"));

/// One of the quickstarts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Program {
    Axum,
    Actix,
}

impl Program {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Axum => "quickstart-axum",
            Self::Actix => "quickstart-actix",
        }
    }

    /// Where it was built to.
    pub(crate) fn path(self) -> &'static Path {
        match self {
            Self::Axum => &AXUM,
            Self::Actix => &ACTIX,
        }
    }

    fn build(self) -> PathBuf {
        build(self.name(), self.name())
    }

    pub(crate) fn command(self) -> Command {
        Command::new(self.path())
    }
}

/// Cargo, for the folder into which this test was built.
pub(crate) fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| env!("CARGO").into(), PathBuf::from)
}

/// Where the tests were built to, such as `target`.
pub(crate) fn target_folder() -> PathBuf {
    place().target
}

struct Place {
    target: PathBuf,
    triple: Option<String>,
    profile: String,
}

/// From `target[/triple]/debug/deps/quickstart-…`.
fn place() -> Place {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let above = profile.parent().unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let is_target = above.join("CACHEDIR.TAG").is_file();
    let profile = match name(profile).as_str() {
        "debug" => "dev".to_owned(),
        other => other.to_owned(),
    };
    Place {
        target: if is_target {
            above
        } else {
            above.parent().unwrap()
        }
        .to_owned(),
        triple: (!is_target).then(|| name(above)),
        profile,
    }
}

/// Each package by itself, as `cargo run -p` builds it, so that the printed commands find everything built.
fn build(package: &str, program: &str) -> PathBuf {
    let place = place();
    let mut command = Command::new(cargo());
    command
        .current_dir(root())
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(["-p", package, "--bin", program])
        .args(["--profile", &place.profile, "--target-dir"])
        .arg(&place.target);
    if let Some(triple) = &place.triple {
        command.args(["--target", triple]);
    }
    let output = command.output().expect("cargo can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cannot build {package}: {said}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| {
            let is_program = message["target"]["name"] == program;
            message["executable"]
                .as_str()
                .filter(|_| is_program)
                .map(PathBuf::from)
        })
        .unwrap_or_else(|| panic!("cargo names no executable for {package}"))
}
