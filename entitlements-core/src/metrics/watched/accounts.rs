use std::sync::Arc;

use super::{Watched, seen};
use crate::account::{
    Account, AccountQuery, AccountStore, AccountStoreError, ChangeAccount, Lookup, NewAccount,
    SharedTerms,
};
use crate::metrics::Backend::AccountStore as BACKEND;
use crate::{AccountId, Reply, Timestamp};

impl<S: AccountStore + ?Sized> AccountStore for Watched<Arc<S>> {
    fn look(&self, account: &AccountId, read: &mut dyn FnMut(Option<&SharedTerms>)) -> Lookup {
        self.0.look(account, read)
    }

    fn fetch(&self, account: &AccountId) -> Reply<Result<Option<SharedTerms>, AccountStoreError>> {
        seen(BACKEND, self.0.fetch(account))
    }

    fn last_known(&self, account: &AccountId) -> Option<(SharedTerms, Timestamp)> {
        self.0.last_known(account)
    }

    fn account(&self, account: &AccountId) -> Reply<Result<Option<Account>, AccountStoreError>> {
        seen(BACKEND, self.0.account(account))
    }

    fn insert(&self, account: NewAccount) -> Reply<Result<bool, AccountStoreError>> {
        seen(BACKEND, self.0.insert(account))
    }

    fn change(
        &self,
        account: &AccountId,
        change: ChangeAccount,
    ) -> Reply<Result<Option<Account>, AccountStoreError>> {
        seen(BACKEND, self.0.change(account, change))
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AccountStoreError>> {
        seen(BACKEND, self.0.remove(account))
    }

    fn page(&self, query: &AccountQuery) -> Reply<Result<Vec<Account>, AccountStoreError>> {
        seen(BACKEND, self.0.page(query))
    }
}
