use std::fmt;

use crate::catalog::document::{Place, Spot};
use crate::catalog::error::{CatalogError, Mistake, shortened};
use crate::suggest::nearest;

/// Nobody reads further, and looking for what was meant takes its time.
const MOST_SUGGESTIONS: usize = 100;

/// The mistakes so far.
pub(super) struct Report<'t> {
    text: &'t str,
    mistakes: Vec<(usize, Mistake)>,
    suggestions: usize,
}

impl<'t> Report<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            mistakes: Vec::new(),
            suggestions: 0,
        }
    }

    /// Notes a mistake.
    pub(super) fn add(&mut self, spot: &Spot, message: impl Into<String>) {
        self.note(spot, message.into(), None);
    }

    /// Notes that `wrong` is none of `right`.
    pub(super) fn add_near<'n>(
        &mut self,
        spot: &Spot,
        message: impl Into<String>,
        wrong: &str,
        right: impl IntoIterator<Item = &'n str>,
    ) {
        self.suggestions += 1;
        let name = if self.suggestions > MOST_SUGGESTIONS {
            None
        } else {
            nearest(wrong, right)
        };
        self.note(spot, message.into(), name);
    }

    /// Notes a mistake of the catalog as a whole.
    pub(super) fn add_whole(&mut self, message: String) {
        self.mistakes.push((0, Mistake::new(Place::Whole, message)));
    }

    fn note(&mut self, spot: &Spot, message: String, name: Option<&str>) {
        let order = if let Spot::Byte(offset) = spot {
            *offset
        } else {
            0
        };
        // Beyond these nobody waits for lines to be counted.
        let place = if self.mistakes.len() < 10 * MOST_SUGGESTIONS {
            spot.place(self.text)
        } else {
            Place::Whole
        };
        self.mistakes
            .push((order, Mistake::new(place, message).suggest(name)));
    }

    /// What was made, if there was no mistake.
    pub(super) fn finish<T>(mut self, made: Option<T>) -> Result<T, CatalogError> {
        self.mistakes.sort_by_key(|(order, _)| *order);
        let mistakes: Vec<_> = self
            .mistakes
            .into_iter()
            .map(|(_, mistake)| mistake)
            .collect();
        match made {
            Some(made) if mistakes.is_empty() => Ok(made),
            _ if mistakes.is_empty() => Err(CatalogError::whole("something is missing")),
            _ => Err(CatalogError::new(mistakes)),
        }
    }
}

/// Input in backticks.
pub(super) fn quoted(input: &str) -> String {
    format!("`{}`", shortened(input))
}

/// Words as a choice: `a`, `b` or `c`.
pub(super) fn choice<T: fmt::Display>(words: &[T]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    }
}
