use std::ffi::OsString;
use std::path::{Path, PathBuf};

use entitlements_core::{
    Catalog, Clock as _, License, LicenseError, LicenseStatus, SystemClock, Timestamp,
};
use serde::Serialize;

use crate::catalog_file;
use crate::failure::Failure;
use crate::input::license_key;
use crate::public_key;
use crate::rejection::rejected;
use crate::report::{Report, Verdict};
use crate::time_arg;

mod json;
mod text;
mod warnings;

const EXAMPLES: &str = "\
Examples:
  entitlements verify --public-key keys/acme.public.pem @license.key
  entitlements verify --public-key keys/acme.public.pem --catalog entitlements.toml --at 2027-12-31T12:00:00Z @license.key
  pbpaste | entitlements verify --public-key keys/acme.public.pem -
  entitlements verify --public-key acme-2026=keys/acme.public.pem @issued-with-kid-acme-2026.key

White space and line breaks in the key do not matter. Without `--catalog` the standard claims are expected and
any plan is taken. Exit codes: 0 active or grace, 3 expired or not yet valid, 4 not genuine.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A public key to trust, as PATH or KID=PATH; can be repeated
    ///
    /// A key's id is its thumbprint unless KID says otherwise, for licenses that were issued with `--kid`. What begins
    /// with `/` or `.` is a path, `=` or not.
    #[arg(long = "public-key", value_name = "PUB.pem", required = true)]
    public_keys: Vec<OsString>,

    /// The catalog that the license was issued for
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,

    /// Judge the license at this time, as 2027-01-31T12:00:00Z; by default now
    #[arg(long, value_name = "TIME", value_parser = time_arg::time)]
    at: Option<Timestamp>,

    /// The license key itself, a file that holds it, or `-` for stdin
    #[arg(value_name = "KEY|@FILE|-")]
    key: OsString,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    run_at(args, args.at.unwrap_or_else(|| SystemClock::new().now()))
}

fn run_at(args: &Args, now: Timestamp) -> Result<Report, Failure> {
    let mut verifier = public_key::verifier(args.public_keys.iter().map(OsString::as_os_str))?;
    let catalog = args
        .catalog
        .as_deref()
        .map(catalog_file::read)
        .transpose()?;
    if let Some(catalog) = &catalog {
        verifier = verifier.with_catalog(catalog.clone());
    }
    let key = license_key(&args.key)?;
    let license = match verifier.verify(&key, now) {
        Ok(license) => license,
        Err(error) => return refused(Path::new(&args.key), &error),
    };
    let judged = Judged {
        status: license.status_at(now),
        now,
        license: &license,
        catalog: catalog.as_deref(),
    };
    let verdict = if judged.status.is_in_force() {
        Verdict::Fine
    } else {
        Verdict::NotInForce
    };
    Ok(Report::new(text::text(&judged), &json::json(&judged))?.with_verdict(verdict))
}

/// A genuine license and its state at a time.
struct Judged<'a> {
    status: LicenseStatus,
    now: Timestamp,
    license: &'a License,
    catalog: Option<&'a Catalog>,
}

impl Judged<'_> {
    /// Why it has this status, in words.
    fn reason(&self) -> String {
        let license = self.license;
        let (expires, grace) = (license.expires_at(), license.grace_ends_at());
        match self.status {
            LicenseStatus::Active => format!("in force until {expires}"),
            LicenseStatus::Grace => {
                format!("ended on {expires}, stays in force until {grace}; renew it before")
            }
            LicenseStatus::Expired if grace > expires => {
                format!("ended on {expires}, its grace on {grace}")
            }
            LicenseStatus::Expired => format!("ended on {expires}"),
            LicenseStatus::NotYetValid => {
                let begins = license.not_before().max(license.issued_at());
                format!("begins on {}", begins.unwrap_or(expires))
            }
            status => status.to_string(),
        }
    }
}

/// A status too, for scripts: `invalid` and why. For people it is an error.
fn refused(given: &Path, error: &LicenseError) -> Result<Report, Failure> {
    #[derive(Serialize)]
    struct Refused {
        status: &'static str,
        reason: &'static str,
        message: String,
    }
    let failure = match rejected(error) {
        // The name of a file without its `@` is the likeliest thing that is no key.
        failure if given.is_file() => {
            failure.with_action("write `@` before the name to read the key from that file")
        }
        failure => failure,
    };
    let refused = Refused {
        status: LicenseStatus::Invalid.as_str(),
        reason: error.reason(),
        message: failure.message.clone(),
    };
    Ok(Report::new(String::new(), &refused)?.with_verdict(Verdict::Bad(failure)))
}
