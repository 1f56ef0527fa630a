//! U2, U4, U7, U12: asks for several limits, all or none.

use std::sync::Arc;

use super::reservation::{Asked, Reservation};
use super::work::SeenThrough;
use super::{Counter, Meter, Wanted};
use crate::decide::limit_denial;
use crate::usage::{Ask, Place, Reserved, UsageError, fits};
use crate::{Current, Denial, Reply};

/// Why nothing was reserved.
#[derive(Debug)]
pub(crate) enum Refused {
    /// There is no room.
    Denied(Denial),
    /// It cannot be told whether there is.
    Unknown(UsageError),
}

impl Refused {
    /// The denial that says it.
    pub(crate) fn denial(self) -> Denial {
        match self {
            Self::Denied(denial) => denial,
            Self::Unknown(error) => error.denial(),
        }
    }
}

type Outcome = Result<Reservation, Refused>;

/// Reserves everything that is wanted, or nothing.
pub(crate) fn reserve(meter: &Arc<Meter>, current: &Current, wanted: &[Wanted]) -> Reply<Outcome> {
    note(meter, wanted);
    let is_counted = |wanted: &Wanted| meter.counters.of(wanted.limit).is_some();
    if !wanted.iter().any(is_counted) {
        return reserve_stored(meter, current, wanted, Vec::new());
    }
    let (counted, stored): (Vec<_>, Vec<_>) = wanted.iter().copied().partition(is_counted);
    let (meter, current) = (Arc::clone(meter), current.clone());
    Reply::Later(Box::pin(async move {
        // Places first: they are this process's, and given back without asking anybody.
        let places = take_places(&meter, &current, &counted).await?;
        reserve_stored(&meter, &current, &stored, places).await
    }))
}

fn note(meter: &Meter, wanted: &[Wanted]) {
    let limits = wanted.iter().map(|wanted| wanted.limit);
    limits.for_each(|limit| meter.note_asked_for(limit));
}

fn reserve_stored(
    meter: &Arc<Meter>,
    current: &Current,
    wanted: &[Wanted],
    places: Vec<Place>,
) -> Reply<Outcome> {
    let set = current.set();
    let account = current.account().clone();
    let now = meter.now();
    let until = now.saturating_add(meter.lapse_after);
    let with_limit = |wanted: &Wanted| (*wanted, wanted.allowed(set));
    let (reserved, asked) = match wanted {
        [] => return Reply::Now(Ok(Reservation::new(Arc::clone(meter), account, places))),
        [one] => (
            meter.store.reserve(&account, &[one.ask(set)], until, now),
            Asked::One(with_limit(one)),
        ),
        several => {
            let asks: Vec<Ask<'_>> = several.iter().map(|wanted| wanted.ask(set)).collect();
            let asked = several.iter().map(with_limit).collect();
            let reserved = meter.store.reserve(&account, &asks, until, now);
            (reserved, Asked::Several(asked))
        }
    };
    let hold = Reservation::new(Arc::clone(meter), account, places);
    match reserved {
        Reply::Now(reserved) => Reply::Now(outcome(reserved, hold, asked, current)),
        later @ Reply::Later(_) => {
            let current = current.clone();
            let reserved = later.map(move |reserved| outcome(reserved, hold, asked, &current));
            // What is found for whoever went away is released when it is dropped.
            SeenThrough::by(meter, reserved, drop)
        }
    }
}

fn outcome(
    reserved: Result<Reserved, UsageError>,
    hold: Reservation,
    asked: Asked,
    current: &Current,
) -> Outcome {
    match reserved {
        Ok(Reserved::Held(id)) => Ok(hold.stored(id, asked)),
        Ok(Reserved::Full { ask, used }) => {
            let denial = asked.wanted(ask).map(|wanted| full(current, wanted, used));
            Err(denial.unwrap_or_else(|| {
                Refused::Unknown(UsageError::new(
                    "the store names a limit that nobody asked for",
                ))
            }))
        }
        Err(error) => Err(Refused::Unknown(error)),
    }
}

/// There is no room beside what is used.
pub(super) fn full(current: &Current, wanted: Wanted, used: u64) -> Refused {
    Refused::Denied(current.finish(limit_denial(
        current.set(),
        wanted.limit,
        used,
        wanted.amount,
    )))
}

/// U7: takes a place under each limit that the application counts, and counts.
async fn take_places(
    meter: &Meter,
    current: &Current,
    wanted: &[Wanted],
) -> Result<Vec<Place>, Refused> {
    let mut places = Vec::with_capacity(wanted.len());
    for wanted in added_up(wanted) {
        if let Some(counter) = meter.counters.of(wanted.limit) {
            places.push(take_place(meter, current, counter, wanted, wanted.amount).await?);
        }
    }
    Ok(places)
}

/// Each limit once: a place of one's own is not somebody ahead.
fn added_up(wanted: &[Wanted]) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        match all.iter_mut().find(|known| known.limit == wanted.limit) {
            Some(known) => known.amount = known.amount.saturating_add(wanted.amount),
            None => all.push(*wanted),
        }
    }
    all
}

/// Takes a place once there is room for what is wanted beside everybody ahead. Whoever comes behind sees what it keeps: `standing`.
async fn take_place(
    meter: &Meter,
    current: &Current,
    counter: &Arc<Counter>,
    wanted: Wanted,
    standing: u64,
) -> Result<Place, Refused> {
    let account = current.account();
    let mut place = meter
        .ledger
        .take(account, meter.name(wanted.limit), standing);
    if wanted.allowed(current.set()).at_most().is_none() {
        return Ok(place);
    }
    loop {
        let count = counter(account.clone()).await.map_err(Refused::Unknown)?;
        let ahead = place.ahead();
        let Err(refused) = room(current, wanted, count.saturating_add(ahead)) else {
            return Ok(place);
        };
        // Somebody ahead may have written what was counted just now, and left since: then they were seen twice.
        if place.look_again() >= ahead {
            return Err(refused);
        }
    }
}

/// Whether there is room now, without holding any of it (D17).
pub(crate) fn peek(
    meter: &Arc<Meter>,
    current: &Current,
    wanted: &[Wanted],
) -> Reply<Result<(), Refused>> {
    note(meter, wanted);
    if let [one] = wanted
        && meter.counters.of(one.limit).is_none()
    {
        let (one, current) = (*one, current.clone());
        let usage = meter
            .store
            .usage(current.account(), meter.name(one.limit), meter.now());
        return usage.map(move |usage| match usage {
            Ok(usage) => room(&current, one, usage.taken()),
            Err(error) => Err(Refused::Unknown(error)),
        });
    }
    let (meter, current, wanted) = (Arc::clone(meter), current.clone(), wanted.to_vec());
    Reply::Later(Box::pin(async move {
        for wanted in added_up(&wanted) {
            if let Some(counter) = meter.counters.of(wanted.limit) {
                // A place for nothing is in nobody's way.
                drop(take_place(&meter, &current, counter, wanted, 0).await?);
            } else {
                let name = meter.name(wanted.limit);
                let usage = meter.store.usage(current.account(), name, meter.now());
                let usage = usage.await.map_err(Refused::Unknown)?;
                room(&current, wanted, usage.taken())?;
            }
        }
        Ok(())
    }))
}

/// Whether an amount fits beside what is there.
pub(crate) fn room(current: &Current, wanted: Wanted, taken: u64) -> Result<(), Refused> {
    let allowed = wanted.allowed(current.set()).at_most();
    if fits(taken, 0, wanted.amount, allowed) {
        Ok(())
    } else {
        Err(full(current, wanted, taken))
    }
}
