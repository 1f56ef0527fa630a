//! A part of the table: its lines, and whose turn it is to write.
//!
//! - An account is in the first line that is free from the one on that its hash names, so whoever looks for it stops at a line that
//!   is nobody's. There always is one.
//! - Whose a line is never changes. What an account has changes in its line.
//! - Writers take turns. Where lines run short, one copies those that are in use into new ones and puts them in the old ones'
//!   place; who is still reading the old ones sees what was true when it began.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwap, Guard};

use super::line::{Key, Line, Row, Whose};
use crate::Timestamp;
use crate::account::AccountId;

/// Of the lines at most this share is in use.
const MOST: (usize, usize) = (13, 20);
/// What new lines are made for: this many for so many accounts.
const ROOM: (usize, usize) = (9, 5);
/// The least lines of a shard that has any.
const LEAST: usize = 8;

pub(super) struct Shard {
    lines: ArcSwap<Lines>,
    /// Held by whoever writes.
    count: Mutex<Count>,
}

#[derive(Default)]
struct Count {
    /// Lines that are somebody's.
    used: usize,
    /// Of these, the ones whose account was not removed.
    live: usize,
}

/// Lines, and what is seldom asked of them beside.
#[derive(Default)]
pub(super) struct Lines {
    pairs: Box<[Pair]>,
    /// Since when the account of each line is known, in microseconds.
    created_at: Box<[AtomicI64]>,
}

/// Two lines that the processor fetches together.
#[derive(Default)]
#[repr(align(128))]
struct Pair([Line; 2]);

impl Default for Shard {
    fn default() -> Self {
        Self {
            lines: ArcSwap::from_pointee(Lines::default()),
            count: Mutex::default(),
        }
    }
}

impl Shard {
    #[inline(always)]
    pub(super) fn lines(&self) -> Guard<Arc<Lines>> {
        self.lines.load()
    }

    fn turn(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.turn().live
    }

    pub(super) fn row(&self, key: &Key<'_>) -> Option<Row> {
        let _turn = self.turn();
        self.lines().row(key)
    }

    /// Adds an account; false where there is one with its id.
    pub(super) fn insert(&self, key: &Key<'_>, row: Row, key_of: KeyOf<'_>) -> bool {
        let mut count = self.turn();
        if self
            .lines()
            .find(key)
            .is_some_and(|(_, line)| line.is_live())
        {
            return false;
        }
        self.make_room(&mut count, key_of);
        let lines = self.lines();
        let is_known = lines.find(key).is_some();
        if lines.write(key, row) {
            count.used += usize::from(!is_known);
            count.live += 1;
        }
        true
    }

    /// Writes what is to be kept of an account, where it is still as it was read; false where somebody was faster.
    pub(super) fn replace(&self, key: &Key<'_>, read: &Row, row: Row) -> bool {
        let _turn = self.turn();
        let lines = self.lines();
        let is_still = lines.row(key).is_some_and(|now| read.is_still(&now));
        is_still && lines.write(key, row)
    }

    /// Forgets an account; false where there is none.
    pub(super) fn remove(&self, key: &Key<'_>, key_of: KeyOf<'_>) -> bool {
        let mut count = self.turn();
        let lines = self.lines();
        let Some((_, line)) = lines.find(key).filter(|(_, line)| line.is_live()) else {
            return false;
        };
        line.clear();
        count.live -= 1;
        // What many accounts took is given back with them.
        if count.used > LEAST && count.live < count.used / 4 {
            self.rebuild(&mut count, key_of);
        }
        true
    }

    /// Shows all accounts as they are now.
    pub(super) fn for_each(&self, mut show: impl FnMut(AccountId, &Row)) {
        let lines = self.lines.load_full();
        for place in 0..lines.len() {
            let read = {
                let _turn = self.turn();
                lines.at(place)
            };
            if let Some((id, row)) = read {
                show(id, &row);
            }
        }
    }

    fn make_room(&self, count: &mut Count, key_of: KeyOf<'_>) {
        let (most, of) = MOST;
        if (count.used + 1) * of > self.lines().len() * most {
            self.rebuild(count, key_of);
        }
    }

