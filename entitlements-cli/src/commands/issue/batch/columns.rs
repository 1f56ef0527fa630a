//! What a batch's file can say about a license: the flags of `issue`, by their names.

use clap::builder::EnumValueParser;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, ValueEnum};

use super::sheet::{Fault, Row};
use crate::quote::quoted;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Column {
    Customer,
    Plan,
    #[value(alias = "feature")]
    Features,
    #[value(alias = "without_feature")]
    WithoutFeatures,
    #[value(alias = "limit")]
    Limits,
    #[value(alias = "rate")]
    Rates,
    #[value(alias = "addon")]
    Addons,
    Expires,
    Days,
    NotBefore,
    IssuedAt,
    GraceDays,
    #[value(alias = "deployment")]
    Deployments,
    Instance,
    Trial,
    Id,
    /// Why a row was refused the last time; not read.
    #[value(hide = true)]
    Reason,
}

impl Column {
    /// The column of this name, which may be spelled as the flag is, in any case; else the name that was most likely meant.
    fn named(name: &str) -> Result<Self, Option<String>> {
        let name = name.to_lowercase().replace('-', "_");
        Self::from_str(&name, false).map_err(|_| nearest(&name))
    }

    pub(super) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// All that can be filled in, for messages.
    fn names() -> String {
        let names: Vec<String> = Self::value_variants()
            .iter()
            .filter(|column| **column != Self::Reason)
            .map(|column| format!("`{}`", column.name()))
            .collect();
        names.join(", ")
    }
}

/// What the first line of a file says its columns are.
pub(super) fn read(header: &Row) -> Result<Vec<Column>, Fault> {
    if let [name] = header.cells.iter().collect::<Vec<_>>().as_slice()
        && let Some(separator) = [';', '\t'].into_iter().find(|c| name.contains(*c))
    {
        let shown = if separator == '\t' { "tabs" } else { "`;`" };
        return Err(Fault::new(
            format!("separates its columns by {shown}"),
            "save it with commas between the columns; `;` is for lists within a cell",
        ));
    }
    let mut columns = Vec::new();
    for (index, name) in header.cells.iter().enumerate() {
        let place = format!("in line {}, column {}", header.line, index + 1);
        let column = Column::named(name.trim()).map_err(|near| {
            let near = near
                .map(|near| format!(", did you mean `{near}`?"))
                .unwrap_or_default();
            Fault::new(
                format!(
                    "names an unknown column {} {place}{near}",
                    quoted(name.trim())
                ),
                instruction(),
            )
        })?;
        if let Some(before) = columns.iter().position(|before| *before == column) {
            return Err(Fault::new(
                format!(
                    "names the column `{}` {place}, and in column {} already",
                    column.name(),
                    before + 1
                ),
                "leave one of them out",
            ));
        }
        columns.push(column);
    }
    Ok(columns)
}

/// What a first line must be.
pub(super) fn instruction() -> String {
    format!(
        "the first line names the columns, of these: {}",
        Column::names()
    )
}

/// Nothing longer was meant to be the name of a column; comparing takes time for every byte, and a file can be all one name.
const LONGEST_NEAR_A_NAME: usize = 64;

/// By the measure that mistyped flags are judged by, which only the argument parser has.
fn nearest(name: &str) -> Option<String> {
    if name.len() > LONGEST_NEAR_A_NAME {
        return None;
    }
    let column = Arg::new("column")
        .value_parser(EnumValueParser::<Column>::new())
        .allow_hyphen_values(true);
    let parser = Command::new("columns").no_binary_name(true).arg(column);
    let name = name.replace(' ', "_");
    if let Ok(column) = Column::from_str(&name, false) {
        return Some(column.name());
    }
    match parser
        .try_get_matches_from([name])
        .err()?
        .get(ContextKind::SuggestedValue)?
    {
        ContextValue::String(near) => Some(near.clone()),
        _ => None,
    }
}
