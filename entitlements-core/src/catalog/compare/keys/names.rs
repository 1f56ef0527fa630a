//! Plans and add-ons that keys name, and rates whose numbers they give.

use std::collections::BTreeSet;

use super::{KeyChange, KeyEffect};
use crate::catalog::{Catalog, RateTerm};
use crate::strict::duration;

pub(super) fn compare(before: &Catalog, after: &Catalog, changes: &mut Vec<KeyChange>) {
    plans(before, after, changes);
    for (_, addon) in before.addons() {
        let name = addon.name();
        if after.addon_id(name).is_none() {
            let message = format!("keys already issued with the add-on `{name}` would be refused");
            let change = KeyChange::new(KeyEffect::Refused, format!("addons.{name}"), message);
            changes.push(change.from(Some(name)));
        }
    }
    rates(before, after, changes);
}

/// Every word for a plan that a key may hold.
fn plans(before: &Catalog, after: &Catalog, changes: &mut Vec<KeyChange>) {
    let mapped = before.license.claims.plan_values.keys().map(String::as_str);
    let values: BTreeSet<&str> = before.plans.names().chain(mapped).collect();
    for value in values {
        let Some(old) = read_as(before, value) else {
            continue;
        };
        let next = read_as(after, value);
        let setting = match before.plan(value) {
            Some(_) => format!("plans.{value}"),
            None => format!("license.claims.plan_values.{value}"),
        };
        let change = match next {
            Some(next) if next == old => continue,
            Some(next) => {
                let message = format!(
                    "keys already issued for `{value}` would give plan `{next}`, not `{old}`"
                );
                KeyChange::new(KeyEffect::Changed, setting, message)
            }
            None => {
                let message =
                    format!("keys already issued for `{value}` would be refused: it is no plan");
                KeyChange::new(KeyEffect::Refused, setting, message)
            }
        };
        changes.push(change.from(Some(old)).to(next));
    }
}

/// The code of the plan that a key with this word is for.
fn read_as<'a>(catalog: &'a Catalog, value: &'a str) -> Option<&'a str> {
    let values = &catalog.license.claims.plan_values;
    let code = values.get(value).map_or(value, String::as_str);
    catalog.plan(code).map(|plan| plan.name())
}

/// A key's number of requests counts per the plan's time.
fn rates(before: &Catalog, after: &Catalog, changes: &mut Vec<KeyChange>) {
    for (rate, path) in &before.license.claims.rates {
        if after.license.claims.rates.get(rate) != Some(path) {
            continue;
        }
        for (_, plan) in before.plans_in_order() {
            let per =
                |catalog: &Catalog| match catalog.plan(plan.name())?.rate(catalog.rate_id(rate)?) {
                    RateTerm::AtMost(rate) => Some(duration::write(rate.per())),
                    RateTerm::Unlimited => None,
                };
            let (Some(old), Some(next)) = (per(before), per(after)) else {
                continue;
            };
            if old == next {
                continue;
            }
            let message = format!(
                "requests in `{path}` of keys already issued for `{}` would count per {next}, not per {old}",
                plan.name()
            );
            let setting = format!("plans.{}.rates.{rate}", plan.name());
            let change = KeyChange::new(KeyEffect::Changed, setting, message);
            changes.push(change.from(Some(old)).to(Some(next)));
        }
    }
}
