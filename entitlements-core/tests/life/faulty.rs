//! A store that fails as stores fail, at the call that one says.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};

use entitlements_core::Reply;
use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does nothing, and says so.
    Refuses,
    /// It does what it is asked, and then fails: the folder could not be synced, the connection was lost.
    DoesAndFails,
    /// It does nothing, and never answers.
    Hangs,
    /// It does what it is asked, and never answers.
    DoesAndHangs,
    /// It panics before it does anything.
    Panics,
}

impl Fault {
    pub(crate) const ALL: [Self; 5] = [
        Self::Refuses,
        Self::DoesAndFails,
        Self::Hangs,
        Self::DoesAndHangs,
        Self::Panics,
    ];

    const fn does(self) -> bool {
        matches!(self, Self::DoesAndFails | Self::DoesAndHangs)
    }

    fn reply<T: Send + 'static>(self) -> Reply<Result<T, LicenseStoreError>> {
        match self {
            Self::Refuses | Self::DoesAndFails => {
                Reply::Now(Err(LicenseStoreError::new("the disk is on fire")))
            }
            Self::Hangs | Self::DoesAndHangs => Reply::later(pending()),
            Self::Panics => panic!("the store panics"),
        }
    }
}

pub(crate) type Kept = BTreeMap<(Collection, String), String>;

/// Keeps everything in memory; its clones are one store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faulty(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    kept: Kept,
    calls: usize,
    fault: Option<(usize, Fault)>,
}

impl Faulty {
    /// The call after so many from now fails.
    pub(crate) fn fails_after(&self, calls: usize, fault: Fault) {
        let mut state = self.state();
        state.calls = 0;
        state.fault = Some((calls, fault));
    }

    /// No call fails any more; says whether one has.
    pub(crate) fn heals(&self) -> bool {
        let mut state = self.state();
        let fault = state.fault.take();
        fault.is_some_and(|(calls, _)| calls < state.calls)
    }

    pub(crate) fn kept(&self) -> Kept {
        self.state().kept.clone()
    }

    /// Another process keeps this.
    pub(crate) fn puts(&self, to: Collection, id: &str, value: &str) {
        let entry = ((to, id.to_owned()), value.to_owned());
        self.state().kept.extend([entry]);
    }

    pub(crate) fn state_of(kept: Kept) -> Self {
        let state = State {
            kept,
            ..State::default()
        };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // One of its calls may have panicked.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Kept) -> T,
    ) -> Reply<Result<T, LicenseStoreError>> {
        let mut state = self.state();
        let call = state.calls;
        state.calls += 1;
        let fault = state
            .fault
            .filter(|(at, _)| *at == call)
            .map(|(_, fault)| fault);
        match fault {
            None => Reply::Now(Ok(work(&mut state.kept))),
            Some(fault) => {
                if fault.does() {
                    work(&mut state.kept);
                }
                drop(state);
                fault.reply()
            }
        }
    }
}

impl LicenseStore for Faulty {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        self.call(|kept| {
            let kept = kept.iter().filter(|((collection, _), _)| *collection == of);
            kept.map(|((_, id), value)| StoredEntry::new(id.as_str(), value.as_str()))
                .collect()
        })
    }

    fn put(&self, to: Collection, entry: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        self.call(|kept| drop(kept.insert((to, entry.id), entry.value)))
    }

    fn remove(&self, from: Collection, id: &str) -> Reply<Result<(), LicenseStoreError>> {
        self.call(|kept| drop(kept.remove(&(from, id.to_owned()))))
    }

    fn clear(&self, collection: Collection) -> Reply<Result<(), LicenseStoreError>> {
        self.call(|kept| kept.retain(|(of, _), _| *of != collection))
    }
}
