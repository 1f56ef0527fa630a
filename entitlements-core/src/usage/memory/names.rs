use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;

/// The names of limits, each kept once however many accounts use it.
///
/// Asked only when an account uses a limit for the first time.
#[derive(Default)]
pub(super) struct Names(pub(super) Mutex<HashSet<Arc<str>, RandomState>>);

impl Names {
    pub(super) fn shared(&self, name: &str) -> Arc<str> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        names.insert(Arc::clone(&name));
        name
    }

    /// Forgets the names that no account uses any more.
    pub(super) fn forget_unused(&self) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.retain(|name| Arc::strong_count(name) > 1);
    }
}
