//! A requirement in front of a route, without a framework: what every adapter's gate asks.

mod counters;
mod head;
#[cfg(test)]
mod tests;

pub use head::RequestHead;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::decide::{BoundRequirement, Decision, Facts, Requirement, UnknownName, decide, is_met};
use crate::engine::{Callers, NoCurrent};
use crate::resolve::EntitlementSet;
use crate::strict::text::escaped_start;
use crate::{Catalog, Current, Denial, Entitlements, Reply, Timestamp};
use counters::Counters;

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

/// A requirement that requests are held against.
///
/// Adapters keep it in an `Arc`, read a [`RequestHead`] and the request's [`Current`], call [`judge`](Self::judge), and
/// send the denial's [`Problem`](crate::Problem).
pub struct Gate {
    id: GateId,
    requirement: Requirement,
    /// The engine that it was given, and how callers are told apart where no layer did it.
    callers: Option<Callers>,
    /// The names looked up, for the first catalog that was met.
    bound: OnceLock<(Arc<Catalog>, Result<BoundRequirement, UnknownName>)>,
    mistake_logged: AtomicBool,
    counters: Counters,
}

impl Gate {
    /// A gate that finds the engine in each request.
    #[must_use]
    pub fn new(requirement: Requirement) -> Self {
        Self {
            id: GateId::next(),
            requirement,
            callers: None,
            bound: OnceLock::new(),
            mistake_logged: AtomicBool::new(false),
            counters: Counters::default(),
        }
    }

    /// A gate that asks this engine.
    ///
    /// # Errors
    /// When the engine's catalog lacks a name of the requirement.
    pub fn on(requirement: Requirement, engine: &Entitlements) -> Result<Self, UnknownName> {
        let bound = engine.bind(&requirement)?;
        let gate = Self {
            callers: Some(Callers::new(engine.clone())),
            ..Self::new(requirement)
        };
        let _ = gate.bound.set((Arc::clone(engine.catalog()), Ok(bound)));
        Ok(gate)
    }

    /// What is demanded.
    #[must_use]
    pub const fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// The engine that it was given, if it was.
    #[must_use]
    pub fn engine(&self) -> Option<&Entitlements> {
        self.callers.as_ref().map(Callers::entitlements)
    }

    /// Whether the request may pass.
    ///
    /// `current` is what the engine's layer put into the request, if there is one. Where the gate has an engine of its
    /// own and the request came through that same engine's layer, the request's set and time count, so that one request
    /// is judged by one time.
    #[inline(always)]
    pub fn judge(&self, current: Option<&Current>, head: &impl RequestHead) -> Decision {
        let current = match (&self.callers, current) {
            (Some(callers), Some(current)) if current.is_of(callers.entitlements()) => {
                Some(current)
            }
            (Some(callers), _) => return self.judge_alone(callers, head),
            (None, current) => current,
        };
        match current {
            Some(current) if self.is_plainly_met(current) => self.allow(),
            current => self.weigh(current, head),
        }
    }

    /// Judges a request that did not come through this gate's engine's layer: by the clock, read once.
    #[inline(always)]
    fn judge_alone(&self, callers: &Callers, head: &impl RequestHead) -> Decision {
        let met = |set: &EntitlementSet| matches!(self.bound.get(), Some((_, Ok(bound))) if is_met(bound, set));
        match callers.with_set(head, met) {
            Some(true) => self.allow(),
            _ => self.weigh_alone(callers, head),
        }
    }

    #[cold]
    fn weigh_alone(&self, callers: &Callers, head: &impl RequestHead) -> Decision {
        match callers.current(head) {
            Reply::Now(Ok(current)) => self.weigh(Some(&current), head),
            Reply::Now(Err(why)) => self.weigh_nobody(&why, head),
            Reply::Later(_) => self.weigh_nobody(&NoCurrent::Unavailable(None), head),
        }
    }

    /// The way of nearly every request, kept short: the names are known and what they name is in force.
    #[inline(always)]
    fn is_plainly_met(&self, current: &Current) -> bool {
        match self.bound.get() {
            Some((catalog, Ok(bound))) => {
                Arc::ptr_eq(catalog, current.catalog()) && is_met(bound, current.set())
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn allow(&self) -> Decision {
        self.counters.count_allowed(&self.requirement);
        Decision::Allow
    }

    /// Judges in full, with reasons.
    #[cold]
    fn weigh(&self, current: Option<&Current>, head: &impl RequestHead) -> Decision {
        // Where there is no engine there is no time either, and nothing below asks for it.
        let now = current.map_or(Timestamp::UNIX_EPOCH, Current::now);
        let facts = Facts::new(head.method(), now).with_cors_headers(head.has_cors_headers());
        // D2: a preflight passes even a gate that is built wrongly, so that the browser shows what is wrong.
        if facts.is_cors_preflight() {
            return self.allow();
        }
        let decision = match current {
            Some(current) => self.weigh_by(current, &facts, head.path()),
            None if let Some(why) = head.extension::<NoCurrent>() => Decision::Deny(why.denial()),
            None => {
                self.log_once(head.path(), &"the request did not pass an `EntitlementsLayer`; wrap the router in one, outside this gate, or give the gate its engine with `.on(&entitlements)`");
                Decision::Deny(Denial::layer_missing())
            }
        };
        self.counters.count(&decision, &self.requirement);
        decision
    }

    /// Judges a request that nobody can be told from.
    fn weigh_nobody(&self, why: &NoCurrent, head: &impl RequestHead) -> Decision {
        let facts = Facts::new(head.method(), Timestamp::UNIX_EPOCH);
        if facts
            .with_cors_headers(head.has_cors_headers())
            .is_cors_preflight()
        {
            return self.allow();
        }
        let decision = Decision::Deny(why.denial());
        self.counters.count(&decision, &self.requirement);
        decision
    }

    fn weigh_by(&self, current: &Current, facts: &Facts<'_>, path: &str) -> Decision {
        match self.bound(current.catalog()) {
            Some(Ok(bound)) => current.decide_for(self.id, bound, facts),
            Some(Err(unknown)) => self.mistake(path, unknown),
            // A second catalog in one program: rare enough to look the names up each time.
            None => match self.requirement.bind(current.catalog()) {
                Ok(bound) => decide(&bound, facts, current.set()),
                Err(unknown) => self.mistake(path, &unknown),
            },
        }
    }

    /// The requirement in numbers of this catalog; none where the gate was first used with another.
    fn bound(&self, catalog: &Arc<Catalog>) -> Option<&Result<BoundRequirement, UnknownName>> {
        let (known, bound) = self
            .bound
            .get_or_init(|| (Arc::clone(catalog), self.requirement.bind(catalog)));
        Arc::ptr_eq(known, catalog).then_some(bound)
    }

    #[cold]
    fn mistake(&self, path: &str, unknown: &UnknownName) -> Decision {
        self.log_once(path, unknown);
        Decision::Deny(unknown.denial())
    }

    /// A mistake in the program is said once a gate, not once a request.
    #[cold]
    fn log_once(&self, path: &str, cause: &dyn fmt::Display) {
        if !self.mistake_logged.swap(true, Ordering::Relaxed) {
            let path = escaped_start(path, 200);
            tracing::error!(path, requirement = %self.requirement, "gate cannot decide: {cause}");
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("requirement", &self.requirement)
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}
