//! Results on stdout and failures on stderr; help and version alone are written by the argument parser.

use std::io::{self, ErrorKind, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::failure::{Exit, Failure};
use crate::report::{Report, Verdict};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Yellow.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// Whom the output is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

/// Writes a result, and the failure that may come with it.
pub(crate) fn report(report: &Report, format: Format) -> Exit {
    if format == Format::Text {
        let mut stderr = anstream::stderr().lock();
        for note in &report.notes {
            // What cannot be remarked is no failure.
            let _ = writeln!(stderr, "{NOTE}note:{NOTE:#} {note}");
        }
    }
    let written = match format {
        Format::Text if report.text.is_empty() => Ok(()),
        Format::Text => stdout(&report.text),
        Format::Json => stdout(&report.json),
    };
    if let Err(error) = written {
        let message = format!("cannot write to stdout: {error}");
        let action = "check where the output goes, and whether there is space";
        return failure(&Failure::failed("output", message, action), format);
    }
    if let Verdict::Bad(bad) = &report.verdict {
        failure(bad, format);
    }
    report.verdict.exit()
}

/// Writes what went wrong: a line of cause and a line of what to do, or one line of JSON.
pub(crate) fn failure(failure: &Failure, format: Format) -> Exit {
    #[derive(Serialize)]
    struct Envelope<'a> {
        error: &'a Failure,
    }
    let mut stderr = anstream::stderr().lock();
    // When stderr cannot be written to either, the exit code is all that is left to say.
    let _ = match (format, serde_json::to_string(&Envelope { error: failure })) {
        (Format::Json, Ok(json)) => writeln!(stderr, "{json}"),
        _ => writeln!(
            stderr,
            "{ERROR}error:{ERROR:#} {}\n  {HELP}help:{HELP:#} {}",
            failure.message, failure.action
        ),
    };
    failure.exit
}

/// A reader that has seen enough and closed the pipe is no failure.
fn stdout(line: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
