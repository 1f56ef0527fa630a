use std::path::{Path, PathBuf};

use entitlements_core::Catalog;
use entitlements_core::catalog::{CatalogError, Mistake, Place};
use serde::Serialize;

use crate::catalog_file::check_readable;
use crate::failure::Failure;
use crate::quote;
use crate::report::{Report, Verdict};

const EXAMPLES: &str = "\
Examples:
  entitlements catalog check entitlements.toml
  entitlements catalog check --json entitlements.json

Exit codes: 0 no mistakes, 2 mistakes, or the file cannot be read or is not
named *.toml or *.json.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The catalog, TOML or JSON by its ending
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct Fine<'a> {
    valid: bool,
    product: &'a str,
    plans: usize,
    features: usize,
    limits: usize,
    rates: usize,
    addons: usize,
    mistakes: [(); 0],
}

#[derive(Serialize)]
struct Faulty<'a> {
    valid: bool,
    mistakes: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    /// The place in words; `line` and `column`, or `pointer`, where it is in a text.
    place: String,
    line: Option<usize>,
    column: Option<usize>,
    pointer: Option<&'a str>,
    message: &'a str,
    suggestion: Option<&'a str>,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let path = &args.file;
    // A file that cannot be read has no mistakes to list.
    check_readable(path)?;
    match Catalog::read_file(path) {
        Ok(catalog) => fine(path, &catalog),
        Err(error) => faulty(path, &error),
    }
}

fn fine(path: &Path, catalog: &Catalog) -> Result<Report, Failure> {
    let fine = Fine {
        valid: true,
        product: catalog.product_name(),
        plans: catalog.plans().len(),
        features: catalog.features().len(),
        limits: catalog.limits().len(),
        rates: catalog.rates().len(),
        addons: catalog.addons().len(),
        mistakes: [],
    };
    let text = format!(
        "{} is fine: {}, {}, {}",
        quote::plain(&path.to_string_lossy()),
        count(fine.plans, "plan"),
        count(fine.features, "feature"),
        count(fine.limits, "limit"),
    );
    Report::new(text, &fine)
}

fn faulty(path: &Path, error: &CatalogError) -> Result<Report, Failure> {
    let mistakes = error.mistakes();
    let lines: Vec<String> = mistakes.iter().map(|mistake| line(path, mistake)).collect();
    let found = Faulty {
        valid: false,
        mistakes: mistakes.iter().map(found).collect(),
    };
    let first = mistakes
        .first()
        .map_or(String::new(), |first| format!(": {first}"));
    let count = match mistakes.len() {
        1 => "a mistake".to_owned(),
        more => format!("{more} mistakes, the first"),
    };
    let message = format!("{} has {count}{first}", quote::path(path));
    let action = "correct what is listed on stdout, and check again";
    let verdict = Verdict::Bad(Failure::usage("mistakes", message, action));
    Ok(Report::new(lines.join("\n"), &found)?.with_verdict(verdict))
}

fn line(path: &Path, mistake: &Mistake) -> String {
    let path = quote::plain(&path.to_string_lossy());
    match mistake.place() {
        Place::Whole => format!("{path}: {}", mistake.message()),
        _ => format!("{path}: {mistake}"),
    }
}

fn found(mistake: &Mistake) -> Found<'_> {
    let (line, column, pointer) = match mistake.place() {
        Place::Line { line, column } => (Some(*line), Some(*column), None),
        Place::Pointer(pointer) => (None, None, Some(pointer.as_str())),
        _ => (None, None, None),
    };
    Found {
        place: mistake.place().to_string(),
        line,
        column,
        pointer,
        message: mistake.message(),
        suggestion: mistake.suggestion(),
    }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}
