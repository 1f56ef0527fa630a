use loom::sync::atomic::{AtomicU64, Ordering};

/// What the application counts: as soon as something is written, every count sees it.
#[derive(Debug)]
pub(crate) struct Database(AtomicU64);

impl Database {
    /// One in which so many exist.
    pub(crate) fn with(count: u64) -> Self {
        Self(AtomicU64::new(count))
    }

    /// How many exist.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Writes so many more.
    pub(crate) fn write(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::SeqCst);
    }
}
