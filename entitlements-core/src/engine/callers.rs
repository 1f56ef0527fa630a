//! From a request to what holds for whoever sent it: what every adapter's layer does.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::account_source::AccountKind;
use super::shared::Shared;
use super::state::State;
use super::{Current, Entitlements};
use crate::account::{ExtensionAccount, ResolveAccount, SharedTerms};
use crate::decide::UnknownName;
use crate::handle::Handle;
use crate::resolve::EntitlementSet;
use crate::{AccountId, Denial, DenialKind, PlanName, Reply, RequestHead, Timestamp};

/// An engine, and how it tells callers apart.
///
/// Adapters keep it in their layer, ask it for each request, and put what it says into the request's extensions: the
/// [`Current`], or the [`NoCurrent`] that says why there is none.
/// Clones share one.
#[derive(Debug)]
pub struct Callers<R = DefaultAccount> {
    inner: Handle<Inner<R>>,
}

impl<R: ResolveAccount> Clone for Callers<R> {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

#[derive(Debug)]
struct Inner<R> {
    entitlements: Entitlements,
    resolver: R,
    anonymous: Option<SharedTerms>,
}

impl Callers {
    /// Callers of this engine, told apart by what the application's authentication says ([`DefaultAccount`]).
    #[must_use]
    pub fn new(entitlements: Entitlements) -> Self {
        let resolver = DefaultAccount {
            fallback: match entitlements.shared.accounts.kind {
                AccountKind::One => Some(AccountId::LOCAL),
                AccountKind::Many => None,
            },
        };
        Self::of(Inner {
            entitlements,
            resolver,
            anonymous: None,
        })
    }
}

impl Callers {
    /// Reads the set of whoever sent this request, and takes nothing; none where it is not at hand.
    #[inline(always)]
    pub(crate) fn with_set<T>(
        &self,
        head: &impl RequestHead,
        read: impl Fn(&EntitlementSet) -> T,
    ) -> Option<T> {
        let shared = &self.inner.entitlements.shared;
        let now = self.inner.entitlements.now();
        let read = |state: &State| read(&state.set);
        // Where no account was ever known, all have the same, whoever it is.
        if self.inner.resolver.fallback.is_some() && shared.accounts.are_none() {
            return Some(shared.with_state_at(shared.nothing_sold.terms(), now, read));
        }
        let account = self.inner.resolver.resolve(head)?;
        shared.with_state_of(&account, now, read)
    }
}

impl<R> Callers<R> {
    fn of(inner: Inner<R>) -> Self {
        Self {
            inner: Handle::new(inner),
        }
    }

    /// Tells accounts in another way.
    #[must_use]
    pub fn told_by<T: ResolveAccount>(self, resolver: T) -> Callers<T> {
        Callers::of(Inner {
            entitlements: self.inner.entitlements.clone(),
            resolver,
            anonymous: self.inner.anonymous.clone(),
        })
    }

    /// Puts callers whom no account can be told of on a plan, instead of denying them (A3).
    ///
    /// # Errors
    /// When the catalog lacks the plan.
    pub fn try_anonymous_on_plan(self, plan: impl Into<PlanName>) -> Result<Self, UnknownName>
    where
        R: Clone,
    {
        let inner = &self.inner;
        let plan = UnknownName::find_plan(&plan.into(), inner.entitlements.catalog())?;
        Ok(Self::of(Inner {
            entitlements: inner.entitlements.clone(),
            resolver: inner.resolver.clone(),
            anonymous: Some(SharedTerms::only(plan)),
        }))
    }

    /// The same callers, for a service that stays where it is and is cloned for each request: each thread counts the clones that it makes then.
    #[must_use]
    pub fn rooted(&self) -> Self {
        Self {
            inner: self.inner.rooted(),
        }
    }

    /// The engine.
    #[must_use]
    pub fn entitlements(&self) -> &Entitlements {
        &self.inner.entitlements
    }
}

impl<R: ResolveAccount> Callers<R> {
    /// What holds for whoever sent this request, where it is at hand: the way of nearly every request.
    #[inline(always)]
    pub fn known(&self, head: &impl RequestHead) -> Option<Current> {
        let entitlements = &self.inner.entitlements;
        let account = self.inner.resolver.resolve(head)?;
        let now = entitlements.now();
        let seen = entitlements.shared.seen_of(&account, now)?;
        Some(Current::new(seen, account, now))
    }

    /// What holds for whoever sent this request, by one reading of the clock.
    pub fn current(&self, head: &impl RequestHead) -> Reply<Result<Current, NoCurrent>> {
        let now = self.inner.entitlements.now();
        match self.inner.resolver.resolve(head) {
            Some(account) => self.inner.entitlements.current_of_at(account, now),
            None => Reply::Now(self.anonymous_at(now)),
        }
    }

