//! What moves on stderr while people wait: at a terminal alone, and never beside JSON.

use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::output::Format;

/// Where progress is drawn, if anywhere.
pub(crate) fn target(format: Format) -> ProgressDrawTarget {
    if format == Format::Text && stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

/// Does something that takes a while and whose end cannot be told.
pub(crate) fn spin<T>(format: Format, what: &'static str, work: impl FnOnce() -> T) -> T {
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.set_draw_target(target(format));
    spinner.enable_steady_tick(Duration::from_millis(100));
    let done = work();
    // Leaves the terminal to the report.
    spinner.finish_and_clear();
    done
}
