use std::sync::Arc;

use super::{Watched, seen};
use crate::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy,
};
use crate::metrics::Backend::AllowlistStore as BACKEND;
use crate::{AccountId, Reply};

impl<S: AllowlistStore + ?Sized> AllowlistStore for Watched<Arc<S>> {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        seen(BACKEND, self.0.load(account))
    }

    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        self.0.change(account, change, by).map(|changed| {
            // What may not be made is no error of the store.
            if matches!(changed, Err(AllowlistError::Store(_))) {
                BACKEND.failed();
            }
            changed
        })
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        seen(BACKEND, self.0.remove(account))
    }

    fn outlasts_the_process(&self) -> bool {
        self.0.outlasts_the_process()
    }
}
