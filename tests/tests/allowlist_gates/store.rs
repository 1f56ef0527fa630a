//! A store whose answers a test holds back, or lets fail.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use entitlements_core::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy, MemoryAllowlists,
};
use entitlements_core::{AccountId, Reply};
use tokio::sync::oneshot;

/// Makes changes and reads at once, and answers when it is told to. A clone is another handle.
#[derive(Clone, Default)]
pub(crate) struct Held(Arc<Inner>);

#[derive(Default)]
struct Inner {
    pub(crate) lists: MemoryAllowlists,
    reads: AtomicUsize,
    fails: AtomicBool,
    /// Whether answers wait.
    waits: AtomicBool,
    waiting: Mutex<Vec<oneshot::Sender<()>>>,
}

impl Held {
    /// The lists themselves, as another process has them.
    pub(crate) fn beside(&self) -> &MemoryAllowlists {
        &self.0.lists
    }

    /// How often a list was read.
    pub(crate) fn reads(&self) -> usize {
        self.0.reads.load(Ordering::SeqCst)
    }

    pub(crate) fn fails(&self, fails: bool) {
        self.0.fails.store(fails, Ordering::SeqCst);
    }

    /// From here on answers wait, or do not.
    pub(crate) fn waits(&self, waits: bool) {
        self.0.waits.store(waits, Ordering::SeqCst);
    }

    /// Lets go the answer that was asked for as this one of those that still wait.
    pub(crate) fn answer(&self, number: usize) {
        let answer = self.0.waiting.lock().unwrap().remove(number);
        let _ = answer.send(());
    }

    fn reply<T: Send + 'static>(&self, answer: Reply<T>) -> Reply<T> {
        if !self.0.waits.load(Ordering::SeqCst) {
            return answer;
        }
        let Reply::Now(answer) = answer else {
            panic!("memory answers at once")
        };
        let (sender, receiver) = oneshot::channel();
        self.0.waiting.lock().unwrap().push(sender);
        Reply::later(async move {
            let _ = receiver.await;
            answer
        })
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

impl AllowlistStore for Held {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        self.0.reads.fetch_add(1, Ordering::SeqCst);
        if self.0.fails.load(Ordering::SeqCst) {
            let error = AllowlistStoreError::new("nobody answers");
            return self.reply(Reply::Now(Err(error)));
        }
        self.reply(self.0.lists.load(account))
    }

    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        self.reply(self.0.lists.change(account, change, by))
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        self.reply(self.0.lists.remove(account))
    }
}