    fn anonymous_at(&self, now: Timestamp) -> Result<Current, NoCurrent> {
        let terms = self.inner.anonymous.as_ref();
        let terms = terms.ok_or_else(|| self.inner.entitlements.no_current(Why::Unknown))?;
        let seen = self.inner.entitlements.shared.seen_at(terms.terms(), now);
        Ok(Current::new(seen, AccountId::ANONYMOUS, now))
    }
}

impl Entitlements {
    /// What holds now for an account.
    ///
    /// # Errors
    /// When the accounts cannot be asked.
    ///
    /// # Cancel safety
    /// Dropping the reply loses nothing.
    #[inline]
    pub fn current_of(&self, account: &AccountId) -> Reply<Result<Current, NoCurrent>> {
        self.current_of_at(account.clone(), self.now())
    }

    #[inline]
    fn current_of_at(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Reply<Result<Current, NoCurrent>> {
        match self.shared.seen_of(&account, now) {
            Some(seen) => Reply::Now(Ok(Current::new(seen, account, now))),
            None => self.fetch_current(account, now),
        }
    }

    fn no_current(&self, why: Why) -> NoCurrent {
        NoCurrent {
            engine: Arc::downgrade(&self.shared),
            why,
        }
    }

    #[cold]
    fn fetch_current(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Reply<Result<Current, NoCurrent>> {
        let engine = self.clone();
        self.shared.accounts.lookups.miss();
        self.shared
            .accounts
            .store
            .fetch(&account)
            .map(move |found| {
                let shared = &engine.shared;
                let current = |terms: &SharedTerms| {
                    Current::new(shared.seen_at(terms.terms(), now), account.clone(), now)
                };
                match found {
                    Ok(Some(terms)) => Ok(current(&terms)),
                    Ok(None) => Ok(current(&shared.nothing_sold)),
                    Err(error) => {
                        tracing::warn!(
                            account = account.as_str(),
                            "accounts cannot be asked: {error}"
                        );
                        let known = shared.accounts.store.last_known(&account);
                        let known = known.map(|(terms, as_of)| {
                            Arc::new(LastKnown {
                                current: current(&terms),
                                as_of,
                            })
                        });
                        Err(engine.no_current(Why::Unavailable(account, known)))
                    }
                }
            })
    }
}

/// Why a request has no [`Current`]: what a layer puts into its extensions instead.
#[derive(Clone)]
pub struct NoCurrent {
    engine: Weak<Shared>,
    why: Why,
}

#[derive(Debug, Clone)]
enum Why {
    /// No account can be told from it (A3).
    Unknown,
    /// The accounts cannot be asked (A7), and what was last known of this one.
    Unavailable(AccountId, Option<Arc<LastKnown>>),
}

/// What was last known of an account.
#[derive(Debug)]
pub(crate) struct LastKnown {
    pub(crate) current: Current,
    /// Since when it may be old.
    pub(crate) as_of: Timestamp,
}

impl LastKnown {
    /// Whether it is at most so old. A clock that is behind it was set, and how old it is nobody knows: as far off is too old.
    pub(crate) fn is_within(&self, age: Duration) -> bool {
        let now = self.current.now();
        let apart = now
            .saturating_since(self.as_of)
            .max(self.as_of.saturating_since(now));
        apart <= age
    }
}

impl NoCurrent {
    /// Whether no account can be told from the request; else the accounts cannot be asked.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self.why, Why::Unknown)
    }

    /// Whether that engine's layer says so.
    pub(crate) fn is_of(&self, entitlements: &Entitlements) -> bool {
        std::ptr::eq(self.engine.as_ptr(), Arc::as_ptr(&entitlements.shared))
    }

    /// The engine whose layer says so; `None` once its last handle is gone.
    #[must_use]
    pub fn entitlements(&self) -> Option<Entitlements> {
        let shared = self.engine.upgrade();
        shared.map(|shared| Entitlements { shared })
    }

    /// The account that could be told from the request, and not be asked about.
    pub(crate) const fn account(&self) -> Option<&AccountId> {
        match &self.why {
            Why::Unavailable(account, _) => Some(account),
            Why::Unknown => None,
        }
    }

    pub(crate) fn last_known(&self) -> Option<&LastKnown> {
        match &self.why {
            Why::Unavailable(_, known) => known.as_deref(),
            Why::Unknown => None,
        }
    }

    /// The denial of a request that needs a [`Current`] and has none: for this reason, or because no layer said anything.
    #[must_use]
    pub fn denial_of(why: Option<&Self>) -> Denial {
        why.map_or_else(Denial::layer_missing, Self::denial)
    }

    /// The denial of a request that needs one.
    #[must_use]
    pub fn denial(&self) -> Denial {
        match self.why {
            Why::Unknown => Denial::new(DenialKind::AccountUnknown),
            Why::Unavailable(..) => Denial::undetermined(),
        }
    }
}

impl fmt::Debug for NoCurrent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NoCurrent").field(&self.why).finish()
    }
}

/// The account that the application's authentication put into the request as an [`AccountId`]; without one, that of a
/// product with one account, and nobody's in a product with many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultAccount {
    fallback: Option<AccountId>,
}

impl ResolveAccount for DefaultAccount {
    #[inline(always)]
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        ExtensionAccount::new()
            .resolve(head)
            .or_else(|| self.fallback.clone())
    }
}
