use std::path::PathBuf;

use clap::ValueEnum;

use crate::catalog_file;
use crate::failure::Failure;
use crate::report::Report;

mod escape;
mod html;
mod markdown;
mod matrix;
mod text;

use matrix::Matrix;

const EXAMPLES: &str = "\
Examples:
  entitlements catalog table entitlements.toml
  entitlements catalog table entitlements.toml --format markdown >> PRICING.md
  entitlements catalog table entitlements.toml --json

Plans come in the order of `plan_order`, others behind them by name. `html` is a
`<table>` to put into a page. `json` is what the global `--json` writes too; the
README of entitlements-cli describes its members.
Exit codes: 0 fine, 2 the catalog cannot be used.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The catalog, TOML or JSON by its ending
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The form of the table; without it, one for a terminal of 80 columns
    #[arg(long, value_enum)]
    format: Option<Form>,
}

/// What the table is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A table of GitHub's Markdown
    Markdown,
    /// A `<table>` without styles
    Html,
    /// One line of JSON
    Json,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let catalog = catalog_file::read(&args.file)?;
    let matrix = Matrix::of(&catalog);
    let json = catalog.table_json();
    let text = match args.format {
        None => text::text(&matrix),
        Some(Form::Markdown) => markdown::markdown(&matrix),
        Some(Form::Html) => html::html(&matrix),
        Some(Form::Json) => json.clone(),
    };
    Ok(Report::of_json(text, json))
}
