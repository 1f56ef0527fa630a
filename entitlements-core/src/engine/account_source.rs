//! Where the engine's accounts come from.

use std::any::Any;
use std::sync::Arc;

use crate::account::{AccountId, AccountStore, Lookup, MemoryAccounts, SharedTerms};
use crate::metrics::{Lookups, Watched};

/// Who the engine's accounts are.
#[derive(Debug)]
pub(super) struct Accounts {
    pub(super) store: Arc<dyn AccountStore>,
    /// The same store where it is in memory, so that asking it costs no call.
    pub(super) memory: Option<Arc<MemoryAccounts>>,
    pub(super) kind: AccountKind,
    /// How accounts elsewhere were found.
    pub(super) lookups: Lookups,
}

impl Accounts {
    pub(super) fn new<S: AccountStore>(store: S, kind: AccountKind) -> Self {
        let store = Arc::new(store);
        let any: Arc<dyn Any + Send + Sync> = Arc::clone(&store) as _;
        let memory: Option<Arc<MemoryAccounts>> = any.downcast().ok();
        Self {
            store: match &memory {
                // Memory does not fail.
                Some(memory) => Arc::clone(memory) as _,
                None => Arc::new(Watched(store)),
            },
            memory,
            kind,
            lookups: Lookups::default(),
        }
    }

    /// Whether no account is known, and none ever was.
    #[inline(always)]
    pub(super) fn are_none(&self) -> bool {
        self.memory
            .as_ref()
            .is_some_and(|memory| memory.was_always_empty())
    }
}

/// Asks a store that is known by its port alone.
pub(super) fn look<T>(
    store: &dyn AccountStore,
    account: &AccountId,
    read: impl FnOnce(Option<&SharedTerms>) -> T,
) -> Option<T> {
    let (mut read, mut answer) = (Some(read), None);
    let lookup = store.look(account, &mut |terms| {
        // A store shows once.
        if let Some(read) = read.take() {
            answer = Some(read(terms));
        }
    });
    answer.filter(|_| lookup == Lookup::Shown)
}

/// Whether requests that name no account are the one account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountKind {
    /// A product for one customer: every request is `local`'s.
    One,
    /// A product for many: a request that names none is nobody's (A3).
    Many,
}
