use std::sync::{Arc, Mutex, PoisonError};

use entitlements_core::account::Account;
use entitlements_core::{AccountId, Entitlements};

use super::failure;
use crate::refusal::{Failure, Refusal};
use crate::terms::SentTerms;

/// Makes of an account what a body says, by what it is at that moment; where that cannot be, nothing changes.
pub(super) async fn apply(
    engine: &Entitlements,
    id: &AccountId,
    sent: SentTerms,
) -> Result<Account, Failure> {
    let (catalog, now) = (Arc::clone(engine.catalog()), engine.now());
    let refused = Arc::new(Mutex::new(Vec::new()));
    let problems = Arc::clone(&refused);
    let changed = engine.change_account(id, move |name, terms| {
        let applied = sent.apply(name, terms, &catalog, now);
        // Asked again where somebody else was faster: the last time is what counts.
        *problems.lock().unwrap_or_else(PoisonError::into_inner) =
            applied.err().unwrap_or_default();
    });
    let changed = changed.await.map_err(failure)?;
    let problems = std::mem::take(&mut *refused.lock().unwrap_or_else(PoisonError::into_inner));
    if problems.is_empty() {
        Ok(changed)
    } else {
        Err(Refusal::Invalid(problems).into())
    }
}
