mod line;
mod shard;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use self::line::Row;
use self::table::Table;
use super::interner::Interner;
use super::{
    Account, AccountChange, AccountId, AccountQuery, AccountStore, AccountStoreError,
    ChangeAccount, Lookup, NewAccount, SharedTerms, Terms,
};
use crate::Reply;

/// Accounts in memory, gone when the process ends.
///
/// Looking one up takes no lock. An account without a name takes 100 to 130 bytes, its id included; equal
/// terms are kept once.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::account::{AccountStore, AccountTerms, MemoryAccounts, NewAccount};
/// use entitlements_core::testing;
///
/// let accounts = MemoryAccounts::default();
/// let acme = NewAccount::new("acme", AccountTerms::on_plan("business"), testing::NOW);
/// assert!(accounts.insert(acme.clone()).await.unwrap());
/// assert!(!accounts.insert(acme).await.unwrap(), "it is there already");
/// # });
/// ```
#[derive(Debug, Default)]
pub struct MemoryAccounts {
    rows: Table,
    interner: Interner,
    /// Whether there ever was an account: a self-hosted product looks no further.
    ever: AtomicBool,
}

impl MemoryAccounts {
    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there never was an account.
    #[inline(always)]
    pub(crate) fn was_always_empty(&self) -> bool {
        !self.ever.load(Ordering::Acquire)
    }

    /// The number of an account's terms, without a lock or a count.
    #[inline(always)]
    pub(crate) fn number(&self, account: &AccountId) -> Option<u64> {
        if self.was_always_empty() {
            return None;
        }
        self.rows.number(account)
    }

    /// Shows an account's terms, without a lock or a count that threads share.
    pub(crate) fn with_terms<T>(
        &self,
        account: &AccountId,
        read: impl FnOnce(Option<&Terms>) -> T,
    ) -> T {
        if self.was_always_empty() {
            return read(None);
        }
        self.rows.with_terms(account, read)
    }

    fn read(&self, id: &AccountId) -> Option<Account> {
        Some(self.rows.row(id)?.account(id.clone()))
    }

    fn changed(&self, id: &AccountId, change: &ChangeAccount) -> Option<Account> {
        loop {
            let row = self.rows.row(id)?;
            let before = row.account(id.clone());
            let Some(AccountChange { name, terms }) = change(&before) else {
                return Some(before);
            };
            let shared = if terms.overrides.is_empty() && terms == *before.terms.get() {
                before.terms
            } else {
                self.interner.share(terms)
            };
            let after = Row::new(id, name, shared, before.created_at);
            if self.rows.replace(id, &row, after.clone()) {
                return Some(after.account(id.clone()));
            }
        }
    }

    fn found(&self, query: &AccountQuery) -> Vec<Account> {
        let text = query.text.to_lowercase();
        let has = |hay: &str| hay.to_lowercase().contains(&text);
        let mut first = BTreeMap::new();
        self.rows.for_each(|id, row| {
            let is_after = query.after.as_ref().is_none_or(|after| id > *after);
            if is_after && (text.is_empty() || has(id.as_str()) || has(row.name())) {
                first.insert(id, row.clone());
                // So that a page of a million accounts takes the memory of a page.
                if first.len() > query.most {
                    first.pop_last();
                }
            }
        });
        let accounts = first.into_iter().map(|(id, row)| row.account(id));
        accounts.collect()
    }
}

impl AccountStore for MemoryAccounts {
    fn look(&self, account: &AccountId, read: &mut dyn FnMut(Option<&SharedTerms>)) -> Lookup {
        let terms = self
            .rows
            .row(account)
            .map(|row| row.account(account.clone()).terms);
        read(terms.as_ref());
        Lookup::Shown
    }

    fn fetch(&self, account: &AccountId) -> Reply<Result<Option<SharedTerms>, AccountStoreError>> {
        Reply::Now(Ok(self.read(account).map(|account| account.terms)))
    }

    fn account(&self, account: &AccountId) -> Reply<Result<Option<Account>, AccountStoreError>> {
        Reply::Now(Ok(self.read(account)))
    }

    fn insert(&self, account: NewAccount) -> Reply<Result<bool, AccountStoreError>> {
        let terms = self.interner.share(account.terms);
        let row = Row::new(&account.id, account.name, terms, account.created_at);
        self.ever.store(true, Ordering::Release);
        Reply::Now(Ok(self.rows.insert(&account.id, row)))
    }

    fn change(
        &self,
        account: &AccountId,
        change: ChangeAccount,
    ) -> Reply<Result<Option<Account>, AccountStoreError>> {
        Reply::Now(Ok(self.changed(account, &change)))
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AccountStoreError>> {
        Reply::Now(Ok(self.rows.remove(account)))
    }

    fn page(&self, query: &AccountQuery) -> Reply<Result<Vec<Account>, AccountStoreError>> {
        Reply::Now(Ok(self.found(query)))
    }
}
