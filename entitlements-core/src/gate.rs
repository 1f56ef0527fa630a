//! A requirement in front of a route, without a framework: what every adapter's gate asks.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::decide::{BoundRequirement, Decision, Facts, Requirement, UnknownName, decide};
use crate::{Catalog, Current, Denial, Entitlements};

/// What a gate needs to know of a request; adapters fill it from their own types.
#[derive(Debug, Clone, Copy)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, for the log.
    pub path: &'a str,
    /// Whether both `Origin` and `Access-Control-Request-Method` are there.
    pub cors_headers: bool,
}

/// A requirement that requests are held against.
///
/// Adapters keep it in an `Arc`, read a [`RequestHead`] and the request's [`Current`], call [`judge`](Self::judge), and
/// send the denial's [`Problem`](crate::Problem).
pub struct Gate {
    requirement: Requirement,
    engine: Option<Entitlements>,
    /// The names looked up, for the first catalog that was met.
    bound: OnceLock<(Arc<Catalog>, Result<BoundRequirement, UnknownName>)>,
    mistake_logged: AtomicBool,
}

impl Gate {
    /// A gate that finds the engine in each request.
    #[must_use]
    pub const fn new(requirement: Requirement) -> Self {
        Self {
            requirement,
            engine: None,
            bound: OnceLock::new(),
            mistake_logged: AtomicBool::new(false),
        }
    }

    /// A gate that asks this engine.
    ///
    /// # Errors
    /// When the engine's catalog lacks a name of the requirement.
    pub fn on(requirement: Requirement, engine: &Entitlements) -> Result<Self, UnknownName> {
        let bound = engine.bind(&requirement)?;
        let gate = Self { engine: Some(engine.clone()), ..Self::new(requirement) };
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
    pub const fn engine(&self) -> Option<&Entitlements> {
        self.engine.as_ref()
    }

    /// Whether the request may pass.
    ///
    /// `current` is what the engine's layer put into the request, if there is one. Where the gate has an engine of its
    /// own and the request came through that same engine's layer, the request's set and time count, so that one request
    /// is judged by one time.
    #[inline]
    pub fn judge(&self, current: Option<&Current>, head: RequestHead<'_>) -> Decision {
        match (&self.engine, current) {
            (None, Some(current)) => self.judge_current(current, head),
            (Some(engine), Some(current)) if engine.is_same(current.entitlements()) => {
                self.judge_current(current, head)
            }
            (Some(engine), _) => {
                let facts = Self::facts(head, engine.now());
                match self.bound(engine.catalog()) {
                    Some(Ok(bound)) => engine.decide(bound, &facts),
                    _ => self.judge_current(&engine.current(), head),
                }
            }
            (None, None) => {
                self.log_once(head.path, &"the request did not pass an `EntitlementsLayer`; wrap the router in one, outside this gate, or give the gate its engine with `.on(&entitlements)`");
                Decision::Deny(Denial::layer_missing())
            }
        }
    }

    #[inline]
    fn judge_current(&self, current: &Current, head: RequestHead<'_>) -> Decision {
        let facts = Self::facts(head, current.now());
        match self.bound(current.catalog()) {
            Some(Ok(bound)) => decide(bound, &facts, current.set()),
            Some(Err(unknown)) => self.mistake(head.path, unknown),
            // A second catalog in one program: rare enough to look the names up each time.
            None => match self.requirement.bind(current.catalog()) {
                Ok(bound) => decide(&bound, &facts, current.set()),
                Err(unknown) => self.mistake(head.path, &unknown),
            },
        }
    }

    /// The requirement in numbers of this catalog; none where the gate was first used with another.
    #[inline]
    fn bound(&self, catalog: &Arc<Catalog>) -> Option<&Result<BoundRequirement, UnknownName>> {
        let (known, bound) = self
            .bound
            .get_or_init(|| (Arc::clone(catalog), self.requirement.bind(catalog)));
        Arc::ptr_eq(known, catalog).then_some(bound)
    }

    #[inline]
    fn facts(head: RequestHead<'_>, now: crate::Timestamp) -> Facts<'_> {
        Facts::new(head.method, now).with_cors_headers(head.cors_headers)
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
            let path: String = path.chars().flat_map(char::escape_debug).take(200).collect();
            tracing::error!(path, requirement = %self.requirement, "gate cannot decide: {cause}");
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("requirement", &self.requirement)
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}
