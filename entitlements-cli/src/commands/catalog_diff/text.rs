//! The comparison for a terminal of 80 columns: who loses comes first.

use std::path::Path;

use anstyle::{AnsiColor, Style};
use entitlements_core::catalog::{CatalogDiff, Change, KeyChange, KeyEffect, Subject};

use super::sentence::{sentence, subject};
use crate::columns::{COLUMNS, GAP, columns, paragraph};
use crate::quote::{self, escaped};

const LOSS: Style = AnsiColor::Red.on_default();
const KEYS: Style = AnsiColor::Yellow.on_default();
const GAIN: Style = AnsiColor::Green.on_default();
const OTHER: Style = Style::new();
const HEADING: Style = Style::new().bold();

/// How far lines stand in below whom they are about.
const INDENT: u16 = 2;

pub(super) fn text((before, after): (&Path, &Path), diff: &CatalogDiff) -> String {
    let [before, after] = [before, after].map(|path| quote::plain(&path.to_string_lossy()));
    if diff.is_empty() {
        let message = format!("no difference for customers or keys between {before} and {after}");
        return paragraph(0, &message).join("\n");
    }
    let mut lines = paragraph(0, &format!("{before} → {after}: {}", summary(diff)));
    lines.extend(changes("Losses", LOSS, "-", diff.losses()));
    lines.extend(keys(diff.keys()));
    lines.extend(changes("Gains", GAIN, "+", diff.gains()));
    lines.extend(changes("Other changes", OTHER, "~", diff.other()));
    lines.join("\n")
}

fn summary(diff: &CatalogDiff) -> String {
    let count = |number: usize, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    };
    let parts = [
        count(diff.losses().len(), "loss", "losses"),
        count(
            diff.keys().len(),
            "change to issued keys",
            "changes to issued keys",
        ),
        count(diff.gains().len(), "gain", "gains"),
        count(diff.other().len(), "other change", "other changes"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn changes(title: &str, style: Style, mark: &str, changes: &[Change]) -> Vec<String> {
    let mut lines = heading(title, style, changes.is_empty());
    for whom in subjects(changes) {
        lines.extend(paragraph(INDENT, &escaped(&subject(whom))));
        let rows = changes.iter().filter(|change| change.subject() == whom);
        lines.extend(marked(style, rows.map(|change| (mark, sentence(change)))));
    }
    lines
}

/// Each subject once, in the order in which they come up.
fn subjects(changes: &[Change]) -> Vec<&Subject> {
    let mut subjects: Vec<&Subject> = Vec::new();
    for change in changes {
        if !subjects.contains(&change.subject()) {
            subjects.push(change.subject());
        }
    }
    subjects
}

fn keys(keys: &[KeyChange]) -> Vec<String> {
    let mut lines = heading("Keys already issued", KEYS, keys.is_empty());
    for key in keys {
        let (style, mark) = match key.effect() {
            KeyEffect::Refused => (LOSS, "!"),
            _ => (KEYS, "~"),
        };
        let line = format!("{} (`{}`)", key.message(), key.setting());
        lines.extend(marked(style, [(mark, line)].into_iter()));
    }
    lines
}

fn heading(title: &str, style: Style, is_empty: bool) -> Vec<String> {
    if is_empty {
        return Vec::new();
    }
    let style = HEADING.fg_color(style.get_fg_color());
    vec![String::new(), format!("{style}{title}{style:#}")]
}

fn marked<'a>(style: Style, lines: impl Iterator<Item = (&'a str, String)>) -> Vec<String> {
    let rows: Vec<_> = lines
        .map(|(mark, line)| vec![mark.to_owned(), escaped(&line)])
        .collect();
    let indent = 2 * INDENT;
    let lines = columns(indent, &[1, COLUMNS - indent - 1 - GAP], &rows);
    lines
        .into_iter()
        .map(|line| format!("{style}{line}{style:#}"))
        .collect()
}
