use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy,
};
use crate::{AccountId, Reply};

/// Keeps lists in memory: what they say is gone when the process ends.
///
/// A clone is another handle to the same lists.
#[derive(Debug, Clone, Default)]
pub struct MemoryAllowlists {
    lists: Arc<Mutex<BTreeMap<AccountId, Arc<Allowlist>>>>,
}

impl MemoryAllowlists {
    fn lists(&self) -> MutexGuard<'_, BTreeMap<AccountId, Arc<Allowlist>>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AllowlistStore for MemoryAllowlists {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let list = self.lists().get(account).cloned();
        Reply::Now(Ok(list.unwrap_or_default()))
    }

    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        let mut lists = self.lists();
        let list = lists.get(account).cloned().unwrap_or_default();
        let changed = change.applied_to(&list, &by);
        if let Ok(changed) = &changed {
            // A list with nothing in it is as good as none, and takes no room.
            if changed.list.entries().is_empty() {
                lists.remove(account);
            } else {
                lists.insert(account.clone(), Arc::clone(&changed.list));
            }
        }
        Reply::Now(changed.map_err(AllowlistError::from))
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        Reply::Now(Ok(self.lists().remove(account).is_some()))
    }

    fn outlasts_the_process(&self) -> bool {
        false
    }
}
