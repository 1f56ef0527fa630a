use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Admission, Gate, OnUnavailable, OrderMistake, RequestHead};
use crate::decide::{BoundRequirement, Decision, Facts, UnknownName, is_met};
use crate::engine::{Callers, NoCurrent};
use crate::metrics::Lookups;
use crate::strict::text::escaped_start;
use crate::{AccountId, Catalog, Current, Denial, Reply, Timestamp};

impl Gate {
    /// Whether a request plainly has all that is demanded, and nothing has to be counted: the way of nearly every
    /// request, kept short. What does not simply pass is [`admit`](Self::admit)'s.
    ///
    /// `current` is what the engine's layer put into the request, if there is one. Where the gate has an engine of its
    /// own and the request came through that same engine's layer, the request's account, set and time count, so that one request
    /// is judged once.
    #[inline(always)]
    pub fn passes(&self, current: Option<&Current>, head: &impl RequestHead) -> bool {
        #[cfg(debug_assertions)]
        self.check_order(current, head);
        let passes = match (&self.inner.callers, current) {
            (None, None) => false,
            (None, Some(current)) => self.is_plainly_met(current),
            (Some(callers), Some(current)) if current.is_of(callers.entitlements()) => {
                self.is_plainly_met(current)
            }
            (Some(callers), _) => {
                Self::found_nobody(callers, head).is_none() && self.is_plainly_met_by(callers, head)
            }
        };
        if passes {
            self.inner.counters.count_allowed(&self.inner.requirement);
        }
        passes
    }

    /// What becomes of a request: everything is asked, what is counted last.
    pub fn admit(&self, current: Option<&Current>, head: &impl RequestHead) -> Admission {
        if self.passes(current, head) {
            return Admission::Pass;
        }
        let admission = match (&self.inner.callers, current) {
            (Some(callers), Some(current)) if current.is_of(callers.entitlements()) => {
                self.weigh(Some(current), head)
            }
            (Some(callers), _) => match Self::found_nobody(callers, head) {
                Some(why) => self.weigh_nobody(&why, head),
                None => self.weigh_alone(callers, head),
            },
            (None, current) => self.weigh(current, head),
        };
        match admission {
            Admission::Later(waiting) => self.timed(waiting, current, head),
            at_once => at_once,
        }
    }

    /// The decision on a request that nothing has to be counted for, as tests ask it.
    ///
    /// What a gate counts is released again at once, and what has to be waited for is not determined.
    #[doc(hidden)]
    pub fn judge(&self, current: Option<&Current>, head: &impl RequestHead) -> Decision {
        match self.admit(current, head) {
            Admission::Pass | Admission::Hold(_) => Decision::Allow,
            Admission::Deny(denial) => Decision::Deny(denial),
            Admission::Later(_) => Decision::Deny(Denial::undetermined()),
        }
    }

    /// As `is_plainly_met`, for a request that did not come through this gate's engine's layer: by the clock, read once.
    #[inline(always)]
    fn is_plainly_met_by(&self, callers: &Callers, head: &impl RequestHead) -> bool {
        let Some((_, Ok(bound))) = self.inner.bound.get() else {
            return false;
        };
        self.inner.is_plain && callers.with_set(head, |set| is_met(bound, set)) == Some(true)
    }

    /// Why the layer of this gate's engine found nobody, where it did: that counts, as what it finds does.
    #[inline(always)]
    fn found_nobody(callers: &Callers, head: &impl RequestHead) -> Option<NoCurrent> {
        let why = head.extension::<NoCurrent>()?;
        why.is_of(callers.entitlements()).then_some(why)
    }

    #[cold]
    fn weigh_alone(&self, callers: &Callers, head: &impl RequestHead) -> Admission {
        match callers.current(head) {
            Reply::Now(Ok(current)) => self.weigh(Some(&current), head),
            Reply::Now(Err(why)) => self.weigh_nobody(&why, head),
            Reply::Later(found) => {
                let (gate, request) = (self.clone(), Kept::of(head));
                Admission::Later(Box::pin(async move {
                    match found.await {
                        Ok(current) => gate.weigh(Some(&current), &request),
                        Err(why) => gate.weigh_nobody(&why, &request),
                    }
                }))
            }
        }
    }

    /// The names are known and what they name is in force.
    #[inline(always)]
    fn is_plainly_met(&self, current: &Current) -> bool {
        match self.inner.bound.get() {
            Some((catalog, Ok(bound))) => {
                self.inner.is_plain
                    && Arc::ptr_eq(catalog, current.catalog())
                    && is_met(bound, current.set())
            }
            _ => false,
        }
    }

    pub(super) fn allow(&self) -> Admission {
        self.inner.counters.count_allowed(&self.inner.requirement);
        Admission::Pass
    }

