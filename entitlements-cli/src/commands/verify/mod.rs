use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use entitlements_core::license::{Deployment, LicenseVerifier, Revocations};
use entitlements_core::resolve::{Notice, license_notices};
use entitlements_core::{Clock as _, License, LicenseStatus, SystemClock, Timestamp};
use serde::Serialize;

use crate::catalog_file;
use crate::failure::{Exit, Failure};
use crate::input::license_key;
use crate::public_key;
use crate::rejection::rejected_argument;
use crate::report::{Report, Verdict};
use crate::revocation_file;
use crate::time_arg;

mod json;
mod text;
mod why;

const EXAMPLES: &str = "\
Examples:
  entitlements verify --public-key keys/acme.public.pem @license.key
  entitlements verify --public-key keys/acme.public.pem \\
      --catalog entitlements.toml --at 2027-12-31T12:00:00Z @license.key
  pbpaste | entitlements verify --public-key keys/acme.public.pem -
  entitlements verify --public-key acme-2026=keys/acme.public.pem \\
      @issued-with-kid-acme-2026.key
  entitlements verify --public-key keys/acme.public.pem \\
      --revocations revoked.jwt --deployment eu-1 @license.key

White space and line breaks in the key do not matter. Without `--catalog` the
standard claims are expected and any plan is taken; deployment and instance are
compared only if they are given.
Exit codes: 0 active or grace, 3 expired, not yet valid, revoked or bound
elsewhere, 4 not genuine.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A public key to trust, as PATH or KID=PATH; can be repeated
    ///
    /// A key's id is its thumbprint unless KID says otherwise, for licenses that were issued with `--kid`. What begins
    /// with `/` or `.`, and what as a whole is the path of a file, is a path, `=` or not. The file holds one key: PEM
    /// (PKCS#1 too), DER, JWK or 32 raw bytes.
    #[arg(long = "public-key", value_name = "PUB.pem", required = true)]
    public_keys: Vec<OsString>,

    /// The catalog that the license was issued for
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,

    /// Judge the license at this time, as 2027-01-31T12:00:00Z; by default now
    #[arg(long, value_name = "TIME", value_parser = time_arg::time)]
    at: Option<Timestamp>,

    /// A revocation list that one of the public keys signed; can be repeated
    ///
    /// Of each key the newest list counts. Lists are checked by the clock, or at `--at` where that is later.
    #[arg(long, value_name = "FILE")]
    revocations: Vec<PathBuf>,

    /// The id of the deployment in which the license is used
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    deployment: Option<String>,

    /// The fingerprint of the instance on which it is used, as `entitlements fingerprint` prints it
    #[arg(long, value_name = "FINGERPRINT", value_parser = NonEmptyStringValueParser::new())]
    instance: Option<String>,

    /// The license key itself, a file that holds it, or `-` for stdin
    #[arg(value_name = "KEY|@FILE|-")]
    key: OsString,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    run_at(args, SystemClock::new().now())
}

fn run_at(args: &Args, clock: Timestamp) -> Result<Report, Failure> {
    let now = args.at.unwrap_or(time_arg::whole_seconds(clock));
    let mut verifier = public_key::verifier(args.public_keys.iter().map(OsString::as_os_str))?;
    let catalog = args
        .catalog
        .as_deref()
        .map(catalog_file::read)
        .transpose()?;
    if let Some(catalog) = &catalog {
        verifier = verifier.with_catalog(catalog.clone());
    }
    // Whoever asks how things stood at an earlier time has today's lists: a list is from the future only if the clock
    // says so too.
    let revocations = revocations(args, &verifier, clock.max(now))?;
    let key = match license_key(&args.key) {
        Err(failure) if failure.exit == Exit::Rejected => return refused(failure),
        key => key?,
    };
    let license = match verifier.verify(&key, now) {
        Ok(license) => license,
        Err(error) => return refused(rejected_argument(&args.key, &error)),
    };
    let status = license.status(now, &deployment(args), &revocations);
    let judged = Judged {
        status,
        why: why::why(&license, status, args, &revocations),
        now,
        warnings: catalog
            .map(|catalog| license_notices(&catalog, &license))
            .unwrap_or_default(),
        license: &license,
    };
    let verdict = if status.is_in_force() {
        Verdict::Fine
    } else {
        Verdict::NotInForce
    };
    Ok(Report::new(text::text(&judged), &json::json(&judged))?.with_verdict(verdict))
}

/// A genuine license and its state at a time.
struct Judged<'a> {
    status: LicenseStatus,
    /// Why it has this status, in words.
    why: String,
    now: Timestamp,
    /// What is in the key and has no effect with this catalog.
    warnings: Vec<Notice>,
    license: &'a License,
}

fn revocations(
    args: &Args,
    verifier: &LicenseVerifier,
    now: Timestamp,
) -> Result<Revocations, Failure> {
    let mut revocations = Revocations::new();
    for path in &args.revocations {
        let content = revocation_file::read(path)?;
        revocations.add(revocation_file::verify(path, &content, verifier, now)?);
    }
    Ok(revocations)
}

/// What is not said is not compared.
fn deployment(args: &Args) -> Deployment {
    let mut here = Deployment::unchecked();
    if let Some(id) = &args.deployment {
        here = here.with_id(id);
    }
    if let Some(fingerprint) = &args.instance {
        here = here.with_instance(fingerprint);
    }
    here
}

/// A status too: `invalid` and why. What to do about it is with the error.
fn refused(failure: Failure) -> Result<Report, Failure> {
    #[derive(Serialize)]
    struct Refused<'a> {
        status: &'static str,
        reason: &'static str,
        message: &'a str,
    }
    let refused = Refused {
        status: LicenseStatus::Invalid.as_str(),
        reason: failure.code,
        message: &failure.message,
    };
    let report = Report::new(text::refused(&failure.message), &refused)?;
    Ok(report.with_verdict(Verdict::Bad(failure)))
}
