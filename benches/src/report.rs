//! From figures to `docs/benchmarks.md`.

use std::fmt::Write;

use crate::load::Throughput;
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
        push_bars(&mut text, &self.bars);
        text
    }
}

fn push_bars(text: &mut String, bars: &[Bar]) {
    if !bars.is_empty() {
        text.push_str("\n| promise | at most | measured | |\n|---|---:|---:|---|\n");
    }
    for bar in bars {
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
}

/// A table of servers under load, or of ways to ask one, and what they are promised to keep of what a bare one does.
#[derive(Debug, Clone)]
pub struct LoadTable {
    /// The heading.
    pub title: &'static str,
    /// What they have in common.
    pub about: &'static str,
    /// The servers, or ways.
    pub figures: Vec<Throughput>,
    /// The promises.
    pub bars: Vec<Bar>,
}

impl LoadTable {
    /// Promises that a server loses no more than so many of the bare one's requests per second, in percent.
    ///
    /// # Panics
    /// When there is no such server: a mistake in the benchmark.
    #[expect(clippy::panic, reason = "a mistake in the benchmark")]
    pub fn bar(&mut self, name: &str, most: f64) {
        let Some(figure) = self.figures.iter().find(|figure| figure.name == name) else {
            panic!("no server is called `{name}`");
        };
        let [_, median, _] = figure.share;
        self.bars.push(Bar {
            promise: format!("{name}: lost of the bare one's requests per second"),
            measured: (1.0 - median) * 100.0,
            most,
            unit: " %",
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
        if self.figures.is_empty() {
            return text;
        }
        let is_computed = self
            .figures
            .iter()
            .any(|figure| figure.nanoseconds.is_some());
        text.push_str("| case | requests/s | kept of the bare one's |");
        text.push_str(if is_computed {
            " ns computed for each |\n|---|---:|---:|---:|\n"
        } else {
            "\n|---|---:|---:|\n"
        });
        for figure in &self.figures {
            let [low, median, high] = figure.share.map(|share| share * 100.0);
            let _ = write!(
                text,
                "| {} | {:.0} | {median:.1} % ({low:.1} to {high:.1}) |",
                figure.name, figure.per_second,
            );
            if let Some(computed) = figure.nanoseconds {
                let _ = write!(text, " {computed:.0} |");
            }
            text.push('\n');
        }
        push_bars(&mut text, &self.bars);
        text
    }
}

/// A part of the page.
#[derive(Debug, Clone)]
pub enum Section {
    /// Small operations, side by side.
    Table(Table),
    /// Servers, or ways to ask one, side by side.
    Load(LoadTable),
}

impl Section {
    /// It in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        match self {
            Self::Table(table) => table.markdown(),
            Self::Load(table) => table.markdown(),
        }
    }

    /// Its promises.
    #[must_use]
    pub fn bars(&self) -> &[Bar] {
        match self {
            Self::Table(table) => &table.bars,
            Self::Load(table) => &table.bars,
        }
    }
}

impl From<Table> for Section {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<LoadTable> for Section {
    fn from(table: LoadTable) -> Self {
        Self::Load(table)
    }
}
