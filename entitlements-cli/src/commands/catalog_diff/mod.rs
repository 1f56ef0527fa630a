use std::path::PathBuf;

use crate::catalog_file;
use crate::failure::Failure;
use crate::report::Report;

mod json;
mod sentence;
mod text;

const EXAMPLES: &str = "\
Examples:
  entitlements catalog diff sold.toml next.toml
  entitlements catalog diff --json sold.toml next.toml

Compared is what customers have, not what is written: `extends` is followed, and
what the default plan gives to everybody is nobody's loss. Before the gains come
the keys that are already issued and would be refused.
Exit codes: 0 both catalogs can be used, whatever differs; 2 one of them cannot.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The catalog that customers have bought by
    #[arg(value_name = "A")]
    before: PathBuf,

    /// The catalog that is to take its place
    #[arg(value_name = "B")]
    after: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let before = catalog_file::read(&args.before)?;
    let after = catalog_file::read(&args.after)?;
    let diff = before.compare(&after);
    Report::new(
        text::text((&args.before, &args.after), &diff),
        &json::Diff::of(&diff),
    )
}
