//! The state that this thread read last.
//!
//! Reading the shared pointer costs more than everything that a gate does with it, and counting references costs more
//! still where threads compete. So each thread keeps the state that it read last, and looks only at a number to see
//! whether there is a newer one. An idle thread keeps an old state's memory until it reads again or ends, one state at
//! most.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::state::State;

thread_local! {
    static LATEST: RefCell<Option<(u64, Arc<State>)>> = const { RefCell::new(None) };
}

/// A number that was never given out before.
pub(super) fn next_generation() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// Reads the state of this generation, where it is the one that this thread read last.
#[inline]
pub(super) fn with<T>(generation: u64, read: impl FnOnce(&Arc<State>) -> T) -> Option<T> {
    // A thread that is ending has nothing to keep, and a reading within a reading looks at the shared one.
    let latest = LATEST.try_with(|latest| {
        let latest = latest.try_borrow().ok()?;
        let (known, state) = latest.as_ref()?;
        (*known == generation).then(|| read(state))
    });
    latest.ok().flatten()
}

/// Keeps a state for this thread's next reading.
pub(super) fn remember(generation: u64, state: &Arc<State>) {
    let _ = LATEST.try_with(|latest| {
        // The state that is let go of is dropped after the borrow: its drop must not find the cell taken.
        let before = latest
            .try_borrow_mut()
            .map(|mut latest| latest.replace((generation, Arc::clone(state))));
        drop(before);
    });
}
