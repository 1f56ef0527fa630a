use std::convert::Infallible;
use std::sync::PoisonError;

use loom::sync::{Arc, Mutex};

use crate::slot::{self, Slot, Vacate};

/// A table with room for one record: finding, making and removing happen one at a time, as in the real one, and a
/// slot that was found may be removed before it is used.
#[derive(Debug)]
pub(crate) struct Table<R>(Mutex<Option<Arc<Slot<R>>>>);

impl<R: Vacate> Default for Table<R> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<R: Vacate> Table<R> {
    /// Works on the record, which is made where there is none.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut R) -> T) -> T {
        let find = || {
            Ok::<_, Infallible>(
                self.with(|found| Arc::clone(found.get_or_insert_with(|| Arc::new(Slot::new())))),
            )
        };
        let Ok(done) = slot::visit(find, || self.remove_closed(), work);
        done
    }

    /// Works on the record, if there is one.
    pub(crate) fn look<T>(&self, work: impl FnOnce(&mut R) -> T) -> Option<T> {
        let find = || self.with(|found| found.clone()).ok_or(());
        slot::visit(find, || self.remove_closed(), work).ok()
    }

    /// Whether there is no record.
    pub(crate) fn is_empty(&self) -> bool {
        self.with(|found| found.is_none())
    }

    fn remove_closed(&self) {
        self.with(|found| {
            found.take_if(|slot| slot.is_closed());
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Option<Arc<Slot<R>>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
