use std::convert::Infallible;
use std::hash::Hash;

use foldhash::fast::RandomState;
use papaya::HashMap;

use super::slot::{self, Slot, Vacate};

/// Records by their keys, found without a lock. One that is left empty is not kept.
pub(super) struct Table<K, R> {
    slots: HashMap<K, Slot<R>, RandomState>,
}

impl<K, R> Default for Table<K, R> {
    fn default() -> Self {
        Self {
            slots: HashMap::default(),
        }
    }
}

impl<K: Clone + Eq + Hash, R: Vacate> Table<K, R> {
    /// How many records are kept.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Works on the record, which is made where there is none.
    #[inline]
    pub(super) fn change<T>(&self, key: &K, work: impl FnOnce(&mut R) -> T) -> T {
        let slots = self.slots.pin();
        let make = || slots.get_or_insert_with(key.clone(), Slot::new);
        let find = || Ok::<_, Infallible>(slots.get(key).unwrap_or_else(make));
        let remove = || {
            let _ = slots.remove_if(key, |_, slot| slot.is_closed());
        };
        let Ok(done) = slot::visit(find, remove, work);
        done
    }

    /// Works on the record, if there is one.
    #[inline]
    pub(super) fn look<T>(&self, key: &K, work: impl FnOnce(&mut R) -> T) -> Option<T> {
        let slots = self.slots.pin();
        let find = || slots.get(key).ok_or(());
        let remove = || {
            let _ = slots.remove_if(key, |_, slot| slot.is_closed());
        };
        slot::visit(find, remove, work).ok()
    }

    /// Works on every record.
    pub(super) fn look_at_each(&self, work: impl Fn(&mut R)) {
        for key in self.slots.pin().keys() {
            self.look(key, &work);
        }
    }
}
