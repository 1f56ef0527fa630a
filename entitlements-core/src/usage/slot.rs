//! How a record is removed from a table while others look for it: its slot is closed first.
//!
//! A table that is read without a lock can hand out a record that is removed a moment later. What is then written
//! into it would be lost. So whoever leaves a record empty closes its slot under the slot's lock, and whoever finds
//! a closed slot takes it out of the table and looks again.
//!
//! This file depends on nothing but a mutex: `models/` runs it through every order of two and three threads.

use std::ops::Deref;
use std::sync::PoisonError;

use super::sync::Mutex;

/// What a slot holds: made empty, and not kept once it is empty again.
pub(crate) trait Vacate: Default {
    /// Whether it says no more than one that was just made.
    fn is_vacant(&self) -> bool;
}

/// The place of one record in a table.
///
/// INVARIANT: closed (`None`) once, closed for ever; and nobody closes a record that holds anything.
#[derive(Debug)]
pub(crate) struct Slot<R>(Mutex<Option<R>>);

/// How a visit to a slot went.
enum Visit<T, W> {
    Done(T),
    /// It was done, and left nothing: the slot is closed now.
    Left(T),
    /// The slot was closed already; the work is still to do.
    Closed(W),
}

impl<R: Vacate> Slot<R> {
    /// An open slot with an empty record.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Some(R::default())))
    }

    /// Whether the record is gone for good.
    pub(crate) fn is_closed(&self) -> bool {
        self.with(|state| state.is_none())
    }

    fn visit<T, W: FnOnce(&mut R) -> T>(&self, work: W) -> Visit<T, W> {
        self.with(|state| {
            let Some(record) = state else {
                return Visit::Closed(work);
            };
            let done = work(record);
            if record.is_vacant() {
                *state = None;
                Visit::Left(done)
            } else {
                Visit::Done(done)
            }
        })
    }

    #[inline]
    fn with<T>(&self, work: impl FnOnce(&mut Option<R>) -> T) -> T {
        // Nothing panics in between that could leave half a change behind.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Works on the record that `find` finds, and sees to it that what was written stays in the table.
///
/// `find` looks into the table, and may make a slot where there is none. `remove` takes out what is in the table at
/// that place, if it is closed.
#[inline]
pub(crate) fn visit<R, S, T, N>(
    find: impl Fn() -> Result<S, N>,
    remove: impl Fn(),
    work: impl FnOnce(&mut R) -> T,
) -> Result<T, N>
where
    R: Vacate,
    S: Deref<Target = Slot<R>>,
{
    let mut work = work;
    loop {
        match find()?.visit(work) {
            Visit::Done(done) => return Ok(done),
            Visit::Left(done) => {
                remove();
                return Ok(done);
            }
            // Whoever closed it may not have come to remove it: do it for them instead of waiting.
            Visit::Closed(again) => {
                remove();
                work = again;
            }
        }
    }
}
