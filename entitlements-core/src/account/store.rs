use std::fmt;

use super::{Account, AccountId, AccountTerms, SharedTerms};
use crate::{Reply, Timestamp};

/// Where accounts are kept: a port, so that they may be in memory, in a file or in a database.
///
/// [`MemoryAccounts`](super::MemoryAccounts) is the implementation in memory. The store owns atomicity: each change happens whole
/// or not at all, and is seen by the next reading.
///
/// # Cancel safety
/// A dropped reply leaves a change done or undone, and nothing in between.
pub trait AccountStore: fmt::Debug + Send + Sync + 'static {
    /// Shows an account's terms to `read`, at once; `None` for an account that is not known (A4).
    ///
    /// This is asked on every request: it takes no lock and allocates nothing. The terms are shown and not given, so that
    /// threads which ask for the same account share no count. A store that has to look elsewhere answers
    /// [`Lookup::Elsewhere`], and is asked by [`fetch`](Self::fetch).
    fn look(&self, account: &AccountId, read: &mut dyn FnMut(Option<&SharedTerms>)) -> Lookup;

    /// An account's terms, from wherever they are.
    fn fetch(&self, account: &AccountId) -> Reply<Result<Option<SharedTerms>, AccountStoreError>>;

    /// What was last known of an account that cannot be asked for now, and since when it may be old (D16).
    fn last_known(&self, account: &AccountId) -> Option<(SharedTerms, Timestamp)> {
        let _ = account;
        None
    }

    /// An account whole.
    fn account(&self, account: &AccountId) -> Reply<Result<Option<Account>, AccountStoreError>>;

    /// Adds an account; false where one has its id, and then nothing changes.
    fn insert(&self, account: NewAccount) -> Reply<Result<bool, AccountStoreError>>;

    /// Changes an account; `None` where there is none. `change` gets what is there and says what shall be, or nothing where it is
    /// to stay as it is; it may be asked again where somebody else was faster, and is pure. The account is answered as it is then.
    fn change(
        &self,
        account: &AccountId,
        change: ChangeAccount,
    ) -> Reply<Result<Option<Account>, AccountStoreError>>;

    /// Forgets an account; false where there is none.
    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AccountStoreError>>;

    /// Accounts in the order of their ids.
    fn page(&self, query: &AccountQuery) -> Reply<Result<Vec<Account>, AccountStoreError>>;
}

/// What is asked for an account's change: what shall be, or nothing where it is to stay as it is.
pub type ChangeAccount = Box<dyn Fn(&Account) -> Option<AccountChange> + Send + Sync>;

/// How a store found an account's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Lookup {
    /// They were shown.
    Shown,
    /// They are elsewhere, and nothing was shown.
    Elsewhere,
}

/// An account to add.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewAccount {
    /// Who it is.
    pub id: AccountId,
    /// Its name for people.
    pub name: String,
    /// What it was sold.
    pub terms: AccountTerms,
    /// Since when it is known.
    pub created_at: Timestamp,
}

impl NewAccount {
    /// An account that is known since `created_at`.
    #[must_use]
    pub fn new(id: impl Into<AccountId>, terms: AccountTerms, created_at: Timestamp) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            terms,
            created_at,
        }
    }

    /// Gives it a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}

/// What an account shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange {
    /// Its name for people.
    pub name: String,
    /// What it was sold.
    pub terms: AccountTerms,
}

/// Which accounts to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountQuery {
    /// Those whose id or name contains this, in any case; all where empty.
    pub text: String,
    /// Those after this id.
    pub after: Option<AccountId>,
    /// At most this many.
    pub most: usize,
}

impl Default for AccountQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            after: None,
            most: 100,
        }
    }
}

/// Why accounts could not be asked or changed, for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct AccountStoreError {
    cause: String,
}

impl AccountStoreError {
    /// What went wrong, in words for the operator.
    #[must_use]
    pub fn new(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
        }
    }
}
