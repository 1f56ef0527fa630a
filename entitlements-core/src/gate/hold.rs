use std::fmt;

use super::{Answered, Settle};
use crate::Reply;
use crate::rate::RateReport;
use crate::reserve::{GiveBack, HeldLease, Reservation};
use crate::usage::UsageError;

/// What is held for a request that passed: a guard.
///
/// Adapters keep it beside the response that they wait for, and say what became of it: [`head`](Self::head). Dropped before that, because
/// the handler panicked or the client went away, everything is released (U8).
#[must_use = "what is held is released when this is dropped"]
pub struct Hold {
    pub(super) parts: Box<Parts>,
}

#[derive(Debug)]
pub(super) struct Parts {
    pub(super) reservation: Option<Reservation>,
    pub(super) give_back: Option<GiveBack>,
    pub(super) leases: Vec<HeldLease>,
    pub(super) settle: Settle,
    pub(super) rates: Option<RateReport>,
}

impl Hold {
    /// The lease for a handler that goes on after its response, such as on an upgraded connection, and takes a clone: it keeps all
    /// that is held for the request, with what an `outer` gate put there. None where this gate leases nothing.
    #[must_use]
    pub fn lease(&self, outer: Option<HeldLease>) -> Option<HeldLease> {
        let mut leases = self.parts.leases.iter().cloned();
        let first = leases.next()?;
        let first = first.beside(outer);
        Some(leases.fold(first, |kept, lease| lease.beside(Some(kept))))
    }

    /// Where the rates stand that the request was held against, for the head of its response.
    #[must_use]
    pub fn rates(&self) -> Option<&RateReport> {
        self.parts.rates.as_ref()
    }

    /// Says what the head of the response tells. What the reply gives is to be kept until the body's end.
    ///
    /// # Cancel safety
    /// Where a reply is dropped before it resolves, the upkeep settles.
    pub fn head(self, answered: Answered) -> Reply<Option<BodyHold>> {
        let mut parts = self.parts;
        let Answered { success, has_body } = answered;
        if success && has_body && parts.settle == Settle::AtBodyEnd {
            return Reply::Now(Some(BodyHold { parts }));
        }
        let leases = std::mem::take(&mut parts.leases);
        let settled = if success {
            parts.succeed()
        } else {
            drop(parts);
            Reply::Now(Ok(()))
        };
        settled.map(move |settled| {
            log(settled);
            // U11: also where the handler failed, whose body may take as long as any.
            (has_body && !leases.is_empty()).then(|| BodyHold {
                parts: Box::new(Parts {
                    reservation: None,
                    give_back: None,
                    leases,
                    settle: Settle::AtHead,
                    rates: None,
                }),
            })
        })
    }
}

impl Parts {
    /// Confirms and gives back.
    fn succeed(mut self: Box<Self>) -> Reply<Result<(), UsageError>> {
        let confirmed = self.reservation.take().map(Reservation::settle);
        let given_back = self.give_back.take().map(GiveBack::give);
        match (confirmed, given_back) {
            (None, None) => Reply::Now(Ok(())),
            (Some(one), None) | (None, Some(one)) => one,
            (Some(Reply::Now(one)), Some(Reply::Now(other))) => Reply::Now(one.and(other)),
            (Some(one), Some(other)) => Reply::Later(Box::pin(async move {
                let one = one.await;
                one.and(other.await)
            })),
        }
    }
}

fn log(settled: Result<(), UsageError>) {
    if let Err(error) = settled {
        tracing::warn!("a request succeeded, and what it used is not counted: {error}");
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}

/// What is held until the end of a response's body.
///
/// Dropped before [`end`](Self::end), because the body failed or the client went away, everything is released.
#[must_use = "what is held is released when this is dropped"]
pub struct BodyHold {
    parts: Box<Parts>,
}

impl BodyHold {
    /// Says that the body was sent to its end.
    pub fn end(self) {
        let mut parts = self.parts;
        let meter = match (&parts.reservation, &parts.give_back) {
            (Some(reservation), _) => reservation.meter(),
            (None, Some(give_back)) => give_back.meter(),
            (None, None) => return,
        };
        let leases = std::mem::take(&mut parts.leases);
        meter.finish(parts.succeed());
        drop(leases);
    }
}

impl fmt::Debug for BodyHold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}
