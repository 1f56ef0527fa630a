use super::shared::{call, call_with};
use crate::catalog::Cycle;
use crate::catalog::document::{Draft, Item};

/// What a plan or an add-on costs, for their `price`.
#[derive(Debug, Clone)]
#[must_use]
pub struct PriceBuilder {
    pub(super) draft: Draft,
}

impl PriceBuilder {
    /// Begins a price in a currency, by its three capital letters (ISO 4217).
    pub fn new(currency: &str) -> Self {
        let mut draft = Draft::default();
        draft.set("currency", String::new(), Item::text(currency));
        Self { draft }
    }

    /// Sets the cents a month when paid monthly.
    pub fn monthly_cents(self, cents: u64) -> Self {
        self.number("monthly_cents", cents)
    }

    /// Sets the cents a year when paid annually.
    pub fn annual_cents(self, cents: u64) -> Self {
        self.number("annual_cents", cents)
    }

    /// Says which cycle a pricing table shows first; monthly by default, if there is a monthly price.
    pub fn per(mut self, cycle: Cycle) -> Self {
        let word = match cycle {
            Cycle::Month => "month",
            Cycle::Year => "year",
        };
        self.draft.set("per", String::new(), Item::text(word));
        self
    }

    /// Multiplies it by what the limit counts, beyond the free ones.
    pub fn per_seat_of(mut self, limit: &str, free_seats: u64) -> Self {
        self.draft
            .set("per_seat_of", call("per_seat_of", limit), Item::text(limit));
        self.draft.set(
            "free_seats",
            String::new(),
            Item::Integer(free_seats.into()),
        );
        self
    }

    fn number(mut self, key: &str, number: u64) -> Self {
        self.draft
            .set(key, call_with(key, number), Item::Integer(number.into()));
        self
    }
}
