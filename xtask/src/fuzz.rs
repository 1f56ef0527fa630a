//! The fuzz targets, which need what nothing else does: a nightly toolchain and a C++ compiler.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::runner::of_toolchain;
use crate::steps::Step;
use crate::workspace::Workspace;

const NIGHTLY: &str = "nightly";

/// How long each target runs.
const SECONDS: u32 = 30;

/// What `cargo fuzz` sets: coverage for libFuzzer, and checks on.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0 \
-Cdebug-assertions -Ccodegen-units=1";

const SANITIZER: &str = " -Zsanitizer=address";

/// The systems on which Rust has the address sanitizer and the tests of this project run.
const WITH_SANITIZER: [&str; 4] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
];

/// What this machine has for fuzzing.
#[derive(Debug)]
pub(crate) struct Tools {
    /// The system that the nightly builds for.
    host: Option<String>,
    has_cpp_compiler: bool,
}

impl Tools {
    /// What there is on this machine.
    pub(crate) fn found() -> Self {
        let version = output(of_toolchain(NIGHTLY, "rustc").arg("-vV"));
        let host = version.as_deref().and_then(host);
        let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
        Self {
            host: host.map(str::to_owned),
            has_cpp_compiler: output(Command::new(compiler).arg("--version")).is_some(),
        }
    }

    fn lack(&self) -> Option<&'static str> {
        if self.host.is_none() {
            Some(
                "no nightly toolchain (`rustup toolchain install nightly`); the tests replayed the corpus",
            )
        } else if !self.has_cpp_compiler {
            Some("no C++ compiler, which libFuzzer needs; the tests replayed the corpus")
        } else {
            None
        }
    }
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}

fn host(version: &str) -> Option<&str> {
    version.lines().find_map(|line| line.strip_prefix("host: "))
}

/// The build, and a step for each target.
pub(crate) fn steps(workspace: &Workspace, tools: &Tools) -> Result<Vec<Step>, String> {
    let Some(host) = tools.host.as_deref().filter(|_| tools.lack().is_none()) else {
        let mut fuzz = Step::new("fuzz", &[]);
        fuzz.lacks = tools.lack();
        return Ok(vec![fuzz]);
    };
    let targets = targets(&workspace.root.join("fuzz/fuzz_targets"))?;
    let mut steps = vec![step(workspace, host, "fuzz build", "build").and(["--bins".to_owned()])];
    for target in targets {
        steps.push(run(workspace, host, &target)?);
    }
    Ok(steps)
}

/// The seeds anew. Any toolchain does.
pub(crate) fn corpus(workspace: &Workspace) -> Step {
    Step::new("fuzz-corpus", &["run", "--quiet", "--no-default-features"]).and([
        "--manifest-path".to_owned(),
        shown(&workspace.root.join("fuzz/Cargo.toml")),
        "--target-dir".to_owned(),
        shown(&workspace.target.join("fuzz")),
        "--example".to_owned(),
        "corpus".to_owned(),
    ])
}

/// The targets are the programs in the folder.
fn targets(folder: &Path) -> Result<Vec<String>, String> {
    let cannot = |error| format!("cannot read `{}`: {error}", folder.display());
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            targets.push(name.to_owned());
        }
    }
    targets.sort();
    Ok(targets)
}

fn run(workspace: &Workspace, host: &str, target: &str) -> Result<Step, String> {
    let scratch = workspace.target.join("fuzz");
    // libFuzzer adds what it finds to the first folder only, so the committed seeds stay as they are.
    let found = scratch.join("corpus").join(target);
    let kept = scratch.join("artifacts").join(target);
    for folder in [&found, &kept] {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
    }
    let mut step = step(workspace, host, &format!("fuzz {target}"), "run").and([
        "--quiet".to_owned(),
        "--bin".to_owned(),
        target.to_owned(),
        "--".to_owned(),
        format!("-max_total_time={SECONDS}"),
        "-rss_limit_mb=1024".to_owned(),
        "-timeout=5".to_owned(),
        // Nothing here allocates but Rust, and looking for leaks is not permitted everywhere.
        "-detect_leaks=0".to_owned(),
        "-print_final_stats=1".to_owned(),
        "-verbosity=0".to_owned(),
        "-print_funcs=0".to_owned(),
        format!("-artifact_prefix={}/", kept.display()),
        shown(&found),
        shown(&workspace.root.join("fuzz/corpus").join(target)),
    ]);
    step.keeps = Some(kept);
    Ok(step)
}

/// A command of cargo for the fuzz crate, as every step must give it so that nothing is built twice.
fn step(workspace: &Workspace, host: &str, name: &str, command: &str) -> Step {
    let mut flags = FLAGS.to_owned();
    if WITH_SANITIZER.contains(&host) {
        flags.push_str(SANITIZER);
    }
    let mut step = Step::new(name, &[command, "--release", "--target", host]).and([
        "--manifest-path".to_owned(),
        shown(&workspace.root.join("fuzz/Cargo.toml")),
        "--target-dir".to_owned(),
        shown(&workspace.target.join("fuzz")),
    ]);
    step.toolchain = Some(NIGHTLY);
    step.environment = Some(("RUSTFLAGS", flags));
    step
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::{Tools, corpus, host, step, steps};
    use crate::workspace::Workspace;

    fn workspace() -> Workspace {
        Workspace {
            root: "/w".into(),
            target: "/w/target".into(),
            packages: Vec::new(),
        }
    }

    #[test]
    fn what_is_missing_leaves_one_step_out_and_says_so() {
        for (host, has_cpp_compiler, lack) in
            [(None, true, "nightly"), (Some("x"), false, "C++ compiler")]
        {
            let tools = Tools {
                host: host.map(str::to_owned),
                has_cpp_compiler,
            };
            let steps = steps(&workspace(), &tools).unwrap();
            assert_eq!(steps.len(), 1);
            assert!(steps[0].lacks.unwrap().contains(lack));
        }
    }

    #[test]
    fn a_nightly_says_what_it_builds_for() {
        let version = "rustc 1.97.0-nightly\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\n";
        assert_eq!(host(version), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(host("rustc"), None);
    }

    #[test]
    fn the_sanitizer_is_used_where_there_is_one() {
        let line = |host| step(&workspace(), host, "fuzz build", "build").line();
        let linux = line("x86_64-unknown-linux-gnu");
        assert!(linux.contains("-Zsanitizer=address' cargo +nightly build --release"));
        assert!(linux.ends_with("--manifest-path /w/fuzz/Cargo.toml --target-dir /w/target/fuzz"));
        assert!(!line("x86_64-pc-windows-msvc").contains("-Zsanitizer"));
    }

    #[test]
    fn the_corpus_needs_no_nightly() {
        let corpus = corpus(&workspace());
        assert_eq!(corpus.toolchain, None);
        assert!(
            corpus
                .line()
                .starts_with("cargo run --quiet --no-default-features")
        );
    }
}
