use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{AccountTerms, SharedTerms, SubscriptionStatus};
use crate::{AddonName, PlanName, Timestamp};

/// Gives equal terms one and the same value (A6).
///
/// Terms with overrides are an account's own, and are not looked for among others.
#[derive(Debug, Default)]
pub(super) struct Interner {
    known: Mutex<HashMap<Key, SharedTerms>>,
}

/// Everything that terms without overrides say.
type Key = (
    Option<PlanName>,
    SubscriptionStatus,
    Option<Timestamp>,
    Option<u64>,
    Vec<AddonName>,
    Option<String>,
);

/// From how many distinct terms on those that no account has any more are looked for.
const SWEEP_FROM: usize = 64;

impl Interner {
    pub(super) fn share(&self, terms: AccountTerms) -> SharedTerms {
        if !terms.overrides.is_empty() {
            return SharedTerms::new(terms);
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Only when the table would grow, so that the work is a share of what is added.
        if known.len() >= SWEEP_FROM && known.len() == known.capacity() {
            known.retain(|_, terms| !terms.is_alone());
        }
        let key = key(&terms);
        let shared = known.entry(key).or_insert_with(|| SharedTerms::new(terms));
        shared.clone()
    }
}

fn key(terms: &AccountTerms) -> Key {
    // By name, so that a field that is new does not compile until it is part of the key.
    let AccountTerms {
        plan,
        status,
        ends_at,
        quantity,
        addons,
        license_id,
        overrides: _,
    } = terms.clone();
    (plan, status, ends_at, quantity, addons, license_id)
}
