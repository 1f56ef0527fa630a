use std::marker::PhantomData;

use super::fields::Field;
use super::report::{Report, quoted};
use crate::catalog::document::Spot;
use crate::catalog::table::Id;

/// The names of all things of one kind, which say the number that each will have.
pub(super) struct Names<'d, I> {
    kind: &'static str,
    /// Sorted, like the table to come.
    names: Vec<&'d str>,
    ids: PhantomData<fn() -> I>,
}

impl<'d, I: Id> Names<'d, I> {
    pub(super) fn new(kind: &'static str, names: impl IntoIterator<Item = &'d str>) -> Self {
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        Self {
            kind,
            names,
            ids: PhantomData,
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<I> {
        let index = self.names.binary_search(&name).ok()?;
        u16::try_from(index).ok().map(I::from_index)
    }

    /// The number of `name`, or a mistake that begins with `about` and says what was meant.
    pub(super) fn look_up(
        &self,
        name: &str,
        about: &str,
        spot: &Spot,
        report: &mut Report<'_>,
    ) -> Option<I> {
        let found = self.find(name);
        if found.is_none() {
            let message = format!("{about}: unknown {} {}", self.kind, quoted(name));
            report.add_near(spot, message, name, self.names.iter().copied());
        }
        found
    }

    /// The number of the name that a field holds.
    pub(super) fn of(&self, field: &Field<'_>, about: &str, report: &mut Report<'_>) -> Option<I> {
        let name = field.string(report)?;
        self.look_up(name, about, &field.node.spot, report)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'d str> + '_ {
        self.names.iter().copied()
    }
}
