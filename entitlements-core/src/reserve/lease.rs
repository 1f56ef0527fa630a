use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::ask::{Refused, full};
use super::work::{self, Piece, SeenThrough};
use super::{Meter, Wanted};
use crate::catalog::LimitId;
use crate::usage::{Leased, Renewed, UsageError};
use crate::{AccountId, Current, Denial, Reply};

/// One of a concurrent limit that is held for as long as this is: a guard that clones share.
///
/// It is renewed by the engine's upkeep while it is held, and ended when its last clone is dropped; whoever leases again under the
/// same name gets a clone. A process that dies takes its leases with it: they lapse (U11).
#[derive(Clone)]
#[must_use = "a lease that is dropped ends"]
pub struct HeldLease {
    held: Arc<Held>,
    /// What gates hold for the same request: a handler that goes on keeps all of it.
    beside: Option<Arc<Self>>,
}

pub(crate) struct Held {
    meter: Arc<Meter>,
    account: AccountId,
    limit: LimitId,
    holder: String,
    /// Whether others may lease under this name.
    is_shared: bool,
    /// Whether there is something to end.
    is_taken: bool,
    /// Whether it goes on without its guards.
    is_left: AtomicBool,
}

impl HeldLease {
    /// The name under which it is held.
    #[must_use]
    pub fn holder(&self) -> &str {
        &self.held.holder
    }

    /// Leaves it to lapse by itself, for a holder that renews it by heartbeats: this guard, and its clones, end nothing any more.
    pub fn leave(self) {
        for lease in self.all() {
            lease.held.is_left.store(true, Ordering::Relaxed);
        }
    }

    /// The same, keeping what else is held for the request.
    pub(crate) fn beside(mut self, others: Option<Self>) -> Self {
        self.beside = others.map(Arc::new);
        self
    }

    fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |lease| lease.beside.as_deref())
    }

    fn of(held: Arc<Held>) -> Self {
        Self { held, beside: None }
    }

    /// Renews it now, for as long as the catalog says; [`Renewed::Lapsed`] where it had lapsed and its room may be another's.
    ///
    /// # Errors
    /// The denial (503 `ENTITLEMENTS_UNAVAILABLE`), when the store cannot be asked.
    ///
    /// # Cancel safety
    /// A reply that is dropped may have renewed it or not.
    pub fn renew(&self) -> Reply<Result<Renewed, Denial>> {
        let renewed = self.all().map(|lease| lease.held.renew());
        let renewed = renewed.fold(Reply::Now(Ok(Renewed::Held)), both);
        renewed.map(|renewed| renewed.map_err(|error| error.denial()))
    }

    /// Leases one; whoever holds one under that name renews it.
    pub(crate) fn take(
        meter: &Arc<Meter>,
        current: &Current,
        limit: LimitId,
        holder: Option<&str>,
    ) -> Reply<Result<Self, Refused>> {
        meter.note_asked_for(limit);
        let is_shared = holder.is_some();
        let holder = holder.map_or_else(Meter::next_holder, str::to_owned);
        let now = meter.now();
        let until = now.saturating_add(meter.time_to_live(limit));
        let allowed = current.set().limit_id(limit);
        let held = Held {
            meter: Arc::clone(meter),
            account: current.account().clone(),
            limit,
            holder,
            is_shared,
            // Under a name that others know there may be a lease already, which outlasts an answer that fails.
            is_taken: !is_shared,
            is_left: AtomicBool::new(false),
        };
        // Before the store is asked, so that it is not ended meanwhile.
        let known = meter.held_like(&held);
        let leased = meter.store.lease(
            &held.account,
            meter.name(limit),
            &held.holder,
            allowed,
            until,
            now,
        );
        let current = current.clone();
        let leased = leased.map(move |leased| held.into_lease(leased, known, &current));
        if is_shared {
            // Ended when it is dropped, it would end what others hold under its name: it lapses.
            return leased;
        }
        SeenThrough::by(meter, leased, drop)
    }
}

