//! A requirement in front of a route, without a framework: what every adapter's gate asks.
//!
//! - `judge.rs`: what is plainly met, and what has to be weighed;
//! - `address.rs`: from where a request comes; `kept.rs`: what is kept of it;
//! - `count.rs`: limits, asked after all but rates; `rates/`: rates, asked last;
//! - `quick.rs`: what nearly every request comes to where addresses or rates are asked for;
//! - `rules.rs`: how a gate acts, whatever it demands; `build.rs`, `methods/`: how one is made;
//! - `admission.rs`, `hold.rs`, `answered.rs`, `body.rs`: what becomes of a request and its response;
//! - `head.rs`: what is asked of one;
//! - `counters.rs`, `waited.rs`: what metrics and spans tell of decisions;
//! - `remarks.rs`: what is said once in the log; `order.rs`: layers in the wrong order.

mod address;
mod admission;
mod answered;
mod body;
mod build;
mod count;
mod counters;
mod head;
mod hold;
mod judge;
mod kept;
mod methods;
mod order;
mod quick;
mod rates;
mod remarks;
mod rules;
#[cfg(test)]
mod tests;
mod waited;

pub use admission::Admission;
pub use answered::Answered;
pub use body::BodyProgress;
pub use head::RequestHead;
pub use hold::{BodyHold, Hold};
pub use order::{OrderMistake, OrderWatch, RouteMatch};
pub use quick::Quick;
pub use rules::{OnUnavailable, Settle};

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::decide::{BoundRequirement, Requirement, UnknownName};
use crate::engine::Callers;
use crate::handle::Handle;
use crate::{Catalog, Entitlements};
use counters::Counters;
use remarks::Remarks;
use rules::Rules;

/// Tells gates apart, for what is remembered of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GateId(u64);

impl GateId {
    fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) const fn number(self) -> u64 {
        self.0
    }
}

/// A requirement that requests are held against. Clones share one gate.
///
/// Adapters read a [`RequestHead`] and the request's [`Current`](crate::Current), ask [`admit`](Self::admit), and do what the
/// [`Admission`] says.
#[derive(Clone)]
pub struct Gate {
    inner: Handle<Inner>,
}

struct Inner {
    id: GateId,
    requirement: Requirement,
    rules: Rules,
    /// D19: whether all that it asks is where a request comes from.
    asks_no_account: bool,
    /// Whether addresses or rates are all that is asked for beside terms that hold or do not.
    is_quick: bool,
    /// Whether there is nothing to it but terms that hold or do not.
    is_plain: bool,
    /// The engine that it was given, and how callers are told apart where no layer did it.
    callers: Option<Callers>,
    /// The names looked up, for the first catalog that was met.
    bound: OnceLock<(Arc<Catalog>, Result<BoundRequirement, UnknownName>)>,
    remarks: Remarks,
    #[cfg(debug_assertions)]
    order: order::Order,
    counters: Counters,
}

impl Gate {
    /// The same gate, for a service that stays where it is and is cloned for each request: each thread counts the clones that it makes then.
    #[must_use]
    pub fn rooted(&self) -> Self {
        Self {
            inner: self.inner.rooted(),
        }
    }

    /// What is demanded.
    #[must_use]
    pub fn requirement(&self) -> &Requirement {
        &self.inner.requirement
    }

    /// The engine that it was given, if it was.
    #[must_use]
    pub fn engine(&self) -> Option<&Entitlements> {
        self.inner.callers.as_ref().map(Callers::entitlements)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("requirement", self.requirement())
            .field("rules", &self.inner.rules)
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}
