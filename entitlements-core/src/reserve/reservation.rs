use std::fmt;
use std::sync::Arc;

use super::Meter;
use super::wanted::Wanted;
use super::work::{self, SeenThrough};
use crate::catalog::LimitId;
use crate::usage::{Ask, Place, ReservationId, UsageError};
use crate::{AccountId, Denial, Limit, Reply};

/// Room under one limit or several that was found and is held: a guard.
///
/// [`confirm`](Self::confirm) it once what it is for exists. Dropped before that, by an early return, a panic or a cancelled
/// future, it is released (U3).
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::{AccountId, testing};
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// let users = engine.limit(&AccountId::LOCAL, "users");
///
/// let room = users.reserve(1).await?;
/// // … the user is created …
/// room.confirm().await?;
/// assert_eq!(users.used().await?, 1);
/// # Ok::<(), entitlements_core::Denial>(())
/// # }).unwrap();
/// ```
#[must_use = "a reservation that is dropped is released"]
pub struct Reservation {
    meter: Arc<Meter>,
    account: AccountId,
    stored: Option<Stored>,
    /// Left when they are dropped.
    places: Vec<Place>,
}

/// What a store holds, until it is settled.
struct Stored {
    id: ReservationId,
    asks: Asked,
}

/// What was asked for. One limit is the rule, and needs no list.
pub(super) enum Asked {
    One((Wanted, Limit)),
    Several(Box<[(Wanted, Limit)]>),
}

impl Asked {
    fn as_slice(&self) -> &[(Wanted, Limit)] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }

    /// What was asked for in all of the limit at this place of the list.
    pub(super) fn wanted(&self, place: usize) -> Option<Wanted> {
        let (asked, _) = self.as_slice().get(place)?;
        let of_it = self
            .as_slice()
            .iter()
            .filter(|(wanted, _)| wanted.limit == asked.limit);
        let amount = of_it.fold(0_u64, |sum, (wanted, _)| sum.saturating_add(wanted.amount));
        Some(Wanted { amount, ..*asked })
    }
}

impl Reservation {
    pub(super) const fn new(meter: Arc<Meter>, account: AccountId, places: Vec<Place>) -> Self {
        Self {
            meter,
            account,
            stored: None,
            places,
        }
    }

    pub(super) fn stored(mut self, id: ReservationId, asks: Asked) -> Self {
        self.stored = Some(Stored { id, asks });
        self
    }

    /// Counts what was reserved: it exists now.
    ///
    /// # Errors
    /// The denial (503 `ENTITLEMENTS_UNAVAILABLE`), when the store cannot be asked; what exists is then not counted until `sync`
    /// says so.
    ///
    /// # Cancel safety
    /// Where a reply is dropped before it resolves, the upkeep goes on with it; without an upkeep it may have counted or not.
    pub fn confirm(self) -> Reply<Result<(), Denial>> {
        let settled = self.settle();
        settled.map(|settled| settled.map_err(|error| error.denial()))
    }

    /// The same, with what the store says.
    pub(crate) fn settle(mut self) -> Reply<Result<(), UsageError>> {
        let places = std::mem::take(&mut self.places);
        let Some(stored) = self.stored.take() else {
            return Reply::Now(Ok(()));
        };
        let meter = &self.meter;
        let now = meter.now();
        let asks = stored.asks.as_slice();
        let ask = |(wanted, allowed): &(Wanted, Limit)| Ask {
            limit: meter.name(wanted.limit),
            amount: wanted.amount,
            allowed: *allowed,
        };
        let confirmed = match asks {
            [one] => meter
                .store
                .confirm(&self.account, stored.id, &[ask(one)], now),
            several => {
                let asks: Vec<_> = several.iter().map(ask).collect();
                meter.store.confirm(&self.account, stored.id, &asks, now)
            }
        };
        // The places are left once it is counted.
        let confirmed = confirmed.map(move |confirmed| {
            drop(places);
            confirmed
        });
        SeenThrough::by(meter, confirmed, work::log)
    }

    /// Gives the room back at once, as dropping it does.
    pub fn release(self) {
        drop(self);
    }

    pub(crate) fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// The limits that there is room under.
    pub(crate) fn limits(&self) -> impl Iterator<Item = LimitId> {
        let stored = self.stored.iter().flat_map(|stored| stored.asks.as_slice());
        stored.map(|(wanted, _)| wanted.limit)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(stored) = self.stored.take() {
            let meter = &self.meter;
            meter.finish(meter.store.release(&self.account, stored.id, meter.now()));
        }
    }
}

/// Without the account: what is logged of it says nothing about a customer.
impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation")
            .field(
                "limits",
                &self
                    .limits()
                    .map(|limit| self.meter.name(limit))
                    .collect::<Vec<_>>(),
            )
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}
