//! What the argument parser refuses, in the form that all errors have.

use std::error::Error as _;
use std::ffi::OsStr;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::Cli;
use crate::failure::{Exit, Failure};
use crate::output::{self, Format};
use crate::quote::quoted;

/// Shows help and version where they were asked for, else says what is wrong with the command line.
pub(crate) fn answer(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that closes the pipe after the first lines of the help has read enough.
            let _ = error.print();
            Exit::Fine
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if format() == Format::Text => {
            let _ = error.print();
            Exit::Usage
        }
        _ => {
            let action = format!("see `{} --help`", command());
            output::failure(&Failure::usage("usage", message(error), action), format())
        }
    }
}

/// The parser failed, so whether it met `--json` has to be looked up.
fn format() -> Format {
    let mut options = std::env::args_os().take_while(|argument| argument != OsStr::new("--"));
    if options.any(|argument| argument == OsStr::new("--json")) {
        Format::Json
    } else {
        Format::Text
    }
}

fn message(error: &clap::Error) -> String {
    let argument = quoted(&context(error, ContextKind::InvalidArg));
    let value = context(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let known = list(error, ContextKind::ValidValue);
            let reason = match error.source() {
                Some(reason) => reason.to_string(),
                None if known.is_empty() => "it needs a value".to_owned(),
                None => format!("it can be {}", known.join(", ")),
            };
            if value.is_empty() {
                format!("{argument} cannot be empty: {reason}")
            } else {
                format!("{argument} cannot be {}: {reason}", quoted(&value))
            }
        }
        ErrorKind::UnknownArgument => {
            let near = suggestion(error, ContextKind::SuggestedArg);
            format!("unexpected argument {argument}{near}")
        }
        ErrorKind::InvalidSubcommand => {
            let name = quoted(&context(error, ContextKind::InvalidSubcommand));
            format!(
                "unknown command {name}{}",
                suggestion(error, ContextKind::SuggestedSubcommand)
            )
        }
        ErrorKind::MissingRequiredArgument => {
            format!(
                "missing {}",
                list(error, ContextKind::InvalidArg).join(", ")
            )
        }
        ErrorKind::ArgumentConflict => {
            let other = context(error, ContextKind::PriorArg);
            if other.is_empty() || quoted(&other) == argument {
                format!("{argument} can be given once only")
            } else {
                format!("{argument} and {} exclude each other", quoted(&other))
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "a command is missing".to_owned()
        }
        ErrorKind::InvalidUtf8 => "an argument that must be text is not UTF-8".to_owned(),
        kind => kind
            .as_str()
            .unwrap_or("the command line is wrong")
            .to_owned(),
    }
}

/// The command that was called, as far as it was recognised.
fn command() -> String {
    let root = Cli::command();
    let mut words = vec![root.get_name()];
    let mut command = &root;
    let arguments = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != OsStr::new("--json"));
    for argument in arguments {
        let Some(next) = command.find_subcommand(&argument) else {
            break;
        };
        words.push(next.get_name());
        command = next;
    }
    words.join(" ")
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    list_raw(error, kind).into_iter().next().unwrap_or_default()
}

fn list(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    list_raw(error, kind)
        .iter()
        .map(|text| quoted(text))
        .collect()
}

fn list_raw(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

fn suggestion(error: &clap::Error, kind: ContextKind) -> String {
    // The parser puts the most similar one last.
    match list(error, kind).last() {
        Some(near) => format!(", did you mean {near}?"),
        None => String::new(),
    }
}
