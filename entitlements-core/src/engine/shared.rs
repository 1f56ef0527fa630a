//! What the engine knows, and how it changes while others read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use tokio::sync::{Mutex, Notify, watch};

use super::account_source::{Accounts, look};
use super::addresses::Addresses;
use super::events::Events;
use super::keys::Keys;
use super::rates::Rates;
use super::sources::Sources;
use super::state::{Seen, State};
use super::this_deployment::ThisDeployment;
use super::trusted_time::TrustedTime;
use super::{recent, report};
use crate::account::{AccountId, AccountTerms, Basis, SharedTerms, Terms};
use crate::audit::AuditSink;
use crate::catalog::PlanId;
use crate::license::LicenseVerifier;
use crate::notify::{Given, Notifier};
use crate::reserve::Meter;
use crate::resolve::{Holdings, resolve, resolve_account};
use crate::{Catalog, Clock, Timestamp};

/// What all handles of one engine share.
pub(super) struct Shared {
    pub(super) catalog: Arc<Catalog>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) verifier: LicenseVerifier,
    pub(super) place: ThisDeployment,
    pub(super) sources: Arc<Sources>,
    pub(super) trusted_time: TrustedTime,
    pub(super) events: Events,
    pub(super) notifiers: Vec<Arc<dyn Notifier>>,
    pub(super) accounts: Accounts,
    pub(super) meter: Arc<Meter>,
    pub(super) audit: Arc<dyn AuditSink>,
    pub(super) switches: Switches,
    pub(super) addresses: Arc<Addresses>,
    pub(super) rates: Arc<Rates>,
    pub(super) base_plan: PlanId,
    /// This value, for the states that it makes.
    engine: Weak<Self>,
    /// The deployment's licenses.
    holdings: ArcSwap<Holdings>,
    /// A number that the holdings of no other time and engine have.
    generation: AtomicU64,
    /// The terms of whoever is sold nothing, and of accounts that are not known (A4).
    pub(super) nothing_sold: SharedTerms,
    /// Whoever changes what is held does so under this lock, one after the other.
    pub(super) keys: Mutex<Keys>,
    /// How often it was begun to read what is held; counted under the lock on the keys.
    pub(super) readings: AtomicU64,
    /// Which notices were given.
    pub(super) given: Mutex<Given>,
    /// Says that a change was given up half-way, and what is held is to be read again.
    pub(super) doubt: Arc<Notify>,
    /// Says that the holdings changed, to whoever waits for their next boundary.
    changed: watch::Sender<()>,
}

/// What the whole engine does in its own way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Switches {
    /// D18: 403 in place of 402.
    pub(super) forbidden_for_payment: bool,
}

/// What an engine is made of, beside what it holds.
pub(super) struct Parts {
    pub(super) catalog: Arc<Catalog>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) verifier: LicenseVerifier,
    pub(super) place: ThisDeployment,
    pub(super) sources: Sources,
    pub(super) trusted_time: TrustedTime,
    pub(super) notifiers: Vec<Arc<dyn Notifier>>,
    pub(super) given: Given,
    pub(super) accounts: Accounts,
    pub(super) meter: Meter,
    pub(super) audit: Arc<dyn AuditSink>,
    pub(super) switches: Switches,
    pub(super) addresses: Addresses,
    pub(super) rates: Rates,
    pub(super) base_plan: PlanId,
}

impl Shared {
    pub(super) fn new(parts: Parts, keys: Keys) -> Arc<Self> {
        let holdings = keys.holdings(&parts.place);
        Arc::new_cyclic(|engine| Self {
            catalog: parts.catalog,
            clock: parts.clock,
            verifier: parts.verifier,
            place: parts.place,
            sources: Arc::new(parts.sources),
            trusted_time: parts.trusted_time,
            events: Events::default(),
            notifiers: parts.notifiers,
            accounts: parts.accounts,
            meter: Arc::new(parts.meter),
            audit: parts.audit,
            switches: parts.switches,
            addresses: Arc::new(parts.addresses),
            rates: Arc::new(parts.rates),
            base_plan: parts.base_plan,
            engine: engine.clone(),
            holdings: ArcSwap::from_pointee(holdings),
            generation: AtomicU64::new(recent::next_generation()),
            nothing_sold: SharedTerms::new(AccountTerms::default()),
            keys: Mutex::new(keys),
            readings: AtomicU64::new(0),
            given: Mutex::new(parts.given),
            doubt: Arc::default(),
            changed: watch::Sender::new(()),
        })
    }

    /// What follows from terms at `now`, without a lock or a count that threads share.
    #[inline(always)]
    pub(super) fn seen_at(&self, terms: &Terms, now: Timestamp) -> Arc<Seen> {
        let known = recent::with(terms.number(), self.generation(), now, Arc::clone);
        known.unwrap_or_else(|| self.fetch_at(terms, now))
    }

    /// Reads what follows from terms at `now`, and takes nothing.
    #[inline(always)]
    pub(super) fn with_state_at<T>(
        &self,
        terms: &Terms,
        now: Timestamp,
        read: impl Fn(&State) -> T,
    ) -> T {
        let known = recent::with(terms.number(), self.generation(), now, |seen| {
            read(&seen.state)
        });
        known.unwrap_or_else(|| read(&self.fetch_at(terms, now).state))
    }

