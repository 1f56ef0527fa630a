//! Whether a limit's term becomes more or less, for every number that a key or a subscription may name.

use super::change::Verdict;
use crate::catalog::{Limit, LimitTerm};

/// A limit as a plan of one catalog has it.
#[derive(Clone, Copy)]
pub(super) struct Held {
    /// None where the catalog has no such limit, so that nothing is limited.
    pub(super) term: Option<LimitTerm>,
    /// What the base plan gives whatever the plan says.
    pub(super) base: Limit,
}

/// Who has the plan, and the number they come with.
#[derive(Clone, Copy)]
enum Holder {
    License(Option<u64>),
    Subscription(Option<u64>),
}

/// A loss where any holder has less than before, a gain where nobody has and somebody has more.
pub(super) fn weigh(before: Held, after: Held) -> Verdict {
    let mut gained = false;
    for holder in holders(before, after) {
        match Verdict::of(&before.value(holder), &after.value(holder)) {
            Verdict::Loss => return Verdict::Loss,
            Verdict::Gain => gained = true,
            Verdict::Neither => {}
        }
    }
    if gained {
        Verdict::Gain
    } else {
        Verdict::Neither
    }
}

/// Every holder for whom the order of two terms may turn: values are straight lines between the numbers that the terms
/// name, so those, their neighbours and both ends are enough.
fn holders(before: Held, after: Held) -> impl Iterator<Item = Holder> {
    let named = [before.numbers(), after.numbers()].concat();
    let corners = named.iter().flat_map(|number| {
        let below = named.iter().map(move |other| number.saturating_sub(*other));
        below.chain([number.saturating_sub(1), *number, number.saturating_add(1)])
    });
    let numbers: Vec<u64> = corners.chain([0, 1, u64::MAX / 2]).collect();
    let unnamed = [Holder::License(None), Holder::Subscription(None)];
    unnamed
        .into_iter()
        .chain(numbers.into_iter().flat_map(move |number| {
            // R4: a key's number below a plan's fixed one never counted, so nobody was sold it.
            let license = before
                .counts(number)
                .then_some(Holder::License(Some(number)));
            license
                .into_iter()
                .chain([Holder::Subscription(Some(number))])
        }))
}

impl Held {
    fn counts(self, number: u64) -> bool {
        match self.term {
            Some(LimitTerm::Fixed(fixed)) => Limit::AtMost(number) >= fixed,
            _ => true,
        }
    }

    /// The numbers at which the value bends.
    fn numbers(self) -> Vec<u64> {
        let own = match self.term {
            None => [None, None],
            Some(LimitTerm::Fixed(fixed)) => [fixed.at_most(), None],
            Some(LimitTerm::Licensed { plus, default }) => {
                [Some(plus), default.and_then(Limit::at_most)]
            }
            Some(LimitTerm::Quantity { default }) => [default.and_then(Limit::at_most), None],
        };
        own.into_iter()
            .chain([self.base.at_most()])
            .flatten()
            .collect()
    }

    /// R4 and R5: what this holder may have.
    fn value(self, holder: Holder) -> Limit {
        let Some(term) = self.term else {
            return Limit::Unlimited;
        };
        let or_base = |default: Option<Limit>| default.unwrap_or(self.base);
        let own = match (term, holder) {
            (LimitTerm::Fixed(fixed), Holder::License(Some(number))) => {
                fixed.max(Limit::AtMost(number))
            }
            (LimitTerm::Fixed(fixed), _) => fixed,
            (LimitTerm::Licensed { plus, .. }, Holder::License(Some(number))) => {
                Limit::AtMost(number).plus(plus)
            }
            (LimitTerm::Licensed { default, .. }, _) => or_base(default),
            (LimitTerm::Quantity { .. }, Holder::Subscription(Some(number))) => {
                Limit::AtMost(number)
            }
            (LimitTerm::Quantity { default }, Holder::License(Some(number))) => {
                or_base(default).max(Limit::AtMost(number))
            }
            (LimitTerm::Quantity { default }, _) => or_base(default),
        };
        own.max(self.base)
    }
}
