//! Terms as a person reads them, in tables and in comparisons.

use std::fmt;

use crate::catalog::{
    AddonLimit, Catalog, Cycle, Limit, LimitTerm, Price, Rate, RateTerm, Retention,
};
use crate::strict::duration;

/// `3`, `unlimited`, `as licensed + 1, default 15`, `as subscribed`.
impl fmt::Display for LimitTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = match *self {
            Self::Fixed(limit) => return limit.fmt(f),
            Self::Licensed { plus, default } => {
                f.write_str("as licensed")?;
                if plus > 0 {
                    write!(f, " + {plus}")?;
                }
                default
            }
            Self::Quantity { default } => {
                f.write_str("as subscribed")?;
                default
            }
        };
        default.map_or(Ok(()), |default| write!(f, ", default {default}"))
    }
}

/// `+ 10`, `at least 50`, `unlimited`.
impl fmt::Display for AddonLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(more) => write!(f, "+ {more}"),
            Self::AtLeast(Limit::Unlimited) => f.write_str("unlimited"),
            Self::AtLeast(least) => write!(f, "at least {least}"),
        }
    }
}

/// `600 per 1m, burst 1000`; the burst only where it differs from the requests.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} per {}", self.requests(), duration::write(self.per()))?;
        if self.burst() == self.requests() {
            return Ok(());
        }
        write!(f, ", burst {}", self.burst())
    }
}

impl fmt::Display for RateTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(rate) => rate.fmt(f),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

/// `365 days`, `unlimited`, `yes`, `no`.
impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
            Self::Days(days) => f.write_str(&count_days(*days)),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

impl Catalog {
    /// A price as a person reads it, the cycle that is shown first in front: `49.00 EUR a month, 490.00 EUR a year`.
    ///
    /// The price must be of this catalog.
    #[must_use]
    pub fn price_text(&self, price: &Price) -> String {
        let amount = |cents: Option<u64>, cycle| {
            let cents = cents?;
            let (whole, rest) = (cents / 100, cents % 100);
            Some(format!("{whole}.{rest:02} {} a {cycle}", price.currency()))
        };
        let month = amount(price.monthly_cents(), "month");
        let year = amount(price.annual_cents(), "year");
        let (first, second) = match price.per() {
            Cycle::Month => (month, year),
            Cycle::Year => (year, month),
        };
        let mut text = [first, second]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ");
        if let Some((limit, free)) = price.per_seat_of() {
            text.push_str(&format!(" per seat ({}", self.limit_at(limit).title()));
            if free > 0 {
                text.push_str(&format!(", {free} free"));
            }
            text.push(')');
        }
        text
    }
}

pub(super) fn count_days(days: u64) -> String {
    match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
