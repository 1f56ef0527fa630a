//! The steps, as data.
//!
//! Which share their builds: `clippy` and `docs` check dependencies, `tests` and `binaries` build them, each pair with the
//! same profile and features. The matrix has other features, crate by crate, so it only checks.

use std::path::PathBuf;

use crate::command::Scope;
use crate::services;
use crate::workspace::{Package, Workspace};

const BENCHES: &str = "entitlements-benches";

/// One command of the suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) name: String,
    /// The toolchain whose cargo runs it, where it is not the one that runs us.
    pub(crate) toolchain: Option<&'static str>,
    /// What follows `cargo`.
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Option<(&'static str, String)>,
    /// A cargo command that not everybody has installed; without it the step is left out, and the summary says so.
    pub(crate) wants: Option<Extra>,
    /// What this machine lacks for it, so that it is left out.
    pub(crate) lacks: Option<&'static str>,
    /// The folder in which a run that fails leaves what it failed with.
    pub(crate) keeps: Option<PathBuf>,
}

/// A cargo command that does not come with Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extra {
    pub(crate) command: &'static str,
    /// What is known without it, and how to get it.
    pub(crate) otherwise: &'static str,
}

impl Step {
    pub(crate) fn new(name: impl Into<String>, arguments: &[&str]) -> Self {
        Self {
            name: name.into(),
            toolchain: None,
            arguments: arguments.iter().map(ToString::to_string).collect(),
            environment: None,
            wants: None,
            lacks: None,
            keeps: None,
        }
    }

    pub(crate) fn and(mut self, more: impl IntoIterator<Item = String>) -> Self {
        self.arguments.extend(more);
        self
    }

    /// The command as one types it.
    pub(crate) fn line(&self) -> String {
        let mut line = String::new();
        if let Some((variable, value)) = &self.environment {
            line.push_str(&format!("{variable}='{value}' "));
        }
        line.push_str("cargo");
        if let Some(toolchain) = self.toolchain {
            line.push_str(&format!(" +{toolchain}"));
        }
        for argument in &self.arguments {
            line.push(' ');
            line.push_str(argument);
        }
        line
    }
}

/// The whole suite, in order: what fails fast and often comes first.
pub(crate) fn suite(workspace: &Workspace, scope: Scope) -> Vec<Step> {
    let mut steps = vec![
        Step::new("fmt", &["fmt", "--all", "--check"]),
        Step::new(
            "clippy",
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ],
        ),
        docs([]),
        services::step(),
        Step::new(
            "tests",
            &[
                "test",
                "--workspace",
                "--all-features",
                "--exclude",
                BENCHES,
            ],
        ),
        // Not xtask: it is what runs, and some systems do not let a running program be replaced.
        Step::new(
            "binaries",
            &[
                "build",
                "--workspace",
                "--all-features",
                "--bins",
                "--exclude",
                BENCHES,
                "--exclude",
                "xtask",
            ],
        ),
    ];
    if scope == Scope::Full {
        steps.extend(
            workspace
                .packages
                .iter()
                .filter(|package| package.publishable)
                .flat_map(alone),
        );
        if workspace
            .packages
            .iter()
            .any(|package| package.name == BENCHES)
        {
            steps.push(Step::new("benches", &["check", "-p", BENCHES, "--benches"]));
        }
    }
    steps.push(Step {
        wants: Some(Extra {
            command: "deny",
            otherwise: "not installed (`cargo install --locked cargo-deny`); licences were checked by the tests",
        }),
        // Advisories need a clone of their database, so a schedule asks for them, not every run.
        ..Step::new("deny", &["deny", "check", "bans", "licenses", "sources"])
    });
    steps
}

/// A crate as its users compile it: without what other crates of the workspace turn on.
fn alone(package: &Package) -> Vec<Step> {
    let name = package.name.as_str();
    let mut check = vec!["check", "-p", name];
    check.extend(package.has_library.then_some("--lib"));
    check.extend(package.has_binary.then_some("--bins"));

    let mut steps = vec![Step::new(format!("{name} alone"), &check)];
    if package.has_features {
        check.push("--no-default-features");
        steps.push(Step::new(format!("{name} without features"), &check));
    }
    steps
}

pub(crate) fn docs(more: impl IntoIterator<Item = String>) -> Step {
    Step {
        environment: Some(("RUSTDOCFLAGS", "-D warnings".to_owned())),
        ..Step::new(
            "docs",
            &[
                "doc",
                "--workspace",
                "--no-deps",
                "--all-features",
                "--exclude",
                BENCHES,
            ],
        )
    }
    .and(more)
}

/// The man pages and completions of the command line.
pub(crate) fn assets(workspace: &Workspace) -> Step {
    let folder = workspace.target.join("assets");
    Step::new(
        "assets",
        &[
            "run",
            "--quiet",
            "-p",
            "entitlements-cli",
            "--example",
            "assets",
            "--",
        ],
    )
    .and([folder.display().to_string()])
}

pub(crate) fn bench(more: impl IntoIterator<Item = String>) -> Step {
    Step::new("bench", &["bench", "-p", BENCHES]).and(more)
}

pub(crate) fn format() -> Step {
    Step::new("fmt", &["fmt", "--all"])
}

#[cfg(test)]
mod tests {
    use super::{bench, docs, suite};
    use crate::command::Scope;
    use crate::workspace::{Package, Workspace};

    fn workspace() -> Workspace {
        let package = |name: &str, publishable, has_library, has_features| Package {
            name: name.into(),
            publishable,
            has_library,
            has_binary: !has_library,
            has_features,
        };
        Workspace {
            root: "/w".into(),
            target: "/w/target".into(),
            packages: vec![
                package("entitlements-benches", false, true, false),
                package("entitlements-cli", true, false, false),
                package("entitlements-core", true, true, true),
            ],
        }
    }

    #[test]
    fn every_publishable_crate_is_checked_alone() {
        let lines: Vec<String> = suite(&workspace(), Scope::Full)
            .iter()
            .map(|step| step.line())
            .collect();
        for line in [
            "cargo check -p entitlements-cli --bins",
            "cargo check -p entitlements-core --lib",
            "cargo check -p entitlements-core --lib --no-default-features",
            "cargo check -p entitlements-benches --benches",
        ] {
            assert!(
                lines.iter().any(|other| other == line),
                "{line} in {lines:#?}"
            );
        }
    }

    #[test]
    fn fast_leaves_out_the_matrix_and_nothing_else() {
        let fast: Vec<_> = suite(&workspace(), Scope::Fast)
            .into_iter()
            .map(|step| step.name)
            .collect();
        assert_eq!(
            fast,
            [
                "fmt", "clippy", "docs", "services", "tests", "binaries", "deny"
            ]
        );
    }

    #[test]
    fn a_line_can_be_pasted() {
        assert_eq!(
            docs(["--open".to_owned()]).line(),
            "RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --all-features --exclude entitlements-benches --open"
        );
        assert_eq!(
            bench(["--".to_owned(), "gate".to_owned()]).line(),
            "cargo bench -p entitlements-benches -- gate"
        );
    }
}
