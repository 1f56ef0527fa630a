use std::sync::Arc;

use super::Entitlements;
use crate::account::AccountStore;

impl Entitlements {
    /// Where accounts are kept.
    #[must_use]
    pub fn accounts(&self) -> &Arc<dyn AccountStore> {
        &self.shared.accounts.store
    }
}
