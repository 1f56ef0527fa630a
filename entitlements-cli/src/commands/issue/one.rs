//! A single license, whose key goes to stdout.

use entitlements_core::Timestamp;
use serde::Serialize;

use super::{Args, draft, issuer};
use crate::failure::Failure;
use crate::report::Report;

#[derive(Serialize)]
struct Json<'a> {
    key: &'a str,
    id: &'a str,
    kid: &'a str,
    customer: &'a str,
    plan: Option<&'a str>,
    issued_at: String,
    expires_at: String,
    grace_ends_at: String,
}

pub(super) fn run(args: &Args, now: Timestamp) -> Result<Report, Failure> {
    let issued_at = draft::issued_at(&args.terms, now);
    let draft = draft::draft(&args.terms, issued_at)?;
    let issue = issuer::open(args)?;
    let issued = issue(&draft, now)?;
    let license = &issued.license;
    let json = Json {
        key: &issued.key,
        id: license.id(),
        kid: license.kid(),
        customer: license.customer(),
        plan: license.plan(),
        issued_at: issued_at.to_string(),
        expires_at: license.expires_at().to_string(),
        grace_ends_at: license.grace_ends_at().to_string(),
    };
    Report::new(issued.key.clone(), &json)
}
