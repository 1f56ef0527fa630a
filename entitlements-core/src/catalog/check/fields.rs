use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::report::{Report, choice, quoted};
use crate::catalog::document::{Entry, Node, Spot, Value};
use crate::strict::text::name_fault;

/// A table whose keys are known.
pub(super) struct Fields<'d> {
    /// What messages call it; empty for the whole document.
    subject: String,
    /// Where it is.
    pub(super) spot: &'d Spot,
    entries: &'d [Entry],
}

/// A value and what messages call it.
#[derive(Clone)]
pub(super) struct Field<'d> {
    /// Such as: plan `business`: `trial_days`.
    pub(super) what: String,
    pub(super) node: &'d Node,
}

impl<'d> Fields<'d> {
    /// The table that `node` is, with no other keys than `known`.
    pub(super) fn of(
        spot: &'d Spot,
        node: &'d Node,
        subject: String,
        known: &[&str],
        report: &mut Report<'_>,
    ) -> Option<Self> {
        let Value::Table(entries) = &node.value else {
            let what = if subject.is_empty() {
                "a catalog".to_owned()
            } else {
                subject
            };
            report.add(
                &node.spot,
                format!("{what} must be a table, not {}", node.value.kind()),
            );
            return None;
        };
        let fields = Self {
            subject,
            spot,
            entries,
        };
        let mut seen = HashSet::new();
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                let message = fields.about(&format!("unknown key {}", quoted(&entry.key)));
                report.add_near(&entry.spot, message, &entry.key, known.iter().copied());
            } else if !seen.insert(&entry.key) {
                report.add(
                    &entry.spot,
                    fields.about(&format!("{} is given twice", quoted(&entry.key))),
                );
            }
        }
        Some(fields)
    }

    /// The value of `key`, if there is one.
    pub(super) fn get(&self, key: &str) -> Option<Field<'d>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Field {
            what: self.about(&format!("`{key}`")),
            node: &entry.node,
        })
    }

    /// Where `key` is, if it is there.
    pub(super) fn key(&self, key: &str) -> Option<&'d Spot> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.spot)
    }

    /// The value of `key`; its absence is a mistake.
    pub(super) fn need(&self, key: &str, report: &mut Report<'_>) -> Option<Field<'d>> {
        let field = self.get(key);
        if field.is_none() {
            report.add(self.spot, self.about(&format!("`{key}` is missing")));
        }
        field
    }

    /// What messages call the table.
    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    /// `message`, with what it is about in front.
    pub(super) fn about(&self, message: &str) -> String {
        if self.subject.is_empty() {
            message.to_owned()
        } else {
            format!("{}: {message}", self.subject)
        }
    }
}

