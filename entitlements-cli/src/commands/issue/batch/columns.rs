//! What a batch's file can say about a license: the flags of `issue`, by their names.

use clap::builder::EnumValueParser;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, ValueEnum};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Column {
    Customer,
    Plan,
    Features,
    Limits,
    Addons,
    Expires,
    Days,
    NotBefore,
    IssuedAt,
    GraceDays,
    Deployments,
    Instance,
    Trial,
    Id,
    /// Why a row was refused the last time; not read.
    #[value(hide = true)]
    Reason,
}

impl Column {
    /// The column of this name, else the name that was most likely meant.
    pub(super) fn named(name: &str) -> Result<Self, Option<String>> {
        Self::from_str(name, false).map_err(|_| nearest(name))
    }

    pub(super) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// All that can be filled in, for messages.
    pub(super) fn names() -> String {
        let names: Vec<String> = Self::value_variants()
            .iter()
            .filter(|column| **column != Self::Reason)
            .map(|column| format!("`{}`", column.name()))
            .collect();
        names.join(", ")
    }
}

/// By the measure that mistyped flags are judged by, which only the argument parser has.
fn nearest(name: &str) -> Option<String> {
    let column = Arg::new("column")
        .value_parser(EnumValueParser::<Column>::new())
        .allow_hyphen_values(true);
    let parser = Command::new("columns").no_binary_name(true).arg(column);
    let name = name.to_lowercase().replace([' ', '-'], "_");
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