impl Held {
    fn into_lease(
        mut self,
        leased: Result<Leased, UsageError>,
        known: Option<Arc<Self>>,
        current: &Current,
    ) -> Result<HeldLease, Refused> {
        match (leased, known) {
            (Ok(Leased::Held), Some(held)) => Ok(HeldLease::of(held)),
            (Ok(Leased::Held), None) => {
                let meter = Arc::clone(&self.meter);
                Ok(HeldLease::of(meter.watch(self)))
            }
            (Ok(Leased::Full { used }), _) => {
                let wanted = Wanted {
                    limit: self.limit,
                    amount: 1,
                };
                self.is_taken = false;
                Err(full(current, wanted, used))
            }
            // It may have been leased. Under a name that nobody else has it is ended when this is dropped; else it lapses.
            (Err(error), _) => Err(Refused::Unknown(error)),
        }
    }

    /// Whether it is the lease that this one would be.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.limit == other.limit
            && self.holder == other.holder
            && self.account == other.account
            && !self.is_left.load(Ordering::Relaxed)
    }

    /// Whether others may lease under its name.
    pub(super) const fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// It is taken, and held as long as this is.
    pub(super) fn taken(mut self) -> Arc<Self> {
        self.is_taken = true;
        Arc::new(self)
    }

    /// Logs what came of renewing it, where it does not simply go on.
    fn tell(&self, renewed: &Result<Renewed, UsageError>) {
        let limit = self.meter.name(self.limit);
        match renewed {
            Ok(Renewed::Held) => {}
            Ok(Renewed::Lapsed) => tracing::warn!(limit, "a lease lapsed while it was held"),
            Err(error) => tracing::warn!(limit, "a lease was not renewed: {error}"),
        }
    }

    fn renew(&self) -> Reply<Result<Renewed, UsageError>> {
        self.meter.renew(&self.account, self.limit, &self.holder)
    }
}

/// Lapsed where one of the two is.
fn both(
    one: Reply<Result<Renewed, UsageError>>,
    other: Reply<Result<Renewed, UsageError>>,
) -> Reply<Result<Renewed, UsageError>> {
    let worst = |one, other| match (one, other) {
        (Renewed::Held, Renewed::Held) => Renewed::Held,
        _ => Renewed::Lapsed,
    };
    match (one, other) {
        (Reply::Now(Ok(Renewed::Held)), other) => other,
        (Reply::Now(one), Reply::Now(other)) => {
            Reply::Now(one.and_then(|one| Ok(worst(one, other?))))
        }
        (one, other) => Reply::later(async move { Ok(worst(one.await?, other.await?)) }),
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.is_taken && !*self.is_left.get_mut() {
            let meter = &self.meter;
            meter.finish(meter.end(&self.account, self.limit, &self.holder));
        }
    }
}

impl Meter {
    /// How soon leases that are held want to be renewed: a third of the shortest of their times; none where none is held.
    pub(crate) fn renew_within(&self) -> Option<Duration> {
        let held = self.held();
        held.iter()
            .map(|held| self.time_to_live(held.limit) / 3)
            .min()
    }

    /// Renews every lease that a guard holds. Dropped before it resolves, it may have renewed each or not.
    pub(crate) fn renew_leases(&self) -> impl Future<Output = ()> + Send + use<> {
        let renewing = self.held().into_iter().map(|held| {
            // A guard that is dropped meanwhile ends its lease, and is not waited for.
            let held = Arc::downgrade(&held);
            let piece: Piece = Box::pin(async move {
                let Some(renewing) = held.upgrade().map(|held| held.renew()) else {
                    return;
                };
                let renewed = renewing.await;
                if let Some(held) = held.upgrade() {
                    held.tell(&renewed);
                }
            });
            piece
        });
        work::all(renewing.collect::<Vec<_>>())
    }
}

/// Without the account: what is logged of it says nothing about a customer.
impl fmt::Debug for HeldLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.held.fmt(f)
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldLease")
            .field("limit", &self.meter.name(self.limit))
            .field("holder", &self.holder)
            .finish_non_exhaustive()
    }
}
