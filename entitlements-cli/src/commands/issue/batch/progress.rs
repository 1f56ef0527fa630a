use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Format;
use crate::progress::target;

/// A bar on stderr while keys are made, for people at a terminal alone.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(rows: usize, format: Format) -> Self {
        let bar = ProgressBar::with_draw_target(u64::try_from(rows).ok(), target(format));
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len}, {eta} to go") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(super) fn step(&self) {
        self.0.inc(1);
    }

    /// Leaves the terminal to the report.
    pub(super) fn finish(self) {
        self.0.finish_and_clear();
    }
}
