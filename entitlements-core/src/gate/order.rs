//! Layers in the wrong order, told where they are found: in debug builds, and to whoever watches.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Gate, RequestHead};
use crate::engine::NoCurrent;
use crate::{AccountId, Current};

/// What the order of layers has against it, with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderMistake {
    /// A gate found no engine.
    LayerMissing,
    /// The engine's layer looked for the account before the authentication had said it.
    BeforeAuthentication,
    /// A gate answers for a path that no route has.
    NotARoute,
}

/// The mistake and what to do.
impl fmt::Display for OrderMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LayerMissing => {
                "a gate finds no engine: wrap the router in an `EntitlementsLayer`, outside the gate, or give the gate its engine with `.on(&entitlements)`"
            }
            Self::BeforeAuthentication => {
                "the `EntitlementsLayer` looks for the account before the authentication has said it: put the authentication around the `EntitlementsLayer`, so that it runs first"
            }
            Self::NotARoute => {
                "a gate answers for a path that no route has: use `route_layer` in place of `layer`, so that 404 and 405 stay what they are"
            }
        })
    }
}

/// Collects what gates find wrong with the order of layers; test helpers put one into the requests that they send.
#[derive(Debug, Clone, Default)]
pub struct OrderWatch {
    found: Arc<Mutex<Vec<OrderMistake>>>,
}

impl OrderWatch {
    /// Notes a mistake.
    pub fn note(&self, mistake: OrderMistake) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if !found.contains(&mistake) {
            found.push(mistake);
        }
    }

    /// What was found, each once.
    #[must_use]
    pub fn found(&self) -> Vec<OrderMistake> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.clone()
    }
}

impl Gate {
    /// Looks whether the request's account became known after the engine's layer had looked for it.
    #[cfg(debug_assertions)]
    pub(super) fn check_order(&self, current: Option<&Current>, head: &impl RequestHead) {
        let Some(account) = head.extension::<AccountId>() else {
            return;
        };
        let was_unknown = match current {
            Some(current) => {
                let fallback = [AccountId::LOCAL, AccountId::ANONYMOUS];
                fallback.contains(current.account()) && *current.account() != account
            }
            None => head
                .extension::<NoCurrent>()
                .is_some_and(|why| why.is_unknown()),
        };
        if was_unknown {
            let mistake = OrderMistake::BeforeAuthentication;
            self.log_once(head.path(), &mistake);
            if let Some(watch) = head.extension::<OrderWatch>() {
                watch.note(mistake);
            }
        }
    }
}
