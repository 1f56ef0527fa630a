//! Layers in the wrong order, told where they are found: in debug builds, and to whoever watches.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(debug_assertions)]
pub(super) use debug::Order;

/// What the order of layers has against it, with what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
                "a gate finds no engine: put an `EntitlementsLayer` around it, or give the gate its engine with `.on(&entitlements)`"
            }
            Self::BeforeAuthentication => {
                "the `EntitlementsLayer` looks for the account before the authentication has said it: put the authentication around the `EntitlementsLayer`, so that it runs first"
            }
            Self::NotARoute => {
                "a gate answers for a path that no route has: put it around routes only (axum: use `route_layer` in place of `layer`; actix-web: `wrap` resources in it in place of the `App` or the scope), so that 404 and 405 stay what they are"
            }
        })
    }
}

/// Whether the framework has a route for a request, as far as an adapter can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteMatch {
    /// It has one.
    Route,
    /// It has none, or it did not look yet.
    NoRoute,
    /// The adapter does not know.
    Unknown,
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

/// What only debug builds look at, for it costs each request something.
#[cfg(debug_assertions)]
mod debug {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::{OrderMistake, OrderWatch, RouteMatch};
    use crate::engine::NoCurrent;
    use crate::gate::{Gate, RequestHead};
    use crate::strict::text::escaped_start;
    use crate::{AccountId, Current};

    /// What a gate has seen of the layers around it.
    #[derive(Debug, Default)]
    pub(in crate::gate) struct Order {
        /// A request that a route was found for.
        saw_a_route: AtomicBool,
        is_logged: AtomicBool,
    }

    impl Gate {
        /// Looks whether the request shows that layers are in the wrong order.
        pub(in crate::gate) fn check_order(
            &self,
            current: Option<&Current>,
            head: &impl RequestHead,
        ) {
            let watch = head.extension::<OrderWatch>();
            // Lists of the application's own stand before the authentication, an account's own does not.
            let is_late = !self.inner.asks_no_account && is_authenticated_late(current, head);
            // What is asked of everybody, and from where requests come, may well be asked around everything.
            let is_of_everybody =
                self.inner.asks_no_account || self.inner.requirement.asks_addresses_alone();
            let is_beside =
                !is_of_everybody && self.is_beside_routes(head.route_match(), watch.is_some());
            let found = [
                (is_late, OrderMistake::BeforeAuthentication),
                (is_beside, OrderMistake::NotARoute),
            ];
            for (_, mistake) in found.into_iter().filter(|(is_found, _)| *is_found) {
                // Said once a gate, not once a request.
                if !self.inner.order.is_logged.swap(true, Ordering::Relaxed) {
                    let path = escaped_start(head.path(), 200);
                    tracing::error!(path, requirement = %self.requirement(), "layers are in the wrong order: {mistake}");
                }
                if let Some(watch) = &watch {
                    watch.note(mistake);
                }
            }
        }

        /// A gate that is asked with a route and without one is around both. One that is never asked with a route may be around
        /// a whole service, where nobody looked for a route yet.
        fn is_beside_routes(&self, found: RouteMatch, is_watched: bool) -> bool {
            let saw_a_route = &self.inner.order.saw_a_route;
            match found {
                RouteMatch::Unknown => false,
                RouteMatch::Route => {
                    saw_a_route.store(true, Ordering::Relaxed);
                    false
                }
                RouteMatch::NoRoute => is_watched || saw_a_route.load(Ordering::Relaxed),
            }
        }
    }

    /// Whether the request's account became known after the engine's layer had looked for it.
    fn is_authenticated_late(current: Option<&Current>, head: &impl RequestHead) -> bool {
        let Some(account) = head.extension::<AccountId>() else {
            return false;
        };
        match current {
            Some(current) => {
                let fallback = [AccountId::LOCAL, AccountId::ANONYMOUS];
                fallback.contains(current.account()) && *current.account() != account
            }
            None => head
                .extension::<NoCurrent>()
                .is_some_and(|why| why.is_unknown()),
        }
    }
}
