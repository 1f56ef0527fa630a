//! The command line of entitlements: makes keys, issues and checks licenses, checks catalogs.
//!
//! `cli` says what can be typed, each file of `commands` does one command and gives back a `Report` or a `Failure`, and
//! only this file turns those into output and an exit code. The clock is read where a
//! command starts, and passed on.
//!
//! This is a library only so that the man pages and the completions are made from the same definition that the binary
//! parses with; nothing in it is promised to anybody else.
#![doc(hidden)]

mod catalog_file;
mod cli;
mod columns;
mod commands;
mod failure;
mod files;
mod hyphens;
mod input;
mod output;
mod progress;
mod public_key;
mod quote;
mod rejection;
mod replace;
mod report;
mod revocation_file;
mod rows;
mod signing_key;
mod table;
mod time_arg;
mod usage;
mod wait;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::cli::Cli;
use crate::output::Format;

/// What the binary does: reads the arguments of the process, runs the command they name and says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let exit = match Cli::try_parse_from(hyphens::put_apart(&command(), std::env::args_os())) {
        Ok(cli) => {
            let format = if cli.json { Format::Json } else { Format::Text };
            match cli.command.run(format) {
                Ok(report) => output::report(&report, format),
                Err(failure) => output::failure(&failure, format),
            }
        }
        Err(error) => usage::answer(&error),
    };
    ExitCode::from(exit as u8)
}

/// The definition of everything that can be typed.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}
