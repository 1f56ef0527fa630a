//! Which of two rates, or of two times of keeping something, is less to the customer.

use super::change::Verdict;
use crate::catalog::{Rate, RateTerm, Retention};

/// A loss where it is slower or its burst is smaller.
pub(super) fn weigh_rates(before: RateTerm, after: RateTerm) -> Verdict {
    let (RateTerm::AtMost(old), RateTerm::AtMost(next)) = (before, after) else {
        return Verdict::of(&before, &after);
    };
    let speed = |rate: Rate| RateTerm::AtMost(Rate { burst: 0, ..rate });
    match (
        Verdict::of(&speed(old), &speed(next)),
        Verdict::of(&old.burst, &next.burst),
    ) {
        (Verdict::Loss, _) | (_, Verdict::Loss) => Verdict::Loss,
        (Verdict::Neither, Verdict::Neither) => Verdict::Neither,
        _ => Verdict::Gain,
    }
}

/// Shorter is a loss; a promise and a number of days cannot be compared.
pub(super) fn weigh_retention(pair: (Option<Retention>, Option<Retention>)) -> Verdict {
    let is_flag = |value: &Retention| matches!(value, Retention::Flag(_));
    match pair {
        (Some(before), Some(after)) if is_flag(&before) != is_flag(&after) => Verdict::Neither,
        // A promise that is not made, and none at all, are the same to the customer.
        (None, Some(Retention::Flag(false))) | (Some(Retention::Flag(false)), None) => {
            Verdict::Neither
        }
        (before, after) => Verdict::of(&before, &after),
    }
}
