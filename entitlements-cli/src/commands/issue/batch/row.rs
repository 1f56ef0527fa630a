//! From the cells of a row to what a license shall say.

use csv::StringRecord;
use entitlements_core::Limit;

use super::columns::Column;
use crate::commands::issue::{Term, Terms, draft};
use crate::failure::Failure;
use crate::quote::quoted;
use crate::time_arg;

/// What the flags say, with what the row says in place of it. White space around a cell does not matter.
pub(super) fn terms(
    columns: &[Column],
    cells: &StringRecord,
    flags: &Terms,
) -> Result<Terms, Failure> {
    let mut terms = flags.clone();
    let mut term = Term::default();
    let filled = columns
        .iter()
        .zip(cells)
        .map(|(column, cell)| (*column, cell.trim()))
        .filter(|(_, cell)| !cell.is_empty());
    for (column, cell) in filled {
        let bad = |why: String| {
            let message = format!("`{}` cannot be {}: {why}", column.name(), quoted(cell));
            Failure::usage("cell", message, "correct the cell")
        };
        if cell.contains(char::is_control) {
            return Err(bad(
                "it holds a line break or another control character".to_owned()
            ));
        }
        match column {
            Column::Customer => terms.customer = Some(cell.to_owned()),
            Column::Plan => terms.plan = Some(cell.to_owned()),
            Column::Features => terms.features = list(cell).map(str::to_owned).collect(),
            Column::WithoutFeatures => {
                terms.without_features = list(cell).map(str::to_owned).collect();
            }
            Column::Limits => terms.limits = numbers(cell).map_err(bad)?,
            Column::Rates => terms.rates = numbers(cell).map_err(bad)?,
            Column::Addons => terms.addons = list(cell).map(str::to_owned).collect(),
            Column::Expires => term.expires = Some(time_arg::expiry(cell).map_err(bad)?),
            Column::Days => term.days = Some(number(cell, 1, u32::MAX).map_err(bad)?),
            Column::NotBefore => terms.not_before = Some(time_arg::time(cell).map_err(bad)?),
            Column::IssuedAt => terms.issued_at = Some(time_arg::time(cell).map_err(bad)?),
            Column::GraceDays => terms.grace_days = Some(number(cell, 0, 3650).map_err(bad)?),
            Column::Deployments => terms.deployments = list(cell).map(str::to_owned).collect(),
            Column::Instance => terms.instance = Some(cell.to_owned()),
            Column::Trial => terms.trial = yes_or_no(cell).map_err(bad)?,
            Column::Id => terms.id = Some(cell.to_owned()),
            Column::Reason => {}
        }
    }
    if term.expires.is_some() && term.days.is_some() {
        let message = "`expires` and `days` exclude each other";
        return Err(Failure::usage(
            "cell",
            message,
            "leave one of the cells empty",
        ));
    }
    if !term.is_none() {
        terms.term = term;
    }
    Ok(terms)
}

fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

fn numbers(cell: &str) -> Result<Vec<(String, Limit)>, String> {
    list(cell).map(draft::number).collect()
}

fn number(cell: &str, least: u32, most: u32) -> Result<u32, String> {
    Some(cell)
        .filter(|cell| cell.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|cell| cell.parse().ok())
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| match most {
            u32::MAX => format!("not a whole number of at least {least}"),
            most => format!("not a whole number from {least} to {most}"),
        })
}

/// Spreadsheets write truth in capitals.
fn yes_or_no(cell: &str) -> Result<bool, String> {
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err("neither `yes` nor `no`".to_owned()),
    }
}
