use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::kept::Seen;
use super::rates::Asker;
use super::remarks::Remark;
use super::{Admission, Gate, OnUnavailable, OrderMistake, RequestHead};
use crate::allowlist::Allowlist;
use crate::decide::{BoundRequirement, Decision, Facts, UnknownName, is_met};
use crate::engine::{Callers, NoCurrent};
use crate::metrics::Lookups;
use crate::strict::text::escaped_start;
use crate::{AccountId, Catalog, Current, Denial, DenialKind, Entitlements, Reply, Timestamp};

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
            (Some(callers), _) if self.inner.asks_no_account => {
                self.weigh_anybody(callers.entitlements(), head)
            }
            (Some(callers), _) => match Self::found_nobody(callers, head) {
                Some(why) => self.weigh_nobody(&why, head),
                None => self.weigh_alone(callers, head),
            },
            (None, current) => self.weigh(current, head),
        };
        match admission {
            Admission::Later(waiting) => Admission::Later(self.timed(waiting, current, head)),
            at_once => at_once,
        }
    }

    /// The decision on a request that nothing has to be counted for, as tests ask it.
    ///
    /// What a gate counts is released again at once, and what has to be waited for is not determined.
    #[doc(hidden)]
    pub fn judge(&self, current: Option<&Current>, head: &impl RequestHead) -> Decision {
        match self.admit(current, head) {
            Admission::Pass | Admission::Rated(_) | Admission::Hold(_) => Decision::Allow,
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
                let request = self.keep(head, callers.entitlements().addresses());
                let gate = self.clone();
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
        if self.lets_pass(head) {
            return self.allow();
        }
        let Some(current) = current else {
            if let Some(why) = head.extension::<NoCurrent>() {
                return self.weigh_nobody(&why, head);
            }
            self.log_once(head.path(), &OrderMistake::LayerMissing);
            return self.deny(Denial::layer_missing(), None, &self.seen(head, None));
        };
        let bound = match self.bound(current.catalog()) {
            Ok(bound) => bound,
            Err(unknown) => {
                self.log_once(head.path(), &unknown);
                let seen = self.seen(head, Some(current.addresses()));
                return self.deny(unknown.denial(), Some(current.account()), &seen);
            }
        };
        if bound.addresses().asks_account() {
            self.weigh_with_list(current, &bound, head)
        } else {
            self.weigh_all(current, &bound, head, None)
        }
    }

    /// D2, D15: whether nothing is asked of a request. A preflight passes even a gate that is built wrongly, so that the browser shows what is wrong;
    /// a gate that asks for addresses lets nothing pass by its method (D19).
    fn lets_pass(&self, head: &impl RequestHead) -> bool {
        let passes_preflights = self.inner.requirement.addresses().is_empty();
        (passes_preflights && facts_of(head, Timestamp::UNIX_EPOCH).is_cors_preflight())
            || !self.inner.rules.answers(head.method())
    }

    /// Weighs a request of which all is known.
    pub(super) fn weigh_all(
        &self,
        current: &Current,
        bound: &BoundRequirement,
        head: &impl RequestHead,
        list: Option<&Allowlist>,
    ) -> Admission {
        let mut facts = facts_of(head, current.now());
        if !bound.addresses().is_empty() {
            facts = facts.with_client_address(current.client_address(head));
        }
        if let Some(list) = list {
            facts = facts.with_allowlist(list);
        }
        let seen = self.seen(head, Some(current.addresses()));
        match current.decide_for(self.inner.id, bound, &facts) {
            Decision::Deny(denial) => {
                if *denial.kind() == DenialKind::IpNotAllowed {
                    self.note_untold(facts.client_address(), head);
                }
                self.deny(denial, Some(current.account()), &seen)
            }
            // D2
            Decision::Allow if facts.is_cors_preflight() => self.allow(),
            Decision::Allow => match self.asks(Asker::of(current), bound.rates(), head) {
                Ok(asks) => self.count(current, bound, facts.method(), asks, &seen),
                Err(denial) => {
                    self.note_untold(current.client_address(head), head);
                    self.deny(denial, Some(current.account()), &seen)
                }
            },
        }
    }

    /// Weighs a request whose account is not asked for, and so not told either.
    #[cold]
    fn weigh_anybody(&self, engine: &Entitlements, head: &impl RequestHead) -> Admission {
        if self.lets_pass(head) {
            self.allow()
        } else {
            self.weigh_address(engine, head, &Allowlist::default())
        }
    }

    /// Judges a request that nobody can be told from (A3, A7).
    fn weigh_nobody(&self, why: &NoCurrent, head: &impl RequestHead) -> Admission {
        if self.lets_pass(head) || !self.asks_on(head.method()) {
            return self.allow();
        }
        let engine = why.entitlements();
        let addresses = engine.as_ref().map(|engine| &**engine.addresses());
        match (why.last_known(), self.inner.rules.on_unavailable, &engine) {
            (.., Some(engine)) if self.inner.asks_no_account => {
                self.weigh_address(engine, head, &Allowlist::default())
            }
            // What is known of the address counts all the same.
            (_, OnUnavailable::Allow, Some(engine)) if !why.is_unknown() => {
                self.weigh_address_of(engine, why.account(), head)
            }
            (Some(known), OnUnavailable::LastKnown(age), _) if known.is_within(age) => {
                Lookups::stale();
                self.weigh(Some(&known.current), head)
            }
            _ => self.deny(why.denial(), None, &self.seen(head, addresses)),
        }
    }

    /// The requirement in numbers of this catalog.
    pub(super) fn bound(
        &self,
        catalog: &Arc<Catalog>,
    ) -> Result<Cow<'_, BoundRequirement>, UnknownName> {
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
        seen: &Seen<'_>,
    ) -> Admission {
        let inner = &self.inner;
        let account = account.map(AccountId::as_str);
        let client = seen.client.map(tracing::field::display);
        if inner.rules.shadow {
            let path = escaped_start(&seen.path, 200);
            tracing::info!(target: "entitlements::decisions", path, account, client, requirement = inner.requirement.label(), code = denial.code(), "a gate in shadow would deny: {denial}");
            inner.counters.count_shadow(&denial, &inner.requirement);
            return Admission::Pass;
        }
        tracing::debug!(
            target: "entitlements::decisions",
            path = %escaped_start(&seen.path, 200),
            account,
            client,
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
        if self.is_first(Remark::Mistake) {
            self.log_mistake(path, cause);
        }
    }

    pub(super) fn log_mistake(&self, path: &str, cause: &dyn fmt::Display) {
        let path = escaped_start(path, 200);
        tracing::error!(path, requirement = %self.inner.requirement, "gate cannot decide: {cause}");
    }
}

fn facts_of(head: &impl RequestHead, now: Timestamp) -> Facts<'_> {
    Facts::new(head.method(), now).with_cors_headers(head.has_cors_headers())
}