impl<'d> Field<'d> {
    pub(super) fn string(&self, report: &mut Report<'_>) -> Option<&'d str> {
        match &self.node.value {
            Value::String(text) => Some(text),
            _ => self.wrong("a string", report),
        }
    }

    /// A string for people: something to see, and on one line.
    pub(super) fn line(&self, report: &mut Report<'_>) -> Option<&'d str> {
        let text = self.string(report)?;
        let fault = if text.trim().is_empty() {
            "cannot be empty"
        } else if text.contains(char::is_control) {
            "cannot hold control characters"
        } else {
            return Some(text);
        };
        report.add(&self.node.spot, format!("{} {fault}", self.what));
        None
    }

    /// A string that is fit to be a name.
    pub(super) fn name(&self, report: &mut Report<'_>) -> Option<&'d str> {
        let text = self.string(report)?;
        match name_fault(text) {
            None => Some(text),
            Some(fault) => {
                report.add(
                    &self.node.spot,
                    format!("{} {}: {fault}", self.what, quoted(text)),
                );
                None
            }
        }
    }

    /// An integer within `range`, called `expected` in messages.
    pub(super) fn integer(
        &self,
        range: RangeInclusive<i128>,
        expected: &str,
        report: &mut Report<'_>,
    ) -> Option<i128> {
        match &self.node.value {
            Value::Integer(number) if range.contains(number) => Some(*number),
            _ => {
                let expected = match (*range.start(), *range.end()) {
                    (start, end) if end >= i128::from(u32::MAX) => {
                        format!("{expected}, {start} or more")
                    }
                    (start, end) => format!("{expected}, {start} to {end}"),
                };
                self.wrong(&expected, report)
            }
        }
    }

    /// An integer of 0 or more.
    pub(super) fn count(&self, report: &mut Report<'_>) -> Option<u64> {
        let number = self.integer(0..=i128::from(u64::MAX), "an integer", report)?;
        u64::try_from(number).ok()
    }

    /// Whole days, at most `most`.
    pub(super) fn days(&self, most: u32, report: &mut Report<'_>) -> Option<u32> {
        let number = self.integer(0..=i128::from(most), "a whole number of days", report)?;
        u32::try_from(number).ok()
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)], report: &mut Report<'_>) -> Option<T> {
        let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let expected = choice(&names);
        let Value::String(text) = &self.node.value else {
            return self.wrong(&expected, report);
        };
        let found = words
            .iter()
            .find(|(word, _)| word == text)
            .map(|(_, meaning)| *meaning);
        if found.is_none() {
            let message = format!("{} must be {expected}, not {}", self.what, quoted(text));
            report.add_near(&self.node.spot, message, text, names);
        }
        found
    }

    /// The items of an array.
    pub(super) fn items(&self, report: &mut Report<'_>) -> Vec<Field<'d>> {
        match &self.node.value {
            Value::Array(items) => items
                .iter()
                .map(|node| Field {
                    what: self.what.clone(),
                    node,
                })
                .collect(),
            _ => self.wrong("an array", report).unwrap_or_default(),
        }
    }

    /// The items of an array of distinct names.
    pub(super) fn names(&self, report: &mut Report<'_>) -> Vec<(&'d str, &'d Spot)> {
        let mut seen = HashSet::new();
        let mut names = Vec::new();
        for item in self.items(report) {
            let Some(name) = item.name(report) else {
                continue;
            };
            if seen.insert(name) {
                names.push((name, &item.node.spot));
            } else {
                report.add(
                    &item.node.spot,
                    format!("{} lists {} twice", self.what, quoted(name)),
                );
            }
        }
        names
    }

    /// The entries of a table whose keys are names.
    pub(super) fn entries(&self, report: &mut Report<'_>) -> Vec<(&'d Entry, Field<'d>)> {
        let Value::Table(entries) = &self.node.value else {
            return self.wrong("a table", report).unwrap_or_default();
        };
        let mut seen = HashSet::new();
        let mut named = Vec::new();
        for entry in entries {
            let what = format!("{}, {}", self.what, quoted(&entry.key));
            if let Some(fault) = name_fault(&entry.key) {
                report.add(&entry.spot, format!("{what}: {fault}"));
            } else if !seen.insert(&entry.key) {
                report.add(&entry.spot, format!("{what} is given twice"));
            } else {
                named.push((
                    entry,
                    Field {
                        what,
                        node: &entry.node,
                    },
                ));
            }
        }
        named
    }

    /// Notes that the value is not what it must be.
    pub(super) fn refuse(&self, expected: &str, report: &mut Report<'_>) {
        let found = match &self.node.value {
            Value::Integer(number) => format!("`{number}`"),
            Value::String(text) if text.is_empty() => "an empty string".to_owned(),
            Value::String(text) => format!("the string {}", quoted(text)),
            other => other.kind().to_owned(),
        };
        report.add(
            &self.node.spot,
            format!("{} must be {expected}, not {found}", self.what),
        );
    }

    /// Notes that the value is not what it must be, and is nothing.
    pub(super) fn wrong<T>(&self, expected: &str, report: &mut Report<'_>) -> Option<T> {
        self.refuse(expected, report);
        None
    }
}
