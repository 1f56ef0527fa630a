use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;

use super::AccountTerms;
use crate::catalog::PlanId;
use crate::engine::State;

/// Terms that many accounts share, and what follows from them.
///
/// A store gives equal accounts one and the same value, so that their set is worked out once. Cheap to clone.
///
/// ```
/// use entitlements_core::account::{AccountTerms, SharedTerms};
///
/// let terms = SharedTerms::new(AccountTerms::on_plan("business"));
/// assert_eq!(terms.get().plan.as_ref().unwrap().as_str(), "business");
/// ```
#[derive(Clone)]
pub struct SharedTerms {
    inner: Arc<Terms>,
}

/// Terms as the engine sees them, whoever shares them.
pub(crate) struct Terms {
    /// A number that no other terms have.
    number: u64,
    basis: Basis,
    /// What followed from them when somebody last asked.
    resolved: ArcSwapOption<State>,
}

/// What a set is made of, beside the licenses of the deployment.
#[derive(Debug)]
pub(crate) enum Basis {
    /// An account's terms.
    Account(AccountTerms),
    /// A plan and nothing else, for callers whom no account can be told of (A3).
    Only(PlanId, AccountTerms),
}

impl SharedTerms {
    /// Terms to share.
    #[must_use]
    pub fn new(terms: AccountTerms) -> Self {
        Self::of(Basis::Account(terms))
    }

    /// The plan alone.
    pub(crate) fn only(plan: PlanId) -> Self {
        Self::of(Basis::Only(plan, AccountTerms::default()))
    }

    fn of(basis: Basis) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self {
            inner: Arc::new(Terms {
                number: LAST.fetch_add(1, Ordering::Relaxed),
                basis,
                resolved: ArcSwapOption::empty(),
            }),
        }
    }

    /// The terms.
    #[must_use]
    pub fn get(&self) -> &AccountTerms {
        match &self.inner.basis {
            Basis::Account(terms) | Basis::Only(_, terms) => terms,
        }
    }

    #[inline]
    pub(crate) fn terms(&self) -> &Terms {
        &self.inner
    }

    /// Whether nobody but whoever asks holds them.
    pub(super) fn is_alone(&self) -> bool {
        Arc::strong_count(&self.inner) == 1
    }
}

/// For stores that keep them one by one.
impl SharedTerms {
    pub(super) fn into_inner(self) -> Arc<Terms> {
        self.inner
    }

    pub(super) const fn from_inner(inner: Arc<Terms>) -> Self {
        Self { inner }
    }
}

impl Terms {
    pub(crate) const fn basis(&self) -> &Basis {
        &self.basis
    }

    #[inline]
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    #[inline]
    pub(crate) const fn resolved(&self) -> &ArcSwapOption<State> {
        &self.resolved
    }
}

impl fmt::Debug for SharedTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.basis.fmt(f)
    }
}
