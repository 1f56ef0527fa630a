use std::fmt;
use std::sync::Arc;

use super::change::lock_out;
use super::{Allowlist, AllowlistChange, AllowlistEntry, AllowlistRefusal, ChangedBy, EntryChange};
use crate::{AccountId, Denial, Reply};

/// Where the allowlists of accounts are kept: a port, so that they may be in memory, in a file or in a database.
///
/// A store judges a change by [`AllowlistChange::applied_to`] where it keeps the list, so that nothing happens in between (W10): of two that would each
/// be right alone, the second is judged by what the first one left.
///
/// # Cancel safety
/// A dropped reply leaves a change or a removal done or undone, and nothing in between.
pub trait AllowlistStore: fmt::Debug + Send + Sync + 'static {
    /// An account's list; an empty one where nothing was ever kept for it.
    ///
    /// # Errors
    /// Where it cannot be read. Nobody may take that for an empty list, which allows everything.
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>>;

    /// Makes a change to an account's list, whole or not at all, and answers what became of it.
    ///
    /// # Errors
    /// Where it may not be made, or cannot be kept; what was kept before stays.
    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>>;

    /// Forgets an account's list, whatever is in it, and answers whether there was anything; for an account that is removed, which takes its list along.
    ///
    /// No rule is asked: whoever calls this removes the account.
    ///
    /// # Errors
    /// Where it cannot be forgotten; then it is kept as it was.
    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>>;

    /// Whether what is kept here is there after the next start: everywhere but in memory.
    fn outlasts_the_process(&self) -> bool {
        true
    }
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllowlistChanged {
    /// The list as it is now.
    pub list: Arc<Allowlist>,
    /// What was done to it; nothing where it was so already.
    pub change: Option<EntryChange>,
    /// The entry as it was until then, where one was changed or went.
    pub before: Option<AllowlistEntry>,
    /// Whether it would have been refused had the caller not insisted (W9).
    pub is_forced: bool,
}

impl AllowlistChange {
    /// The list as it is after the change, where that may be; for stores.
    ///
    /// # Errors
    /// As [`judge`](Self::judge) says.
    pub fn applied_to(
        &self,
        list: &Arc<Allowlist>,
        by: &ChangedBy,
    ) -> Result<AllowlistChanged, AllowlistRefusal> {
        let Some((change, after)) = self.judged(list, by)? else {
            return Ok(AllowlistChanged {
                list: Arc::clone(list),
                change: None,
                before: None,
                is_forced: false,
            });
        };
        Ok(AllowlistChanged {
            before: list.entry(self.id()).cloned(),
            // It was judged: where it locks out, that was insisted on.
            is_forced: lock_out(list, &after, by.address).is_some(),
            list: Arc::new(after),
            change: Some(change),
        })
    }
}

/// Why a list was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowlistError {
    /// It may not be.
    #[error(transparent)]
    Refused(#[from] AllowlistRefusal),
    /// It adds or widens, and the account lacks the feature: this says where to get it, or that what the account has cannot be told.
    #[error(transparent)]
    NotEntitled(Denial),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] AllowlistStoreError),
}

/// Why lists could not be read or kept, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct AllowlistStoreError {
    cause: String,
}

impl AllowlistStoreError {
    /// What went wrong, in words for the operator.
    #[must_use]
    pub fn new(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
        }
    }
}
