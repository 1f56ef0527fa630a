use std::sync::{Arc, Mutex, PoisonError};

use entitlements_core::account::{Account, AccountTerms};
use entitlements_core::{AccountId, Entitlements};

use crate::refusal::{Failure, Refusal};
use crate::terms::SentTerms;

/// An account that was changed, and which parts of it; none where it was so already.
pub(super) struct Changed {
    pub(super) account: Account,
    pub(super) parts: Vec<&'static str>,
}

/// Makes of an account what a body says, by what it is at that moment; where that cannot be, nothing changes.
pub(super) async fn apply(
    engine: &Entitlements,
    id: &AccountId,
    sent: SentTerms,
) -> Result<Changed, Failure> {
    let (catalog, now) = (Arc::clone(engine.catalog()), engine.now());
    let parts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&parts);
    let changed = engine.try_change_account(id, move |name, terms| {
        let before = (name.clone(), terms.clone());
        let applied = sent.apply(name, terms, &catalog, now);
        // Asked again, what it says last counts.
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = differences(&before, name, terms);
        applied.map_err(|problems| Failure::from(Refusal::Invalid(problems)))
    });
    let account = changed.await?;
    let parts = std::mem::take(&mut *parts.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Changed { account, parts })
}

fn differences(
    (name, before): &(String, AccountTerms),
    name_after: &str,
    after: &AccountTerms,
) -> Vec<&'static str> {
    let parts = [
        ("name", name != name_after),
        ("plan", before.plan != after.plan),
        ("status", before.status != after.status),
        ("ends_at", before.ends_at != after.ends_at),
        ("quantity", before.quantity != after.quantity),
        ("addons", before.addons != after.addons),
        ("license_id", before.license_id != after.license_id),
    ];
    let changed = parts.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(part, _)| part).collect()
}
