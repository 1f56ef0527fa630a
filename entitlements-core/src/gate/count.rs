//! U8 to U13 at a gate: limits are asked after all but rates, and held until the request is done.

use std::sync::Arc;

use super::hold::Parts;
use super::kept::Seen;
use super::rates::{Asker, Asks, Rated};
use super::{Admission, Gate, Hold, OnUnavailable, Settle};
use crate::catalog::LimitId;
use crate::decide::BoundRequirement;
use crate::reserve::{self, GiveBack, HeldLease, Meter, Refused, Reservation, Wanted};
use crate::{Current, Denial, Reply};

/// What a gate does about limits for one request.
struct Count<'a> {
    reserve: &'a [Wanted],
    give_back: &'a [Wanted],
    leases: &'a [LimitId],
    settle: Settle,
}

/// What was taken for a request.
struct Held {
    reservation: Option<Reservation>,
    give_back: Option<GiveBack>,
    leases: Vec<HeldLease>,
}

impl Gate {
    /// Asks for what is counted, everything else being met.
    pub(super) fn count(
        &self,
        current: &Current,
        bound: &BoundRequirement,
        method: &str,
        asks: Asks,
        seen: &Seen<'_>,
    ) -> Admission {
        if !self.inner.requirement.counts() {
            return self.weigh_rates(bound.rates(), Asker::of(current).payer, asks, seen);
        }
        match current.entitlements() {
            Some(engine) => self.count_with(
                engine.meter(),
                current,
                &self.for_method(bound, method),
                asks,
                seen,
            ),
            // The program is ending.
            None => self.deny(Denial::undetermined(), Some(current.account()), seen),
        }
    }

    /// D15, U9: whether anything is asked of a request with this method. A gate that demands nothing asks for an account.
    pub(super) fn asks_on(&self, method: &str) -> bool {
        let (rules, requirement) = (&self.inner.rules, &self.inner.requirement);
        rules.answers(method)
            && requirement.asks(rules.reserves_on(method), rules.gives_back_on(method))
    }

