use std::path::PathBuf;

use clap::ArgGroup;
use clap::builder::NonEmptyStringValueParser;
use entitlements_core::{Clock as _, Limit, SystemClock, Timestamp};

use crate::failure::Failure;
use crate::output::Format;
use crate::report::Report;
use crate::time_arg;

mod batch;
mod draft;
mod issuer;
mod one;
mod refusal;

const EXAMPLES: &str = "\
Examples:
  entitlements issue --key keys/acme.private.pem --customer \"Acme GmbH\" \\
      --plan business --days 365
  entitlements issue --key keys/acme.private.pem --catalog entitlements.toml \\
      --customer \"Acme GmbH\" --plan enterprise --limit users=50 \\
      --limit nodes=unlimited --feature sso --expires 2027-12-31
  entitlements issue --key keys/acme.private.pem --catalog entitlements.toml \\
      --batch customers.csv --out licenses --plan business --days 365

With `--catalog` the key gets the claims that the catalog's `[license]` table
says, and names that the catalog lacks are refused. The key alone goes to
stdout.

Many keys at once: the first line of the CSV file names its columns, of these:
customer, plan, features, without_features, limits, rates, addons, expires,
days, not_before, issued_at, grace_days, deployments, instance, trial, id. They
can be spelled as the flags are too (`feature`, `not-before`), in any case.
Several names in one cell are separated by `;`, limits and rates are written
`users=50;nodes=unlimited`, trial `yes` or `no`, `true` or `false`, `1` or `0`.
The flags of the same meaning count for rows whose cell is empty or missing; a
cell replaces them. Each key becomes `DIR/<id>.key`; no file is ever written
over. Rows that are refused do not stop the others: they are reported, and
copied to `DIR/refused.csv` to be corrected and given to `--batch` again (its
column `reason` is not read). Giving the same file a second time issues new keys
for rows without an id, and refuses rows with one, whose file exists.
Exit codes: 0 all were issued, 1 some were refused.";

/// What the parser would write is wider than a terminal, and does not say that a batch needs `--out`.
const USAGE: &str = "\
entitlements issue --key <PRIVATE.pem> --customer <NAME>
           <--expires <DATE|TIME>|--days <N>> [OPTIONS]
       entitlements issue --key <PRIVATE.pem> --batch <FILE.csv> --out <DIR>
           [OPTIONS]";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
#[command(group = ArgGroup::new("end").args(["expires", "days", "batch"]).required(true).multiple(true))]
pub(crate) struct Args {
    /// The private key that signs (PKCS#8 PEM, as `keygen` writes it)
    #[arg(long, value_name = "PRIVATE.pem")]
    key: PathBuf,

    /// The catalog that says what there is and how keys look
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,

    #[command(flatten)]
    terms: Terms,

    /// The key id in the header; by default the thumbprint of the signing key
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    kid: Option<String>,

    /// Write `Ed25519` as the algorithm (RFC 9864) in place of `EdDSA`, which older products do not know
    #[arg(long)]
    rfc9864: bool,

    /// Issue a key for each row of this file (CSV, UTF-8, with a line of column names)
    #[arg(long, value_name = "FILE.csv", requires = "out")]
    batch: Option<PathBuf>,

    /// The directory for the keys of a batch, made if missing
    #[arg(long, value_name = "DIR", requires = "batch")]
    out: Option<PathBuf>,
}

// What a license shall say. A row of a batch starts from what the flags say.
#[derive(Debug, Clone, clap::Args)]
struct Terms {
    /// Whom the license is for
    #[arg(
        long,
        value_name = "NAME",
        value_parser = NonEmptyStringValueParser::new(),
        required_unless_present = "batch"
    )]
    customer: Option<String>,

    /// The plan; may be left out where the catalog's keys grant only what they list
    #[arg(long, value_name = "PLAN")]
    plan: Option<String>,

    /// A feature on top of the plan's; can be repeated
    #[arg(long = "feature", value_name = "FEATURE")]
    features: Vec<String>,

    /// A feature that the plan has and this license does not; can be repeated
    #[arg(long = "without-feature", value_name = "FEATURE")]
    without_features: Vec<String>,

    /// How many of something, or `unlimited`; can be repeated
    #[arg(long = "limit", value_name = "NAME=N|unlimited", value_parser = draft::number)]
    limits: Vec<(String, Limit)>,

    /// How many requests in the time that the plan says, or `unlimited`; can be repeated
    ///
    /// For catalogs whose keys have a claim for it (`[license.claims] rates`).
    #[arg(long = "rate", value_name = "NAME=N|unlimited", value_parser = draft::number)]
    rates: Vec<(String, Limit)>,

    /// An add-on; can be repeated
    #[arg(long = "addon", value_name = "ADDON")]
    addons: Vec<String>,

    #[command(flatten)]
    term: Term,

    /// When the license begins, as 2027-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time_arg::time)]
    not_before: Option<Timestamp>,

    /// When it is issued; by default now
    #[arg(long, value_name = "TIME", value_parser = time_arg::time)]
    issued_at: Option<Timestamp>,

    /// Days for which it stays in force after it ends, 0 to 3650; by default what the catalog says, else 14
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=3650))]
    grace_days: Option<u32>,

    /// A deployment that it is bound to; can be repeated
    #[arg(long = "deployment", value_name = "ID")]
    deployments: Vec<String>,

    /// The fingerprint of the one instance that it is bound to
    #[arg(long, value_name = "FINGERPRINT")]
    instance: Option<String>,

    /// It is for a trial
    #[arg(long)]
    trial: bool,

    /// The license's id; by default the catalog's prefix and a UUIDv7
    #[arg(long, value_name = "ID", conflicts_with = "batch")]
    id: Option<String>,
}

#[derive(Debug, Clone, Default, clap::Args)]
struct Term {
    /// When the license ends; a bare date is the end of that day in UTC
    #[arg(long, value_name = "DATE|TIME", value_parser = time_arg::expiry, conflicts_with = "days")]
    expires: Option<Timestamp>,

    /// Days from when it is issued to when it ends, at least 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
}

impl Term {
    const fn is_none(&self) -> bool {
        self.expires.is_none() && self.days.is_none()
    }
}

pub(crate) fn run(args: &Args, format: Format) -> Result<Report, Failure> {
    let now = SystemClock::new().now();
    match (&args.batch, &args.out) {
        (Some(file), Some(out)) => batch::run(args, file, out, format, now),
        _ => one::run(args, now),
    }
}
