//! Runs steps, one after the other, and says how they went.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::steps::{Extra, Step};

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed(Duration),
    Failed(Duration),
    LeftOut(&'static str),
}

/// Runs the steps in order, to the first that fails; prints what came of each.
pub(crate) fn run_all(steps: &[Step]) -> Result<(), String> {
    let mut outcomes = Vec::with_capacity(steps.len());
    for step in steps {
        let outcome = run(step)?;
        outcomes.push(outcome);
        if matches!(outcome, Outcome::Failed(_)) {
            break;
        }
    }
    print!("\n{}", summary(steps, &outcomes));
    failure(steps, &outcomes).map_or(Ok(()), Err)
}

/// Runs one step without a table.
pub(crate) fn run_one(step: &Step) -> Result<(), String> {
    let outcome = run(step)?;
    failure(std::slice::from_ref(step), &[outcome]).map_or(Ok(()), Err)
}

/// What the suite ran with, so that a log says it.
pub(crate) fn print_versions() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    for (program, arguments) in [
        (rustc, ["--version"].as_slice()),
        (cargo(), &["--version"]),
        (cargo(), &["clippy", "--version"]),
        (cargo(), &["fmt", "--version"]),
    ] {
        match Command::new(&program)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
        {
            Ok(output) if output.status.success() => {
                print!("{}", String::from_utf8_lossy(&output.stdout));
            }
            _ => println!("{} {}: not there", program.display(), arguments.join(" ")),
        }
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{} {}, {cores} cores",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
}

/// The cargo that runs us, so that a chosen toolchain stays chosen.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a step takes is no rule of the product"
)]
fn run(step: &Step) -> Result<Outcome, String> {
    println!("==> {}", step.name);
    if let Some(Extra { command, otherwise }) = step.wants
        && !is_installed(command)
    {
        println!("    left out: {otherwise}");
        return Ok(Outcome::LeftOut(otherwise));
    }
    if let Some(lack) = step.lacks {
        println!("    left out: {lack}");
        return Ok(Outcome::LeftOut(lack));
    }
    let started = Instant::now();
    let status = command(step)
        .status()
        .map_err(|error| format!("cannot run `{}`: {error}", step.line()))?;
    let took = started.elapsed();
    println!("    {}: {}", step.name, seconds(took));
    Ok(if status.success() {
        Outcome::Passed(took)
    } else {
        print_kept(step);
        Outcome::Failed(took)
    })
}

/// Where that with which the step failed can be found.
fn print_kept(step: &Step) {
    let files = step
        .keeps
        .as_deref()
        .and_then(|folder| std::fs::read_dir(folder).ok());
    for file in files.into_iter().flatten().flatten() {
        println!("    kept: {}", file.path().display());
    }
}

fn command(step: &Step) -> Command {
    let mut command = match step.toolchain {
        None => Command::new(cargo()),
        Some(toolchain) => of_toolchain(toolchain, "cargo"),
    };
    // Nothing in the suite asks a question, and nothing may wait for an answer.
    command
        .args(&step.arguments)
        .stdin(Stdio::null())
        .envs(step.environment.clone());
    // cargo sees by itself whether there is a terminal; the test programs it starts take its word.
    let plain = std::env::var_os("NO_COLOR").is_some() || !std::io::stderr().is_terminal();
    if plain && std::env::var_os("CARGO_TERM_COLOR").is_none() {
        command.env("CARGO_TERM_COLOR", "never");
    }
    command
}

/// A program of another toolchain than the one that runs us.
pub(crate) fn of_toolchain(toolchain: &str, program: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, program]);
    command
}

fn is_installed(command: &str) -> bool {
    Command::new(cargo())
        .args([command, "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn summary(steps: &[Step], outcomes: &[Outcome]) -> String {
    let width = steps.iter().map(|step| step.name.len()).max().unwrap_or(0);
    let mut outcomes = outcomes.iter();
    steps
        .iter()
        .map(|step| {
            let (verdict, rest) = match outcomes.next() {
                Some(Outcome::Passed(took)) => ("ok", seconds(*took)),
                Some(Outcome::Failed(took)) => ("FAILED", seconds(*took)),
                Some(Outcome::LeftOut(why)) => ("left out", (*why).to_owned()),
                None => ("not run", String::new()),
            };
            let line = format!("{:width$}  {verdict:8}  {rest:>8}", step.name);
            format!("{}\n", line.trim_end())
        })
        .collect()
}

fn failure(steps: &[Step], outcomes: &[Outcome]) -> Option<String> {
    let (step, _) = steps
        .iter()
        .zip(outcomes)
        .find(|(_, outcome)| matches!(outcome, Outcome::Failed(_)))?;
    Some(format!(
        "`{}` failed; rerun it with: {}",
        step.name,
        step.line()
    ))
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, failure, summary};
    use crate::steps::{bench, docs, format};

    #[test]
    fn the_summary_has_a_line_for_every_step() {
        let steps = [format(), docs([]), bench([])];
        let outcomes = [
            Outcome::Passed(Duration::from_millis(1_240)),
            Outcome::Failed(Duration::from_secs(75)),
        ];
        assert_eq!(
            summary(&steps, &outcomes),
            "fmt    ok           1.2 s\n\
             docs   FAILED      75.0 s\n\
             bench  not run\n"
        );
    }

    #[test]
    fn what_failed_says_how_to_run_it_again() {
        let steps = [format(), docs([])];
        let passed = Outcome::Passed(Duration::ZERO);
        let failed = Outcome::Failed(Duration::ZERO);
        assert_eq!(failure(&steps, &[passed, Outcome::LeftOut("why")]), None);
        assert_eq!(
            failure(&steps, &[failed]).unwrap(),
            "`fmt` failed; rerun it with: cargo fmt --all"
        );
        assert!(
            failure(&steps, &[passed, failed])
                .unwrap()
                .contains("RUSTDOCFLAGS='-D warnings' cargo doc")
        );
    }
}
