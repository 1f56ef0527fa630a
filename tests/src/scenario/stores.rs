//! Stores that are elsewhere, or cannot be asked.

use std::fmt;

use entitlements_core::account::{
    Account, AccountChange, AccountQuery, AccountStore, AccountStoreError, Lookup, MemoryAccounts,
    NewAccount, SharedTerms,
};
use entitlements_core::usage::{
    Ask, Leased, MemoryUsage, Renewed, ReservationId, Reserved, Usage, UsageError, UsageStore,
};
use entitlements_core::{AccountId, Limit, Reply, Timestamp};
use serde::Deserialize;

/// Where something is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In memory.
    #[default]
    Here,
    /// Where one has to wait for the answer.
    Elsewhere,
    /// Where nobody answers.
    Unreachable,
}

impl Kept {
    /// What is answered from there; where nobody answers, nothing happens either.
    pub(super) fn reply<T: Send + 'static, E: Send + 'static>(
        self,
        answer: impl FnOnce() -> Reply<Result<T, E>>,
        fails: impl FnOnce() -> E,
    ) -> Reply<Result<T, E>> {
        match self {
            Self::Here => answer(),
            Self::Elsewhere => {
                let answer = answer();
                Reply::later(async move {
                    tokio::task::yield_now().await;
                    answer.await
                })
            }
            Self::Unreachable => {
                let error = fails();
                Reply::later(async move {
                    tokio::task::yield_now().await;
                    Err(error)
                })
            }
        }
    }
}

/// Accounts that are kept somewhere. Whoever manages them always can; requests may not.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    pub(super) kept: Kept,
    /// Since when it may be old what is known of them.
    pub(super) last_known: Option<Timestamp>,
    pub(super) known: MemoryAccounts,
}

impl AccountStore for Accounts {
    fn look(&self, account: &AccountId, read: &mut dyn FnMut(Option<&SharedTerms>)) -> Lookup {
        match self.kept {
            Kept::Here => self.known.look(account, read),
            Kept::Elsewhere | Kept::Unreachable => Lookup::Elsewhere,
        }
    }

    fn fetch(&self, account: &AccountId) -> Reply<Result<Option<SharedTerms>, AccountStoreError>> {
        let fails = || AccountStoreError::new("nobody answers");
        self.kept.reply(|| self.known.fetch(account), fails)
    }

    fn last_known(&self, account: &AccountId) -> Option<(SharedTerms, Timestamp)> {
        let since = self.last_known?;
        let mut terms = None;
        let looked = self
            .known
            .look(account, &mut |known| terms = known.cloned());
        assert_eq!(looked, Lookup::Shown, "memory answers at once");
        terms.map(|terms| (terms, since))
    }

    fn account(&self, account: &AccountId) -> Reply<Result<Option<Account>, AccountStoreError>> {
        self.known.account(account)
    }

    fn insert(&self, account: NewAccount) -> Reply<Result<bool, AccountStoreError>> {
        self.known.insert(account)
    }

    fn change(
        &self,
        account: &AccountId,
        change: Box<dyn Fn(&Account) -> Option<AccountChange> + Send + Sync>,
    ) -> Reply<Result<Option<Account>, AccountStoreError>> {
        self.known.change(account, change)
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AccountStoreError>> {
        self.known.remove(account)
    }

    fn page(&self, query: &AccountQuery) -> Reply<Result<Vec<Account>, AccountStoreError>> {
        self.known.page(query)
    }
}

/// Counts that are kept somewhere. What the application syncs beforehand always arrives.
pub(super) struct Counts {
    pub(super) kept: Kept,
    pub(super) known: MemoryUsage,
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kept.fmt(f)
    }
}

impl Counts {
    fn reply<T: Send + 'static>(
        &self,
        answer: impl FnOnce(&MemoryUsage) -> Reply<Result<T, UsageError>>,
    ) -> Reply<Result<T, UsageError>> {
        let fails = || UsageError::new("nobody answers");
        self.kept.reply(|| answer(&self.known), fails)
    }
}

impl UsageStore for Counts {
    fn reserve(
        &self,
        account: &AccountId,
        asks: &[Ask<'_>],
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Reserved, UsageError>> {
        self.reply(|known| known.reserve(account, asks, until, now))
    }

    fn confirm(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        asks: &[Ask<'_>],
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.reply(|known| known.confirm(account, reservation, asks, now))
    }

    fn release(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.reply(|known| known.release(account, reservation, now))
    }

    fn usage(
        &self,
        account: &AccountId,
        limit: &str,
        now: Timestamp,
    ) -> Reply<Result<Usage, UsageError>> {
        self.reply(|known| known.usage(account, limit, now))
    }

    fn give_back(
        &self,
        account: &AccountId,
        limit: &str,
        amount: u64,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.reply(|known| known.give_back(account, limit, amount, now))
    }

    fn sync(
        &self,
        account: &AccountId,
        limit: &str,
        used: u64,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.known.sync(account, limit, used, now)
    }

    fn lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        allowed: Limit,
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Leased, UsageError>> {
        self.reply(|known| known.lease(account, limit, holder, allowed, until, now))
    }

    fn renew_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Renewed, UsageError>> {
        self.reply(|known| known.renew_lease(account, limit, holder, until, now))
    }

    fn end_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.reply(|known| known.end_lease(account, limit, holder, now))
    }
}
