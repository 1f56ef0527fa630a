//! What became of the rows, for people and for programs. Holds no key.

use std::path::PathBuf;

use serde::Serialize;

use super::Outcome;
use crate::failure::Failure;
use crate::quote;
use crate::report::{Report, Verdict};
use crate::table::table;

#[derive(Serialize)]
struct Json<'a> {
    issued: Vec<Issued<'a>>,
    refused: Vec<Refused<'a>>,
}

#[derive(Serialize)]
struct Issued<'a> {
    line: usize,
    id: &'a str,
    customer: &'a str,
    plan: Option<&'a str>,
    expires_at: String,
    file: String,
}

#[derive(Serialize)]
struct Refused<'a> {
    line: usize,
    customer: Option<&'a str>,
    reason: &'a str,
    message: &'a str,
}

pub(super) fn report(
    outcome: &Outcome<'_>,
    refused_file: Result<Option<PathBuf>, Failure>,
) -> Result<Report, Failure> {
    let report = Report::new(text(outcome), &json(outcome))?;
    let (issued, refused) = (outcome.issued.len(), outcome.refused.len());
    Ok(match refused_file {
        Ok(None) => report,
        Ok(Some(file)) => {
            let message = format!("{refused} of {} rows were refused", issued + refused);
            let file = quote::path(&file);
            let action = format!("correct them in {file}, and give that file to `--batch`");
            report.with_verdict(Verdict::Bad(Failure::failed("refused", message, action)))
        }
        Err(failure) => report.with_verdict(Verdict::Bad(failure)),
    })
}

/// How many keys are told one by one. More are no longer read, and are in the directory.
const MOST_TOLD: usize = 20;

/// The keys, the refused rows, and how many there are of both.
fn text(outcome: &Outcome<'_>) -> String {
    let (issued, refused) = (outcome.issued.len(), outcome.refused.len());
    let summary = format!("{issued} issued, {refused} refused");
    let mut parts = Vec::new();
    if (1..=MOST_TOLD).contains(&issued) {
        parts.push(issued_table(outcome));
    }
    if refused > 0 {
        parts.push(refused_table(outcome));
    }
    parts.push(summary);
    parts.join("\n\n")
}

fn issued_table(outcome: &Outcome<'_>) -> String {
    let shown = |text| quote::plain(quote::without_key(text));
    let rows = outcome.issued.iter().map(|kept| {
        [
            kept.line.to_string(),
            shown(kept.license.customer()),
            shown(kept.license.id()),
        ]
    });
    table(["line", "customer", "id"], rows)
}

fn refused_table(outcome: &Outcome<'_>) -> String {
    let rows = outcome.refused.iter().map(|refused| {
        let customer = refused.customer.as_deref().unwrap_or_default();
        [
            refused.row.line.to_string(),
            quote::plain(quote::without_key(customer)),
            refused.why.message.clone(),
        ]
    });
    table(["line", "customer", "reason"], rows)
}

fn json<'a>(outcome: &'a Outcome<'_>) -> Json<'a> {
    let issued = outcome.issued.iter().map(|kept| Issued {
        line: kept.line,
        id: kept.license.id(),
        customer: kept.license.customer(),
        plan: kept.license.plan(),
        expires_at: kept.license.expires_at().to_string(),
        file: kept.file.to_string_lossy().into_owned(),
    });
    let refused = outcome.refused.iter().map(|refused| Refused {
        line: refused.row.line,
        customer: refused.customer.as_deref().map(quote::without_key),
        reason: refused.why.code,
        message: &refused.why.message,
    });
    Json {
        issued: issued.collect(),
        refused: refused.collect(),
    }
}
