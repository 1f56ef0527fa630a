use std::collections::BTreeMap;

use super::AllNames;
use super::duration::duration;
use super::fields::{Field, Fields};
use super::names::Names;
use super::report::{Report, quoted};
use crate::catalog::document::{Spot, Value};
use crate::catalog::table::{Id, LimitId, RateId};
use crate::catalog::{Limit, LimitTerm, Rate, RateTerm, Retention};

const LIMIT: &str = "a number or `\"unlimited\"`";
const TERM: &str = "a number, `\"unlimited\"`, `{ licensed = true }` or `{ quantity = true }`";

/// A plan's word on something, and where it stands.
pub(super) type Placed<'d, T> = (T, &'d Spot);

/// The entries of the table `key`, their names looked up.
pub(super) fn named<'d, I: Id>(
    fields: &Fields<'d>,
    key: &str,
    names: &Names<'_, I>,
    report: &mut Report<'_>,
) -> Vec<(I, Field<'d>)> {
    let Some(field) = fields.get(key) else {
        return Vec::new();
    };
    let entries = field.entries(report);
    entries
        .into_iter()
        .filter_map(|(entry, field)| {
            let id = names.look_up(&entry.key, fields.subject(), &entry.spot, report)?;
            Some((id, field))
        })
        .collect()
}

/// C13: the table `limits` of a plan.
pub(super) fn limits<'d>(
    fields: &Fields<'d>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) -> Vec<(LimitId, Placed<'d, LimitTerm>)> {
    let entries = named(fields, "limits", &names.limits, report);
    let terms = entries.into_iter().map(|(id, field)| {
        // A term that is wrong was named all the same: that it is wrong is told, and refuses the catalog.
        let told = LimitTerm::Fixed(Limit::Unlimited);
        let term = limit_term(&field, report).unwrap_or(told);
        (id, (term, &field.node.spot))
    });
    terms.collect()
}

fn limit_term(field: &Field<'_>, report: &mut Report<'_>) -> Option<LimitTerm> {
    let Value::Table(_) = field.node.value else {
        return limit(field, TERM, report).map(LimitTerm::Fixed);
    };
    let known = ["licensed", "plus", "default", "quantity"];
    let fields = Fields::of(
        &field.node.spot,
        field.node,
        field.what.clone(),
        &known,
        report,
    )?;
    let licensed = flag(&fields, "licensed", report);
    let quantity = flag(&fields, "quantity", report);
    let default = fields
        .get("default")
        .map(|default| limit(&default, LIMIT, report));
    let plus = fields.get("plus").map(|plus| plus.count(report));
    let fault = match (licensed, quantity) {
        (true, false) => {
            let (plus, default) = (
                plus.unwrap_or(Some(0))?,
                default.map_or(Some(None), |d| d.map(Some))?,
            );
            return Some(LimitTerm::Licensed { plus, default });
        }
        (false, true) if plus.is_some() => "`plus` belongs to `licensed = true` only",
        (false, true) => {
            return Some(LimitTerm::Quantity {
                default: default.map_or(Some(None), |d| d.map(Some))?,
            });
        }
        (true, true) => "`licensed` and `quantity` cannot both be there",
        (false, false) => "must have `licensed = true` or `quantity = true`",
    };
    report.add(&field.node.spot, fields.about(fault));
    None
}

/// Whether `key` is there, which it must be as `true` or not at all.
fn flag(fields: &Fields<'_>, key: &str, report: &mut Report<'_>) -> bool {
    let Some(field) = fields.get(key) else {
        return false;
    };
    if !matches!(field.node.value, Value::Boolean(true)) {
        field.refuse("`true` or left out", report);
    }
    true
}

/// A number or `"unlimited"`; `expected` says so in messages, and what else is allowed.
pub(super) fn limit(field: &Field<'_>, expected: &str, report: &mut Report<'_>) -> Option<Limit> {
    match &field.node.value {
        Value::Integer(number) => match u64::try_from(*number) {
            Ok(number) => Some(Limit::AtMost(number)),
            Err(_) if *number < 0 => {
                let message = format!(
                    "{} must be 0 or more, not `{number}`; any number is `\"unlimited\"`",
                    field.what
                );
                report.add(&field.node.spot, message);
                None
            }
            Err(_) => field.wrong("a number that fits in 64 bits", report),
        },
        Value::String(text) if text == "unlimited" => Some(Limit::Unlimited),
        Value::String(text) => {
            let message = format!(
                "{} must be {expected}, not the string {}",
                field.what,
                quoted(text)
            );
            report.add_near(&field.node.spot, message, text, ["unlimited"]);
            None
        }
        _ => field.wrong(expected, report),
    }
}

/// C15: the table `rates` of a plan.
pub(super) fn rates(
    fields: &Fields<'_>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) -> Vec<(RateId, RateTerm)> {
    let entries = named(fields, "rates", &names.rates, report);
    entries
        .into_iter()
        .filter_map(|(id, field)| Some((id, rate(&field, report)?)))
        .collect()
}

fn rate(field: &Field<'_>, report: &mut Report<'_>) -> Option<RateTerm> {
    if let Value::String(_) = field.node.value {
        return field.word(&[("unlimited", RateTerm::Unlimited)], report);
    }
    if !matches!(field.node.value, Value::Table(_)) {
        return field.wrong(
            "`{ requests = 60, per = \"1m\" }` or `\"unlimited\"`",
            report,
        );
    }
    let known = ["requests", "per", "burst"];
    let fields = Fields::of(
        &field.node.spot,
        field.node,
        field.what.clone(),
        &known,
        report,
    )?;
    let mut number = |field: Field<'_>| {
        let number = field.integer(1..=i128::from(u64::MAX), "an integer", report)?;
        u64::try_from(number).ok()
    };
    let burst = fields.get("burst").map(&mut number);
    let requests = fields.get("requests").map(number);
    if requests.is_none() {
        fields.need("requests", report);
    }
    let per = fields
        .need("per", report)
        .and_then(|per| duration(&per, report));
    let requests = requests??;
    Some(RateTerm::AtMost(Rate {
        requests,
        per: per?,
        burst: burst.unwrap_or(Some(requests))?,
    }))
}

/// C16: the table `retention` of a plan or an add-on.
pub(super) fn retention(
    fields: &Fields<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, Retention> {
    let Some(field) = fields.get("retention") else {
        return BTreeMap::new();
    };
    let entries = field.entries(report);
    let values = entries.into_iter().filter_map(|(entry, field)| {
        let value = match &field.node.value {
            Value::Boolean(flag) => Retention::Flag(*flag),
            Value::Integer(days) if u64::try_from(*days).is_ok() => {
                Retention::Days(u64::try_from(*days).ok()?)
            }
            Value::String(text) if text == "unlimited" => Retention::Unlimited,
            _ => {
                return field.wrong(
                    "a whole number of days, `\"unlimited\"` or a boolean",
                    report,
                );
            }
        };
        Some((entry.key.clone(), value))
    });
    values.collect()
}
