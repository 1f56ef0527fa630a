//! A table of accounts that is read without a lock.

use std::fmt;
use std::hash::BuildHasher;

use super::line::{Key, Line, Row};
use super::shard::Shard;
use crate::account::{AccountId, Terms};

/// So many that writers seldom meet, and that what one of them copies is little.
const SHARDS: usize = 64;

pub(super) struct Table {
    hasher: foldhash::fast::RandomState,
    shards: [Shard; SHARDS],
}

impl Default for Table {
    fn default() -> Self {
        Self {
            hasher: foldhash::fast::RandomState::default(),
            shards: std::array::from_fn(|_| Shard::default()),
        }
    }
}

impl Table {
    /// The number of an account's terms.
    #[inline(always)]
    pub(super) fn number(&self, account: &AccountId) -> Option<u64> {
        let key = self.key(account);
        let lines = self.shard(&key).lines();
        lines.find(&key)?.1.number()
    }

    /// Shows an account's terms.
    pub(super) fn with_terms<T>(
        &self,
        account: &AccountId,
        read: impl FnOnce(Option<&Terms>) -> T,
    ) -> T {
        let key = self.key(account);
        let lines = self.shard(&key).lines();
        let line = lines.find(&key).map(|(_, line)| line);
        let terms = line.map(Line::terms);
        read(terms.as_ref().and_then(|terms| terms.as_deref()))
    }

    pub(super) fn row(&self, account: &AccountId) -> Option<Row> {
        let key = self.key(account);
        self.shard(&key).row(&key)
    }

    /// Adds an account; false where there is one with its id.
    pub(super) fn insert(&self, account: &AccountId, row: Row) -> bool {
        let key = self.key(account);
        self.shard(&key).insert(&key, row, &|id| self.key(id))
    }

    /// Writes what is to be kept of an account, where it is still as it was read; false where somebody was faster.
    pub(super) fn replace(&self, account: &AccountId, read: &Row, row: Row) -> bool {
        let key = self.key(account);
        self.shard(&key).replace(&key, read, row)
    }

    /// Forgets an account; false where there is none.
    pub(super) fn remove(&self, account: &AccountId) -> bool {
        let key = self.key(account);
        self.shard(&key).remove(&key, &|id| self.key(id))
    }

    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(Shard::len).sum()
    }

    /// Shows all accounts, those of a shard as they are when it is their turn.
    pub(super) fn for_each(&self, mut show: impl FnMut(AccountId, &Row)) {
        for shard in &self.shards {
            shard.for_each(&mut show);
        }
    }

    #[inline(always)]
    fn key<'a>(&self, account: &'a AccountId) -> Key<'a> {
        Key::new(account, self.hasher.hash_one(account))
    }

    #[inline(always)]
    fn shard(&self, key: &Key<'_>) -> &Shard {
        let [first, ..] = &self.shards;
        // The lines of a shard are told apart by the lower half of the hash.
        let number = (key.hash >> 32) as usize % SHARDS;
        self.shards.get(number).unwrap_or(first)
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("len", &self.len()).finish()
    }
}