    /// The way of the first request of a thread after each change.
    #[cold]
    fn fetch_at(&self, terms: &Terms, now: Timestamp) -> Arc<Seen> {
        let generation = self.generation();
        let resolved = terms.resolved().load_full();
        let state = match resolved {
            Some(state) if state.answers(generation, now) => state,
            _ => self.resolve_again(terms, now),
        };
        recent::remember(terms.number(), state)
    }

    #[inline]
    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// What follows at `now` from the terms of an account; none where they are elsewhere.
    #[inline(always)]
    pub(super) fn seen_of(&self, account: &AccountId, now: Timestamp) -> Option<Arc<Seen>> {
        self.recently(account, now, Arc::clone)
            .or_else(|| self.with_terms(account, |terms| self.seen_at(terms, now)))
    }

    /// Reads what follows at `now` from the terms of an account, and takes nothing; none where they are elsewhere.
    #[inline(always)]
    pub(super) fn with_state_of<T>(
        &self,
        account: &AccountId,
        now: Timestamp,
        read: impl Fn(&State) -> T,
    ) -> Option<T> {
        self.recently(account, now, |seen| read(&seen.state))
            .or_else(|| self.with_terms(account, |terms| self.with_state_at(terms, now, read)))
    }

    /// Reads what follows from the terms of an account, where they are in memory and this thread knows it.
    #[inline(always)]
    fn recently<T>(
        &self,
        account: &AccountId,
        now: Timestamp,
        read: impl FnOnce(&Arc<Seen>) -> T,
    ) -> Option<T> {
        let terms = self.accounts.memory.as_ref()?.number(account);
        let terms = terms.unwrap_or(self.nothing_sold.terms().number());
        recent::with(terms, self.generation(), now, read)
    }

    #[cold]
    fn with_terms<T>(&self, account: &AccountId, read: impl FnOnce(&Terms) -> T) -> Option<T> {
        let read = |terms: Option<&Terms>| read(terms.unwrap_or(self.nothing_sold.terms()));
        match &self.accounts.memory {
            Some(memory) => Some(memory.with_terms(account, read)),
            None => {
                let shown = look(&*self.accounts.store, account, |terms| {
                    read(terms.map(SharedTerms::terms))
                })?;
                self.accounts.lookups.hit();
                Some(shown)
            }
        }
    }

    /// Resolves terms anew: they are new, a boundary has passed, the holdings changed, or somebody asks for it.
    #[cold]
    pub(super) fn resolve_again(&self, terms: &Terms, now: Timestamp) -> Arc<State> {
        // INVARIANT: the generation is read before the holdings and written after them, so that a state is of the holdings of its
        // generation or of later ones, and one of earlier holdings never passes for one of these.
        let generation = self.generation();
        let before = terms.resolved().load_full();
        let after = Arc::new(self.state_of(terms, generation, now));
        // Where somebody was faster, theirs stays: it is of these holdings, or of later ones.
        let replaced = terms
            .resolved()
            .compare_and_swap(&before, Some(Arc::clone(&after)));
        let is_swapped = before.as_ref().map(Arc::as_ptr) == replaced.as_ref().map(Arc::as_ptr);
        if is_swapped && terms.number() == self.nothing_sold.terms().number() {
            self.show_license(&after.set);
        }
        if let (Some(before), Some(replaced)) = (&before, &*replaced)
            && Arc::ptr_eq(before, replaced)
            && self.is_worth_telling(terms, before)
        {
            report::changes(&before.set, &after.set);
            self.tell_changes(&before.set, &after.set);
            self.changed.send_replace(());
        }
        after
    }

    /// The log follows what everybody has; what single accounts have is theirs.
    fn is_worth_telling(&self, terms: &Terms, before: &State) -> bool {
        terms.number() == self.nothing_sold.terms().number()
            && Weak::ptr_eq(&before.engine, &self.engine)
    }

    fn state_of(&self, terms: &Terms, generation: u64, now: Timestamp) -> State {
        let catalog = &self.catalog;
        let set = match terms.basis() {
            Basis::Account(terms) => {
                resolve_account(catalog, self.base_plan, &self.holdings.load(), terms, now)
            }
            Basis::Only(plan, _) => resolve(catalog, *plan, &Holdings::default(), now),
        };
        let addresses = Arc::clone(&self.addresses);
        State::new(
            self.engine.clone(),
            generation,
            self.switches,
            addresses,
            Arc::clone(&self.rates),
            set,
        )
    }

    /// Takes what is held now as the truth. The caller holds the lock on the keys.
    pub(super) fn publish(&self, keys: &mut Keys) {
        keys.clock_is_behind = self.trusted_time.is_behind(self.clock.now());
        self.holdings.store(Arc::new(keys.holdings(&self.place)));
        self.judge_again(self.now());
    }

    /// Lets nothing that was resolved before count any more, of any account.
    pub(super) fn judge_again(&self, now: Timestamp) {
        self.generation
            .store(recent::next_generation(), Ordering::Release);
        self.resolve_again(self.nothing_sold.terms(), now);
        self.changed.send_replace(());
    }

    /// What the deployment holds.
    pub(super) fn holdings(&self) -> Arc<Holdings> {
        self.holdings.load_full()
    }

    /// This, to keep.
    pub(super) fn handle(&self) -> Option<Arc<Self>> {
        self.engine.upgrade()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.meter.close();
    }
}
