use std::sync::{Arc, OnceLock};

use super::remarks::Remarks;
use super::rules::Rules;
use super::{Gate, GateId, Inner, OnUnavailable, Settle};
use crate::Entitlements;
use crate::decide::{Requirement, UnknownName};
use crate::engine::Callers;
use crate::gate::counters::Counters;
use crate::handle::Handle;
use crate::rate::RateHeaders;

impl Gate {
    /// A gate that finds the engine in each request.
    #[must_use]
    pub fn new(requirement: Requirement) -> Self {
        Self::with(requirement, Rules::default(), None)
    }

    /// A gate that asks this engine.
    ///
    /// # Errors
    /// When the engine's catalog lacks a name of the requirement.
    pub fn on(requirement: Requirement, engine: &Entitlements) -> Result<Self, UnknownName> {
        Self::new(requirement).with_engine(engine)
    }

    /// The same gate, asking this engine.
    ///
    /// # Errors
    /// When the engine's catalog lacks a name of the requirement.
    pub fn with_engine(&self, engine: &Entitlements) -> Result<Self, UnknownName> {
        let bound = engine.bind(self.requirement())?;
        // Before the first request: what a gate demands is shown as none, and not as unknown.
        let meter = engine.meter();
        bound.limits().for_each(|limit| meter.note_asked_for(limit));
        let callers = Some(Callers::new(engine.clone()));
        let gate = Self::with(
            self.requirement().clone(),
            self.inner.rules.clone(),
            callers,
        );
        let _ = gate
            .inner
            .bound
            .set((Arc::clone(engine.catalog()), Ok(bound)));
        Ok(gate)
    }

    /// Where it was found before; [`with_engine`](Self::with_engine) is its name.
    ///
    /// # Errors
    /// As there.
    #[doc(hidden)]
    pub fn given(&self, engine: &Entitlements) -> Result<Self, UnknownName> {
        self.with_engine(engine)
    }

    /// The same gate with another requirement.
    ///
    /// # Errors
    /// When it was given an engine whose catalog lacks a name.
    pub fn with_requirement(&self, requirement: Requirement) -> Result<Self, UnknownName> {
        let gate = Self::with(requirement, self.inner.rules.clone(), None);
        match self.engine() {
            None => Ok(gate),
            Some(engine) => gate.with_engine(engine),
        }
    }

    /// Lets it answer requests of these methods only (D15), and count on each of them.
    #[must_use]
    pub fn on_methods<M: Into<String>>(&self, methods: impl IntoIterator<Item = M>) -> Self {
        let methods = methods.into_iter().map(|method| method.into().into());
        self.with_rules(|rules| rules.methods = Some(methods.collect()))
    }

    /// Lets it decide, count decisions and log, and let everything pass (D17).
    #[must_use]
    pub fn shadow(&self) -> Self {
        self.with_rules(|rules| rules.shadow = true)
    }

    /// Says what it does where the answer cannot be determined (D16).
    #[must_use]
    pub fn on_unavailable(&self, then: OnUnavailable) -> Self {
        self.with_rules(|rules| rules.on_unavailable = then)
    }

    /// Says which answers tell where rates stand (Q20).
    #[must_use]
    pub fn rate_headers(&self, when: RateHeaders) -> Self {
        self.with_rules(|rules| rules.rate_headers = when)
    }

    /// Lets answers that tell where rates stand tell it in the older way too (Q22).
    #[must_use]
    pub fn legacy_rate_headers(&self) -> Self {
        self.with_rules(|rules| rules.legacy_rate_headers = true)
    }

    /// Says when it is known whether a request succeeded (U8).
    #[must_use]
    pub fn settle(&self, when: Settle) -> Self {
        self.with_rules(|rules| rules.settle = when)
    }

    fn with_rules(&self, say: impl FnOnce(&mut Rules)) -> Self {
        let mut rules = self.inner.rules.clone();
        say(&mut rules);
        let inner = &self.inner;
        let gate = Self::with(inner.requirement.clone(), rules, inner.callers.clone());
        if let Some(bound) = inner.bound.get() {
            let _ = gate.inner.bound.set(bound.clone());
        }
        gate
    }

    fn with(requirement: Requirement, rules: Rules, callers: Option<Callers>) -> Self {
        let is_simple = !requirement.counts() && rules.methods.is_none();
        let asks_more = requirement.limits_rates() || !requirement.addresses().is_empty();
        Self {
            inner: Handle::new(Inner {
                id: GateId::next(),
                asks_no_account: requirement.asks_no_account(),
                is_plain: is_simple && !asks_more,
                is_quick: is_simple && asks_more && !(rules.shadow && requirement.limits_rates()),
                requirement,
                rules,
                callers,
                bound: OnceLock::new(),
                remarks: Remarks::default(),
                #[cfg(debug_assertions)]
                order: super::order::Order::default(),
                counters: Counters::default(),
            }),
        }
    }
}
