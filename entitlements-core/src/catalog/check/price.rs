use std::collections::HashMap;

use super::AllNames;
use super::fields::Fields;
use super::report::{Report, quoted};
use crate::catalog::plan::{Cycle, PerSeat, Price};

const PRICE: [&str; 6] = [
    "currency",
    "monthly_cents",
    "annual_cents",
    "per",
    "per_seat_of",
    "free_seats",
];

/// C17: the table `price` of a plan or an add-on.
pub(super) fn price(
    owner: &Fields<'_>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) -> Option<Price> {
    let field = owner.get("price")?;
    let fields = Fields::of(
        &field.node.spot,
        field.node,
        field.what.clone(),
        &PRICE,
        report,
    )?;
    let currency = fields.need("currency", report).and_then(|currency| {
        let code = currency.string(report)?;
        if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            Some(code.to_owned())
        } else {
            currency.wrong("three capital letters such as `EUR`", report)
        }
    });
    let monthly_cents = fields
        .get("monthly_cents")
        .and_then(|cents| cents.count(report));
    let annual_cents = fields
        .get("annual_cents")
        .and_then(|cents| cents.count(report));
    if fields
        .key("monthly_cents")
        .or(fields.key("annual_cents"))
        .is_none()
    {
        let message = "`monthly_cents` or `annual_cents` is missing";
        report.add(&field.node.spot, fields.about(message));
    }
    let per = fields
        .get("per")
        .and_then(|per| per.word(&[("month", Cycle::Month), ("year", Cycle::Year)], report));
    let first = if monthly_cents.is_some() {
        Cycle::Month
    } else {
        Cycle::Year
    };
    let limit = fields
        .get("per_seat_of")
        .and_then(|limit| names.limits.of(&limit, &limit.what, report));
    let free = fields.get("free_seats").map(|free| free.count(report));
    if let Some(spot) = fields
        .key("free_seats")
        .filter(|_| fields.key("per_seat_of").is_none())
    {
        report.add(spot, fields.about("`free_seats` needs `per_seat_of`"));
    }
    Some(Price {
        currency: currency?,
        monthly_cents,
        annual_cents,
        per: per.unwrap_or(first),
        seats: limit.map(|limit| PerSeat {
            limit,
            free: free.flatten().unwrap_or(0),
        }),
    })
}

/// The Stripe prices so far, and what each stands for.
#[derive(Default)]
pub(super) struct StripePrices<'d> {
    owners: HashMap<&'d str, String>,
}

impl<'d> StripePrices<'d> {
    /// C18: the list `stripe_prices`, each of which stands for one plan or add-on.
    pub(super) fn read(&mut self, owner: &Fields<'d>, report: &mut Report<'_>) -> Vec<String> {
        let Some(field) = owner.get("stripe_prices") else {
            return Vec::new();
        };
        let mut prices = Vec::new();
        for (price, spot) in field.names(report) {
            if let Some(other) = self.owners.get(price) {
                let message = format!("the stripe price {} stands for {other} too", quoted(price));
                report.add(spot, owner.about(&message));
            } else {
                self.owners.insert(price, owner.subject().to_owned());
            }
            prices.push(price.to_owned());
        }
        prices
    }
}
