use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use entitlements_core::license::{LicenseIssuer, LicenseVerifier, SigningKey};
use entitlements_core::{Clock as _, Limit, SystemClock, Timestamp};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::catalog_file;
use crate::failure::Failure;
use crate::files::read_key_file;
use crate::quote;
use crate::report::Report;
use crate::time_arg::{self, whole_seconds};

mod draft;
mod refusal;

const EXAMPLES: &str = "\
Examples:
  entitlements issue --key keys/acme.private.pem --customer \"Acme GmbH\" --plan business --days 365
  entitlements issue --key keys/acme.private.pem --catalog entitlements.toml --customer \"Acme GmbH\" \\
      --plan enterprise --limit users=50 --limit nodes=unlimited --feature sso --expires 2027-12-31

With `--catalog` the key gets the claims that the catalog's `[license]` table says, and names that the
catalog lacks are refused. The key alone goes to stdout.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The private key that signs (PKCS#8 PEM, as `keygen` writes it)
    #[arg(long, value_name = "PRIVATE.pem")]
    key: PathBuf,

    /// The catalog that says what there is and how keys look
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,

    /// Whom the license is for
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    customer: String,

    /// The plan; may be left out where the catalog's keys grant only what they list
    #[arg(long, value_name = "PLAN")]
    plan: Option<String>,

    /// A feature on top of the plan's; can be repeated
    #[arg(long = "feature", value_name = "FEATURE")]
    features: Vec<String>,

    /// How many of something, or `unlimited`; can be repeated
    #[arg(long = "limit", value_name = "NAME=N|unlimited", value_parser = draft::limit)]
    limits: Vec<(String, Limit)>,

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

    /// A deployment that it is bound to; can be repeated. Products do not check it yet
    #[arg(long = "deployment", value_name = "ID")]
    deployments: Vec<String>,

    /// The fingerprint of the one instance that it is bound to. Products do not check it yet
    #[arg(long, value_name = "FINGERPRINT")]
    instance: Option<String>,

    /// It is for a trial
    #[arg(long)]
    trial: bool,

    /// The license's id; by default the catalog's prefix and a UUIDv7
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// The key id in the header; by default the thumbprint of the signing key
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    kid: Option<String>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Term {
    /// When the license ends; a bare date is the end of that day in UTC
    #[arg(long, value_name = "DATE|TIME", value_parser = time_arg::expiry)]
    expires: Option<Timestamp>,

    /// Days from when it is issued to when it ends, at least 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
}

#[derive(Serialize)]
struct Issued<'a> {
    key: &'a str,
    id: &'a str,
    kid: &'a str,
    customer: &'a str,
    plan: Option<&'a str>,
    issued_at: String,
    expires_at: String,
    grace_ends_at: String,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    run_at(args, SystemClock::new().now())
}

fn run_at(args: &Args, now: Timestamp) -> Result<Report, Failure> {
    let issued_at = whole_seconds(args.issued_at.unwrap_or(now));
    let draft = draft::draft(args, issued_at)?;
    let key = read_signing_key(&args.key)?;
    let kid = args.kid.clone().unwrap_or_else(|| key.kid().to_owned());
    let trusted = key.trusted_key().clone().with_kid(&kid);
    let mut verifier = trusted
        .and_then(|key| LicenseVerifier::new([key]))
        .map_err(|error| refusal::other(&error))?;
    let mut issuer = LicenseIssuer::new(key).with_kid(&kid);
    if let Some(path) = &args.catalog {
        let catalog = catalog_file::read(path)?;
        issuer = issuer.with_catalog(catalog.clone());
        verifier = verifier.with_catalog(catalog);
    }
    let key = issuer
        .issue(&draft, now)
        .map_err(|error| refusal::issue(&error))?;
    let license = verifier
        .verify_held(&key)
        .map_err(|error| refusal::other(&error))?;
    let issued = Issued {
        key: &key,
        id: license.id(),
        kid: license.kid(),
        customer: license.customer(),
        plan: license.plan(),
        issued_at: issued_at.to_string(),
        expires_at: license.expires_at().to_string(),
        grace_ends_at: license.grace_ends_at().to_string(),
    };
    Report::new(key.clone(), &issued)
}

fn read_signing_key(path: &Path) -> Result<SigningKey, Failure> {
    let failure = |why: String| {
        let message = format!("cannot use {} as a private key: {why}", quote::path(path));
        Failure::usage(
            "private_key",
            message,
            "name the `.private.pem` file that `keygen` wrote",
        )
    };
    let pem = Zeroizing::new(read_key_file(path).map_err(failure)?);
    SigningKey::from_pem(pem.as_slice()).map_err(|error| failure(error.to_string()))
}
