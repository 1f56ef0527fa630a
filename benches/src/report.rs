//! From figures to `docs/benchmarks.md`.

use std::fmt::Write;

use crate::measure::Figure;

/// A promise about figures, and whether they keep it.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What is promised.
    pub promise: String,
    /// What was measured, in the promise's unit.
    pub measured: f64,
    /// The most that it may be.
    pub most: f64,
    /// `x`, ` ns`, ` allocations`.
    pub unit: &'static str,
    /// Why it is known to be missed, where it is.
    pub known: Option<&'static str>,
}

impl Bar {
    /// Whether the promise is kept.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.measured <= self.most
    }

    fn verdict(&self) -> String {
        match self.known {
            _ if self.holds() => "holds".to_owned(),
            None => "**missed**".to_owned(),
            Some(why) => format!("**missed**: {why}"),
        }
    }
}

/// A table of cases, and the bars that it is measured for.
#[derive(Debug, Clone)]
pub struct Table {
    /// The heading.
    pub title: &'static str,
    /// What the cases have in common.
    pub about: &'static str,
    /// The cases; ratios are to the first.
    pub figures: Vec<Figure>,
    /// The promises.
    pub bars: Vec<Bar>,
}

impl Table {
    /// The figure with this name.
    ///
    /// # Panics
    /// When there is none: a mistake in the benchmark.
    #[must_use]
    #[expect(clippy::panic, reason = "a mistake in the benchmark")]
    pub fn figure(&self, name: &str) -> &Figure {
        match self.figures.iter().find(|figure| figure.name == name) {
            Some(figure) => figure,
            None => panic!("no case is called `{name}`"),
        }
    }

    /// Nanoseconds of a case.
    #[must_use]
    pub fn nanoseconds(&self, name: &str) -> f64 {
        self.figure(name).nanoseconds
    }

    /// Allocations of a case.
    #[must_use]
    pub fn allocations(&self, name: &str) -> f64 {
        self.figure(name).allocations as f64
    }

    /// Adds a promise.
    pub fn bar(
        &mut self,
        promise: impl Into<String>,
        measured: f64,
        most: f64,
        unit: &'static str,
    ) {
        self.bars.push(Bar {
            promise: promise.into(),
            measured,
            most,
            unit,
            known: None,
        });
    }

    /// Says of the promise that was added last why it is known to be missed.
    pub fn known(&mut self, why: &'static str) {
        if let Some(bar) = self.bars.last_mut() {
            bar.known = Some(why);
        }
    }

    /// The table in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("## {}\n\n{}\n\n", self.title, self.about);
        text.push_str("| case | ns | to the first | allocations |\n|---|---:|---:|---:|\n");
        let first = self
            .figures
            .first()
            .map_or(1.0, |figure| figure.nanoseconds);
        for figure in &self.figures {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "| {} | {:.1} | {:.2}x | {} |",
                figure.name,
                figure.nanoseconds,
                figure.nanoseconds / first,
                figure.allocations
            );
        }
        if !self.bars.is_empty() {
            text.push_str("\n| promise | at most | measured | |\n|---|---:|---:|---|\n");
        }
        for bar in &self.bars {
            let _ = writeln!(
                text,
                "| {} | {:.2}{unit} | {:.2}{unit} | {} |",
                bar.promise,
                bar.most,
                bar.measured,
                bar.verdict(),
                unit = bar.unit,
            );
        }
        text
    }
}
