use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::catalog::LimitId;
use crate::usage::UsageError;
use crate::{AccountId, Reply};

/// How the application says how many of something an account has.
pub(crate) type Counter = dyn Fn(AccountId) -> Reply<Result<u64, UsageError>> + Send + Sync;

/// U1: the limits that the application counts.
#[derive(Clone, Default)]
pub(crate) struct Counters {
    by_limit: BTreeMap<LimitId, Arc<Counter>>,
}

impl Counters {
    pub(crate) fn insert(&mut self, limit: LimitId, counter: Arc<Counter>) {
        self.by_limit.insert(limit, counter);
    }

    #[inline]
    pub(crate) fn of(&self, limit: LimitId) -> Option<&Arc<Counter>> {
        self.by_limit.get(&limit)
    }
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_limit.keys()).finish()
    }
}
