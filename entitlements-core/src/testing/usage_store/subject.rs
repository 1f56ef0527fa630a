use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Barrier, oneshot};

use crate::testing::NOW;
use crate::usage::{Ask, Leased, Renewed, ReservationId, Reserved, Usage, UsageError, UsageStore};
use crate::{AccountId, Limit, Timestamp};

pub(super) const USERS: &str = "users";
pub(super) const PROJECTS: &str = "projects";

/// Something to be run beside others.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A new store, and what runs many tasks at once.
pub struct Trial {
    store: Arc<dyn UsageStore>,
    spawn: Box<dyn Fn(Task) + Send + Sync>,
    pub(super) rounds: u64,
}

impl Trial {
    /// A trial of `store`, racing so many times with tasks that `spawn` runs.
    pub fn new(
        store: impl UsageStore,
        rounds: u64,
        spawn: impl Fn(Task) + Send + Sync + 'static,
    ) -> Self {
        Self {
            store: Arc::new(store),
            spawn: Box::new(spawn),
            rounds,
        }
    }

    /// An account of the store, which nobody else uses.
    pub(super) fn account(&self, name: &str) -> Subject {
        Subject {
            store: Arc::clone(&self.store),
            account: AccountId::new(name),
        }
    }

    /// Runs tasks that begin at the same moment, and waits for all of them.
    pub(super) async fn race<T, F>(&self, tasks: impl IntoIterator<Item = F>) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let tasks: Vec<_> = tasks.into_iter().collect();
        let start = Arc::new(Barrier::new(tasks.len()));
        let mut finishes = Vec::with_capacity(tasks.len());
        for task in tasks {
            let (finish, finished) = oneshot::channel();
            let start = Arc::clone(&start);
            (self.spawn)(Box::pin(async move {
                start.wait().await;
                // Nobody waits any more where another task has failed.
                let _ = finish.send(task.await);
            }));
            finishes.push(finished);
        }
        let mut results = Vec::with_capacity(finishes.len());
        for finished in finishes {
            results.push(finished.await.expect("no task of a race panics"));
        }
        results
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial")
            .field("store", &self.store)
            .field("rounds", &self.rounds)
            .finish_non_exhaustive()
    }
}

/// One account of a store under test. What the store cannot answer fails the test.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    store: Arc<dyn UsageStore>,
    account: AccountId,
}

impl Subject {
    pub(super) async fn reserve(
        &self,
        asks: &[Ask<'_>],
        until: Timestamp,
        now: Timestamp,
    ) -> Reserved {
        answered(self.store.reserve(&self.account, asks, until, now).await)
    }

    /// Reserves for five minutes from [`NOW`].
    pub(super) async fn try_hold(&self, asks: &[Ask<'_>]) -> Reserved {
        self.reserve(asks, after(300), NOW).await
    }

    /// As [`try_hold`](Self::try_hold), where there must be room.
    pub(super) async fn hold(&self, asks: &[Ask<'_>]) -> ReservationId {
        held(self.try_hold(asks).await)
    }

    pub(super) async fn confirm(&self, id: ReservationId, asks: &[Ask<'_>], now: Timestamp) {
        answered(self.store.confirm(&self.account, id, asks, now).await);
    }

    pub(super) async fn release(&self, id: ReservationId, now: Timestamp) {
        answered(self.store.release(&self.account, id, now).await);
    }

    /// What is used and what is reserved.
    pub(super) async fn usage(&self, limit: &str, now: Timestamp) -> (u64, u64) {
        let Usage { used, reserved } = answered(self.store.usage(&self.account, limit, now).await);
        (used, reserved)
    }

    pub(super) async fn give_back(&self, limit: &str, amount: u64, now: Timestamp) {
        answered(
            self.store
                .give_back(&self.account, limit, amount, now)
                .await,
        );
    }

    pub(super) async fn sync(&self, limit: &str, used: u64, now: Timestamp) {
        answered(self.store.sync(&self.account, limit, used, now).await);
    }

    pub(super) async fn lease(
        &self,
        limit: &str,
        holder: &str,
        allowed: Limit,
        until: Timestamp,
        now: Timestamp,
    ) -> Leased {
        let (store, account) = (&self.store, &self.account);
        answered(
            store
                .lease(account, limit, holder, allowed, until, now)
                .await,
        )
    }

    pub(super) async fn renew_lease(
        &self,
        limit: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Renewed {
        let (store, account) = (&self.store, &self.account);
        answered(store.renew_lease(account, limit, holder, until, now).await)
    }

    pub(super) async fn end_lease(&self, limit: &str, holder: &str, now: Timestamp) {
        let (store, account) = (&self.store, &self.account);
        answered(store.end_lease(account, limit, holder, now).await);
    }
}

fn answered<T>(answer: Result<T, UsageError>) -> T {
    answer.expect("the store answers")
}

/// What must have had room.
pub(super) fn held(reserved: Reserved) -> ReservationId {
    match reserved {
        Reserved::Held(id) => id,
        Reserved::Full { .. } => panic!("there should be room: {reserved:?}"),
    }
}

/// This many seconds after [`NOW`].
pub(super) fn after(seconds: u64) -> Timestamp {
    NOW.saturating_add(Duration::from_secs(seconds))
}

pub(super) const fn ask(limit: &str, amount: u64, allowed: u64) -> Ask<'_> {
    Ask {
        limit,
        amount,
        allowed: Limit::AtMost(allowed),
    }
}

pub(super) const fn ask_unlimited(limit: &str, amount: u64) -> Ask<'_> {
    Ask {
        limit,
        amount,
        allowed: Limit::Unlimited,
    }
}