    /// Judges in full, with reasons.
    #[cold]
    fn weigh(&self, current: Option<&Current>, head: &impl RequestHead) -> Admission {
        // Where there is no engine there is no time either, and nothing below asks for it.
        let now = current.map_or(Timestamp::UNIX_EPOCH, Current::now);
        let facts = Facts::new(head.method(), now).with_cors_headers(head.has_cors_headers());
        // D2: a preflight passes even a gate that is built wrongly, so that the browser shows what is wrong.
        if facts.is_cors_preflight() || !self.inner.rules.answers(facts.method()) {
            return self.allow();
        }
        let Some(current) = current else {
            if let Some(why) = head.extension::<NoCurrent>() {
                return self.weigh_nobody(&why, head);
            }
            self.log_once(head.path(), &OrderMistake::LayerMissing);
            return self.deny(Denial::layer_missing(), None, head.path());
        };
        let bound = match self.bound(current.catalog()) {
            Ok(bound) => bound,
            Err(unknown) => {
                self.log_once(head.path(), &unknown);
                return self.deny(unknown.denial(), Some(current.account()), head.path());
            }
        };
        match current.decide_for(self.inner.id, &bound, &facts) {
            Decision::Deny(denial) => self.deny(denial, Some(current.account()), head.path()),
            Decision::Allow => self.count(current, &bound, facts.method(), head.path()),
        }
    }

    /// Judges a request that nobody can be told from (A3, A7).
    fn weigh_nobody(&self, why: &NoCurrent, head: &impl RequestHead) -> Admission {
        let facts = Facts::new(head.method(), Timestamp::UNIX_EPOCH);
        let facts = facts.with_cors_headers(head.has_cors_headers());
        if facts.is_cors_preflight() || !self.asks_on(facts.method()) {
            return self.allow();
        }
        match (why.last_known(), self.inner.rules.on_unavailable) {
            (_, OnUnavailable::Allow) if !why.is_unknown() => self.allow(),
            (Some(known), OnUnavailable::LastKnown(age)) if known.is_within(age) => {
                Lookups::stale();
                self.weigh(Some(&known.current), head)
            }
            _ => self.deny(why.denial(), None, head.path()),
        }
    }

    /// The requirement in numbers of this catalog.
    fn bound(&self, catalog: &Arc<Catalog>) -> Result<Cow<'_, BoundRequirement>, UnknownName> {
        let requirement = &self.inner.requirement;
        let bind = || (Arc::clone(catalog), requirement.bind(catalog));
        match self.inner.bound.get_or_init(bind) {
            (known, bound) if Arc::ptr_eq(known, catalog) => match bound {
                Ok(bound) => Ok(Cow::Borrowed(bound)),
                Err(unknown) => Err(unknown.clone()),
            },
            // A second catalog in one program: rare enough to look the names up each time.
            _ => requirement.bind(catalog).map(Cow::Owned),
        }
    }

    /// The end of each denied request, or of one that a gate in shadow would have denied (D17).
    pub(super) fn deny(
        &self,
        denial: Denial,
        account: Option<&AccountId>,
        path: &str,
    ) -> Admission {
        let inner = &self.inner;
        let account = account.map(AccountId::as_str);
        if inner.rules.shadow {
            let path = escaped_start(path, 200);
            tracing::info!(target: "entitlements::decisions", path, account, requirement = inner.requirement.label(), code = denial.code(), "a gate in shadow would deny: {denial}");
            inner.counters.count_shadow(&denial, &inner.requirement);
            return Admission::Pass;
        }
        tracing::debug!(
            target: "entitlements::decisions",
            path = %escaped_start(path, 200),
            account,
            requirement = inner.requirement.label(),
            code = denial.code(),
            "request denied: {denial}"
        );
        inner.counters.count_denied(&denial, &inner.requirement);
        Admission::Deny(denial)
    }

    /// A mistake in the program is said once a gate, not once a request.
    #[cold]
    pub(super) fn log_once(&self, path: &str, cause: &dyn fmt::Display) {
        if !self.inner.mistake_logged.swap(true, Ordering::Relaxed) {
            let path = escaped_start(path, 200);
            tracing::error!(path, requirement = %self.inner.requirement, "gate cannot decide: {cause}");
        }
    }
}

/// What a gate needs of a request that it waits for.
struct Kept {
    method: String,
    path: String,
    is_preflight: bool,
}

impl Kept {
    fn of(head: &impl RequestHead) -> Self {
        Self {
            method: head.method().to_owned(),
            path: head.path().to_owned(),
            is_preflight: head.has_cors_headers(),
        }
    }
}

impl RequestHead for Kept {
    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn authority(&self) -> Option<&str> {
        None
    }

    fn visit_header<'a>(&'a self, _: &str, _: &mut dyn FnMut(Option<&'a str>)) {}

    fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        None
    }

    fn has_cors_headers(&self) -> bool {
        self.is_preflight
    }
}