    fn for_method<'a>(&self, bound: &'a BoundRequirement, method: &str) -> Count<'a> {
        let rules = &self.inner.rules;
        Count {
            reserve: if rules.reserves_on(method) {
                bound.reserve()
            } else {
                &[]
            },
            give_back: if rules.gives_back_on(method) {
                bound.give_back()
            } else {
                &[]
            },
            leases: bound.leases(),
            // The answer to HEAD has no body that could be waited for.
            settle: if method == "HEAD" {
                Settle::AtHead
            } else {
                rules.settle
            },
        }
    }

    fn count_with(
        &self,
        meter: &Arc<Meter>,
        current: &Current,
        count: &Count<'_>,
        asks: Asks,
        seen: &Seen<'_>,
    ) -> Admission {
        if self.inner.rules.shadow {
            return self.peek(meter, current, count, asks, seen);
        }
        let give_back = (!count.give_back.is_empty()).then(|| {
            GiveBack::new(
                Arc::clone(meter),
                current.account().clone(),
                count.give_back,
            )
        });
        let reserved = match count.reserve {
            [] => Reply::Now(Ok(None)),
            wanted => reserve::reserve(meter, current, wanted).map(|reserved| reserved.map(Some)),
        };
        match (reserved, count.leases) {
            (Reply::Now(Err(refused)), _) => self.refuse(refused, current, asks, seen),
            (Reply::Now(Ok(reservation)), []) => {
                let held = Held {
                    reservation,
                    give_back,
                    leases: Vec::new(),
                };
                self.hold(held, count.settle, current, asks, seen)
            }
            (reserved, leases) => {
                let leases: Box<[LimitId]> = leases.into();
                let (gate, meter, settle) = (self.clone(), Arc::clone(meter), count.settle);
                let (current, seen) = (current.clone(), seen.owned());
                Admission::Later(Box::pin(async move {
                    let held = async {
                        let reservation = reserved.await?;
                        let leases = take_leases(&meter, &current, &leases).await?;
                        Ok((reservation, leases))
                    };
                    match held.await {
                        Ok((reservation, leases)) => {
                            let held = Held {
                                reservation,
                                give_back,
                                leases,
                            };
                            gate.hold(held, settle, &current, asks, &seen)
                        }
                        Err(refused) => gate.refuse(refused, &current, asks, &seen),
                    }
                }))
            }
        }
    }

    /// What is counted fits: rates are asked, and where they deny, all that is held is released (Q18).
    fn hold(
        &self,
        held: Held,
        settle: Settle,
        current: &Current,
        asks: Asks,
        seen: &Seen<'_>,
    ) -> Admission {
        let rated = self.rate(current, asks);
        let then = move |gate: &Self, rated, current: Option<&Current>, seen: &Seen<'_>| {
            let rates = match rated {
                Rated::Admitted(rates) => rates,
                Rated::Denied(_) => return gate.end(rated, current, seen),
            };
            let Held {
                reservation,
                give_back,
                leases,
            } = held;
            if reservation.is_none() && give_back.is_none() && leases.is_empty() {
                return gate.end(Rated::Admitted(rates), current, seen);
            }
            let _ = gate.allow();
            Admission::Hold(Hold {
                parts: Box::new(Parts {
                    reservation,
                    give_back,
                    leases,
                    settle,
                    rates,
                }),
            })
        };
        self.once_rated(rated, Some(current), seen, then)
    }

    /// Takes what is asked for of rates, or nothing of it.
    fn rate(&self, current: &Current, asks: Asks) -> Reply<Rated> {
        match self.bound(current.catalog()) {
            Ok(bound) => self.take(bound.rates(), Asker::of(current).payer, asks),
            Err(unknown) => Reply::Now(Rated::Denied(unknown.denial())),
        }
    }

    fn refuse(
        &self,
        refused: Refused,
        current: &Current,
        asks: Asks,
        seen: &Seen<'_>,
    ) -> Admission {
        match (&refused, self.inner.rules.on_unavailable) {
            (Refused::Unknown(error), OnUnavailable::Allow) => {
                tracing::warn!("a request passes uncounted: {error}");
                self.only_rated(current, asks, seen)
            }
            _ => self.deny(refused.denial(), Some(current.account()), seen),
        }
    }

    /// All that is left to ask is how fast it may come.
    fn only_rated(&self, current: &Current, asks: Asks, seen: &Seen<'_>) -> Admission {
        let rated = self.rate(current, asks);
        self.once_rated(rated, Some(current), seen, Self::end)
    }

    /// D17: what would be, without spending anything.
    fn peek(
        &self,
        meter: &Arc<Meter>,
        current: &Current,
        count: &Count<'_>,
        asks: Asks,
        seen: &Seen<'_>,
    ) -> Admission {
        let leases = count.leases.iter().map(|limit| Wanted {
            limit: *limit,
            amount: 1,
        });
        let wanted: Vec<_> = count.reserve.iter().copied().chain(leases).collect();
        if wanted.is_empty() {
            return self.only_rated(current, asks, seen);
        }
        let told = |gate: &Self, told, current: &Current, asks: Asks, seen: &Seen<'_>| match told {
            Ok(()) => gate.only_rated(current, asks, seen),
            Err(refused) => gate.refuse(refused, current, asks, seen),
        };
        match reserve::peek(meter, current, &wanted) {
            Reply::Now(answer) => told(self, answer, current, asks, seen),
            Reply::Later(answer) => {
                let (gate, current, seen) = (self.clone(), current.clone(), seen.owned());
                Admission::Later(Box::pin(async move {
                    told(&gate, answer.await, &current, asks, &seen)
                }))
            }
        }
    }
}

async fn take_leases(
    meter: &Arc<Meter>,
    current: &Current,
    limits: &[LimitId],
) -> Result<Vec<HeldLease>, Refused> {
    let mut leases = Vec::with_capacity(limits.len());
    for limit in limits {
        leases.push(HeldLease::take(meter, current, *limit, None).await?);
    }
    Ok(leases)
}
