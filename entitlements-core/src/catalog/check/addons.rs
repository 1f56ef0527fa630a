use super::fields::{Field, Fields};
use super::price::{StripePrices, price};
use super::report::{Report, quoted};
use super::{AllNames, Section, definitions, features, terms};
use crate::catalog::document::Value;
use crate::catalog::{Addon, AddonLimit};

const ADDON: [&str; 8] = [
    "name",
    "description",
    "requires",
    "features",
    "limits",
    "retention",
    "price",
    "stripe_prices",
];

/// C19: the add-ons.
pub(super) fn read<'d>(
    tables: &Section<'d>,
    names: &AllNames<'d>,
    prices: &mut StripePrices<'d>,
    report: &mut Report<'_>,
) -> Vec<Addon> {
    let mut addons = Vec::new();
    for (name, spot, node) in tables {
        let subject = format!("add-on {}", quoted(name));
        let Some(fields) = Fields::of(spot, node, subject, &ADDON, report) else {
            continue;
        };
        let required = fields
            .get("requires")
            .map(|plans| plans.names(report))
            .unwrap_or_default();
        let requires = required
            .iter()
            .filter_map(|(plan, spot)| names.plans.look_up(plan, fields.subject(), spot, report))
            .collect();
        let limits = terms::named(&fields, "limits", &names.limits, report);
        let mut limits: Vec<_> = limits
            .iter()
            .filter_map(|(id, field)| Some((*id, limit(field, report)?)))
            .collect();
        limits.sort_unstable_by_key(|(id, _)| *id);
        addons.push(Addon {
            label: definitions::label(name, &fields, report),
            requires,
            features: features::list(&fields, &names.features, report),
            limits,
            retention: terms::retention(&fields, report),
            price: price(&fields, names, report),
            stripe_prices: prices.read(&fields, report),
        });
    }
    addons
}

fn limit(field: &Field<'_>, report: &mut Report<'_>) -> Option<AddonLimit> {
    if let Value::Table(_) = field.node.value {
        let fields = Fields::of(
            &field.node.spot,
            field.node,
            field.what.clone(),
            &["add"],
            report,
        )?;
        return fields
            .need("add", report)?
            .count(report)
            .map(AddonLimit::Add);
    }
    terms::limit(field, "a number, `\"unlimited\"` or `{ add = 10 }`", report)
        .map(AddonLimit::AtLeast)
}
