//! `cargo xtask <command>`: what a contributor runs.
//!
//! The steps are data in [`steps`], [`runner`] runs them, [`workspace`] knows which crates there are.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod command;
mod runner;
mod steps;
mod workspace;

use std::process::ExitCode;

use command::Command;
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
        Command::Test { scope } => runner::run_all(&steps::suite(&Workspace::read()?, scope)),
        Command::Ci { scope } => {
            runner::print_versions();
            runner::run_all(&steps::suite(&Workspace::read()?, scope))
        }
        Command::Bench { more } => runner::run_one(&steps::bench(more)),
        Command::Doc { more } => runner::run_one(&steps::docs(more)),
        Command::Fmt => runner::run_one(&steps::format()),
    }
}
