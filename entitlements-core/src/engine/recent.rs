//! The states that this thread read last, by terms.
//!
//! Reading a shared pointer costs more than everything that a gate does with it, and counting references costs more
//! still where threads compete. So each thread keeps what it read last of each terms, and hands out references of its own. An idle
//! thread keeps old states' memory until it reads again or ends: [`PLACES`] at most.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::state::{Seen, State};
use crate::Timestamp;

/// For how many terms a thread remembers. Most accounts of a product share a few.
const PLACES: usize = 32;

thread_local! {
    static RECENT: RefCell<[Option<Kept>; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}

struct Kept {
    terms: u64,
    seen: Arc<Seen>,
}

/// A number that was never given out before, for the holdings of an engine.
pub(super) fn next_generation() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// What follows from the terms of this number now, where this thread knows it.
#[inline(always)]
pub(super) fn with<T>(
    terms: u64,
    generation: u64,
    now: Timestamp,
    read: impl FnOnce(&Arc<Seen>) -> T,
) -> Option<T> {
    // A thread that is ending has nothing to keep, and a reading within a reading looks at the shared one.
    let answer = RECENT.try_with(|recent| {
        let recent = recent.try_borrow().ok()?;
        let place = recent.get(place_of(terms))?.as_ref()?;
        let is_it = place.terms == terms && place.seen.state.answers(generation, now);
        is_it.then(|| read(&place.seen))
    });
    answer.ok().flatten()
}

/// Keeps a state for this thread's next reading of the terms of this number.
pub(super) fn remember(terms: u64, state: Arc<State>) -> Arc<Seen> {
    let seen = Arc::new(Seen { state });
    let _ = RECENT.try_with(|recent| {
        // What is let go of is dropped after the borrow: its drop must not find the cell taken.
        let before = recent.try_borrow_mut().ok().and_then(|mut recent| {
            let place = Kept {
                terms,
                seen: Arc::clone(&seen),
            };
            recent.get_mut(place_of(terms))?.replace(place)
        });
        drop(before);
    });
    seen
}

#[inline]
fn place_of(terms: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "less than PLACES")]
    let place = (terms % PLACES as u64) as usize;
    place
}
