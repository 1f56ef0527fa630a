//! `cargo xtask <command>`: what a contributor runs.
//!
//! The steps are data in [`steps`] and [`fuzz`], [`runner`] runs them, [`workspace`] knows which crates there are, [`services`] gets what
//! tests start.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod command;
mod fuzz;
mod runner;
mod services;
mod steps;
mod workspace;

use std::process::ExitCode;

use command::{Command, Extent, Fuzzing};
use steps::Step;
use workspace::Workspace;

fn main() -> ExitCode {
    let command = match Command::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(why) => {
            eprintln!("xtask: {why}\n\n{}", command::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Help => {
            println!("{}", command::USAGE);
            Ok(())
        }
        Command::Test { extent } => runner::run_all(&suite(extent)?),
        Command::Ci { extent } => {
            runner::print_versions();
            runner::run_all(&suite(extent)?)
        }
        Command::Bench { more } => runner::run_one(&steps::bench(more)),
        Command::Doc { more } => runner::run_one(&steps::docs(more)),
        Command::Services => {
            println!("{}", services::provide(&Workspace::read()?)?);
            Ok(())
        }
        Command::Assets => runner::run_one(&steps::assets(&Workspace::read()?)),
        Command::Fuzz => runner::run_all(&fuzzing(&Workspace::read()?)?),
        Command::FuzzCorpus => runner::run_one(&fuzz::corpus(&Workspace::read()?)),
        Command::Fmt => runner::run_one(&steps::format()),
    }
}

fn suite(extent: Extent) -> Result<Vec<Step>, String> {
    let workspace = Workspace::read()?;
    let mut steps = steps::suite(&workspace, extent.scope);
    if extent.fuzzing == Fuzzing::Short {
        steps.extend(fuzzing(&workspace)?);
    }
    Ok(steps)
}

fn fuzzing(workspace: &Workspace) -> Result<Vec<Step>, String> {
    fuzz::steps(workspace, &fuzz::Tools::found())
}