    /// Copies what is there to new lines, with room for one more at least.
    fn rebuild(&self, count: &mut Count, key_of: KeyOf<'_>) {
        let (lines, accounts) = ROOM;
        let mut after = Lines::new(((count.live + 1) * lines / accounts).max(LEAST));
        let before = self.lines();
        let rows = (0..before.len()).filter_map(|place| before.at(place));
        count.used = 0;
        for (id, row) in rows {
            count.used += usize::from(after.put(&key_of(&id), row));
        }
        self.lines.store(Arc::new(after));
    }
}

/// What an account is looked for by, as the table says.
pub(super) type KeyOf<'a> = &'a dyn for<'k> Fn(&'k AccountId) -> Key<'k>;

impl Lines {
    fn len(&self) -> usize {
        2 * self.pairs.len()
    }

    /// As many as said, and one more where that is odd.
    fn new(length: usize) -> Self {
        let length = length.next_multiple_of(2);
        Self {
            pairs: std::iter::repeat_with(Pair::default)
                .take(length / 2)
                .collect(),
            created_at: std::iter::repeat_with(AtomicI64::default)
                .take(length)
                .collect(),
        }
    }

    /// The line of this account, and where it is.
    #[inline(always)]
    pub(super) fn find(&self, key: &Key<'_>) -> Option<(usize, &Line)> {
        match self.look(key) {
            Some((place, line, Whose::Its)) => Some((place, line)),
            _ => None,
        }
    }

    /// The account's line, or the one that it would be given.
    #[inline(always)]
    fn look(&self, key: &Key<'_>) -> Option<(usize, &Line, Whose)> {
        let low = key.hash & u64::from(u32::MAX);
        let start = ((low * self.pairs.len() as u64) >> 32) as usize;
        let (before, after) = self.pairs.split_at_checked(start)?;
        let after = after.iter().zip(start..);
        for (Pair([a, b]), pair) in after.chain(before.iter().zip(0..)) {
            // Both at once, so that the second is not waited for after the first.
            let (last_of_a, last_of_b) = (a.last(), b.last());
            match a.whose(last_of_a, key) {
                Whose::Anothers => {}
                whose => return Some((2 * pair, a, whose)),
            }
            match b.whose(last_of_b, key) {
                Whose::Anothers => {}
                whose => return Some((2 * pair + 1, b, whose)),
            }
        }
        None
    }

    fn row(&self, key: &Key<'_>) -> Option<Row> {
        let (place, line) = self.find(key)?;
        line.row(self.since(place))
    }

    fn at(&self, place: usize) -> Option<(AccountId, Row)> {
        let Pair(pair) = self.pairs.get(place / 2)?;
        let line = pair.get(place % 2)?;
        Some((line.id()?, line.row(self.since(place))?))
    }

    fn since(&self, place: usize) -> Timestamp {
        let created_at = self.created_at.get(place);
        let micros = created_at.map_or(0, |micros| micros.load(Ordering::Relaxed));
        Timestamp::from_unix_micros(micros)
    }

    /// Writes to the account's line, or to the one that it is given now; false where there is none.
    fn write(&self, key: &Key<'_>, row: Row) -> bool {
        let Some((place, line, whose)) = self.look(key) else {
            return false;
        };
        if let Some(created_at) = self.created_at.get(place) {
            created_at.store(row.created_at.unix_micros(), Ordering::Relaxed);
        }
        match whose {
            Whose::Its => line.write(row),
            Whose::Nobodys | Whose::Anothers => line.take(key, row),
        }
        true
    }

    /// As `write`, for lines that nobody reads yet and an account that has none.
    fn put(&mut self, key: &Key<'_>, row: Row) -> bool {
        let Some((place, ..)) = self.look(key) else {
            return false;
        };
        let created_at = self.created_at.get_mut(place);
        let line = self.pairs.get_mut(place / 2);
        let line = line.and_then(|Pair(pair)| pair.get_mut(place % 2));
        if let (Some(line), Some(created_at)) = (line, created_at) {
            *created_at.get_mut() = row.created_at.unix_micros();
            *line = Line::new(key, row);
        }
        true
    }
}
