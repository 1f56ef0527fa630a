use std::sync::Arc;

use entitlements_core::account::Account;
use entitlements_core::{AccountId, Entitlements};

use crate::refusal::{Failure, Refusal};
use crate::terms::SentTerms;

/// Makes of an account what a body says, by what it is at that moment; where that cannot be, nothing changes.
pub(super) async fn apply(
    engine: &Entitlements,
    id: &AccountId,
    sent: SentTerms,
) -> Result<Account, Failure> {
    let (catalog, now) = (Arc::clone(engine.catalog()), engine.now());
    let changed = engine.try_change_account(id, move |name, terms| {
        let applied = sent.apply(name, terms, &catalog, now);
        applied.map_err(|problems| Refusal::Invalid(problems).into())
    });
    changed.await
}
