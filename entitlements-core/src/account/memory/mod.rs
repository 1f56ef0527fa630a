#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use papaya::{Compute, HashMap, Operation};

use super::interner::Interner;
use super::{
    Account, AccountChange, AccountId, AccountQuery, AccountStore, AccountStoreError,
    ChangeAccount, Lookup, NewAccount, SharedTerms,
};
use crate::{Reply, Timestamp};

/// Accounts in memory, gone when the process ends.
///
/// Looking one up takes no lock. An account without a name takes some 90 bytes, its id included; equal
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
    rows: HashMap<AccountId, Row, foldhash::fast::RandomState>,
    interner: Interner,
    /// Whether there ever was an account: a self-hosted product looks no further.
    ever: AtomicBool,
}

/// What is kept of an account, beside its id.
#[derive(Debug, Clone)]
struct Row {
    terms: SharedTerms,
    created_at: Timestamp,
    details: Option<Box<Details>>,
}

/// What most accounts of most products have none of here.
#[derive(Debug, Clone)]
struct Details {
    name: String,
}

impl Row {
    fn account(&self, id: &AccountId) -> Account {
        Account {
            id: id.clone(),
            name: self.name().to_owned(),
            terms: self.terms.clone(),
            created_at: self.created_at,
        }
    }

    fn matches(&self, id: &AccountId, text: &str) -> bool {
        let has = |hay: &str| hay.to_lowercase().contains(text);
        text.is_empty() || has(id.as_str()) || has(self.name())
    }

    fn name(&self) -> &str {
        self.details.as_deref().map_or("", |details| &details.name)
    }
}

fn details(name: String) -> Option<Box<Details>> {
    (!name.is_empty()).then(|| Box::new(Details { name }))
}

impl MemoryAccounts {
    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether there never was an account.
    #[inline(always)]
    pub(crate) fn was_always_empty(&self) -> bool {
        !self.ever.load(Ordering::Acquire)
    }

    /// Shows an account's terms, without a lock or a count.
    #[inline(always)]
    pub(crate) fn with_terms<T>(
        &self,
        account: &AccountId,
        read: impl FnOnce(Option<&SharedTerms>) -> T,
    ) -> T {
        if self.was_always_empty() {
            return read(None);
        }
        let rows = self.rows.pin();
        read(rows.get(account).map(|row| &row.terms))
    }

    fn row(&self, account: NewAccount) -> (AccountId, Row) {
        let row = Row {
            terms: self.interner.share(account.terms),
            created_at: account.created_at,
            details: details(account.name),
        };
        (account.id, row)
    }

    fn changed(&self, id: &AccountId, change: &ChangeAccount) -> Option<Account> {
        let rows = self.rows.pin();
        let computed = rows.compute(id.clone(), |known| match known {
            None => Operation::Abort(None),
            Some((id, row)) => {
                let before = row.account(id);
                let Some(AccountChange { name, terms }) = change(&before) else {
                    return Operation::Abort(Some(before));
                };
                let terms = if terms.overrides.is_empty() && terms == *before.terms.get() {
                    before.terms
                } else {
                    self.interner.share(terms)
                };
                Operation::Insert(Row {
                    terms,
                    created_at: row.created_at,
                    details: details(name),
                })
            }
        });
        match computed {
            Compute::Updated { new: (id, row), .. } | Compute::Inserted(id, row) => {
                Some(row.account(id))
            }
            Compute::Aborted(unchanged) => unchanged,
            Compute::Removed(..) => None,
        }
    }

    fn found(&self, query: &AccountQuery) -> Vec<Account> {
        let text = query.text.to_lowercase();
        let rows = self.rows.pin();
        let mut first = BTreeSet::new();
        for (id, row) in &rows {
            let is_after = query.after.as_ref().is_none_or(|after| id > after);
            if is_after && row.matches(id, &text) {
                first.insert(id);
                // So that a page of a million accounts takes the memory of a page.
                if first.len() > query.most {
                    first.pop_last();
                }
            }
        }
        let account = |id| rows.get(id).map(|row| row.account(id));
        first.into_iter().filter_map(account).collect()
    }
}

impl AccountStore for MemoryAccounts {
    fn look(&self, account: &AccountId, read: &mut dyn FnMut(Option<&SharedTerms>)) -> Lookup {
        self.with_terms(account, read);
        Lookup::Shown
    }

    fn fetch(&self, account: &AccountId) -> Reply<Result<Option<SharedTerms>, AccountStoreError>> {
        let rows = self.rows.pin();
        Reply::Now(Ok(rows.get(account).map(|row| row.terms.clone())))
    }

    fn account(&self, account: &AccountId) -> Reply<Result<Option<Account>, AccountStoreError>> {
        let rows = self.rows.pin();
        Reply::Now(Ok(rows.get(account).map(|row| row.account(account))))
    }

    fn insert(&self, account: NewAccount) -> Reply<Result<bool, AccountStoreError>> {
        let (id, row) = self.row(account);
        self.ever.store(true, Ordering::Release);
        Reply::Now(Ok(self.rows.pin().try_insert(id, row).is_ok()))
    }

    fn change(
        &self,
        account: &AccountId,
        change: ChangeAccount,
    ) -> Reply<Result<Option<Account>, AccountStoreError>> {
        Reply::Now(Ok(self.changed(account, &change)))
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AccountStoreError>> {
        Reply::Now(Ok(self.rows.pin().remove(account).is_some()))
    }

    fn page(&self, query: &AccountQuery) -> Reply<Result<Vec<Account>, AccountStoreError>> {
        Reply::Now(Ok(self.found(query)))
    }
}
