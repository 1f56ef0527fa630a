//! What nearly every request comes to where addresses or rates are asked for, without a future of its own.

use std::fmt;
use std::pin::Pin;

use super::rates::{Asker, Rated};
use super::{Admission, Gate, RequestHead};
use crate::decide::{BoundRequirement, is_met};
use crate::rate::RateReport;
use crate::{Current, Denial, Reply};

/// What becomes of a request, where that can be told at once.
#[must_use]
pub enum Quick {
    /// It passes.
    Pass,
    /// It passes, and the head of its response says where the rates stand.
    Rated(RateReport),
    /// It came too fast.
    Deny(Denial),
    /// It has to wait for what is said of the rates that processes share.
    Later(Pin<Box<dyn Future<Output = Admission> + Send>>),
    /// Ask [`Gate::admit`].
    Ask,
}

impl Quick {
    /// What was told at once, or what is said when it is asked for.
    pub fn or_else(self, admit: impl FnOnce() -> Admission) -> Admission {
        match self {
            Self::Pass => Admission::Pass,
            Self::Rated(rates) => Admission::Rated(rates),
            Self::Deny(denial) => Admission::Deny(denial),
            Self::Later(waiting) => Admission::Later(waiting),
            Self::Ask => admit(),
        }
    }
}

impl Gate {
    /// What becomes of a request that does not plainly [pass](Self::passes), where that can be told at once; the rates that are demanded
    /// are taken then.
    pub fn quick(&self, current: Option<&Current>, head: &impl RequestHead) -> Quick {
        if !self.inner.is_quick {
            return Quick::Ask;
        }
        let Some((catalog, Ok(bound))) = self.inner.bound.get() else {
            return Quick::Ask;
        };
        // A preflight spends nothing.
        if head.method() == "OPTIONS" {
            return Quick::Ask;
        }
        let asker = match (&self.inner.callers, current) {
            (None, Some(current)) => Asker::of(current),
            (Some(callers), Some(current)) if current.is_of(callers.entitlements()) => {
                Asker::of(current)
            }
            (Some(callers), _) if self.inner.asks_no_account => {
                Asker::anybody(callers.entitlements())
            }
            _ => return Quick::Ask,
        };
        let is_met = match asker.current() {
            Some(current) => {
                std::sync::Arc::ptr_eq(catalog, current.catalog())
                    && is_met(bound, current.set())
                    && (bound.addresses().is_empty() || Self::may_come(bound, current, head))
            }
            None => self.may_anybody_come(asker.addresses, head),
        };
        if is_met {
            self.rate_at_once(bound, asker, head)
        } else {
            Quick::Ask
        }
    }

    fn rate_at_once(
        &self,
        bound: &BoundRequirement,
        asker: Asker<'_>,
        head: &impl RequestHead,
    ) -> Quick {
        let Ok(asks) = self.asks(asker, bound.rates(), head) else {
            return Quick::Ask;
        };
        match self.take(bound.rates(), asker.payer, asks) {
            Reply::Now(Rated::Admitted(report)) => {
                let _ = self.allow();
                report.map_or(Quick::Pass, Quick::Rated)
            }
            Reply::Now(Rated::Denied(denial)) => {
                let account = asker.current().map(Current::account);
                let seen = self.seen(head, Some(asker.addresses));
                match self.deny(denial, account, &seen) {
                    Admission::Deny(denial) => Quick::Deny(denial),
                    _ => Quick::Pass,
                }
            }
            Reply::Later(rated) => {
                let seen = self.seen(head, Some(asker.addresses));
                let rated = Reply::Later(rated);
                match self.once_rated(rated, asker.current(), &seen, Self::end) {
                    Admission::Later(waiting) => {
                        Quick::Later(self.timed(waiting, asker.current(), head))
                    }
                    _ => Quick::Ask,
                }
            }
        }
    }
}

impl fmt::Debug for Quick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("Pass"),
            Self::Rated(report) => f.debug_tuple("Rated").field(report).finish(),
            Self::Deny(denial) => f.debug_tuple("Deny").field(denial).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
            Self::Ask => f.write_str("Ask"),
        }
    }
}
