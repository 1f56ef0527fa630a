//! A judged license for people.

use anstyle::{AnsiColor, Style};
use entitlements_core::{LicenseStatus, Limit};

use super::Judged;
use crate::quote::{escaped, plain};
use crate::rows;

const FINE: Style = AnsiColor::Green.on_default().bold();
const SOON: Style = AnsiColor::Yellow.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

const NONE: &str = "none";

/// A key that is not genuine: of what it says nothing may be believed, so nothing is shown.
pub(super) fn refused(why: &str) -> String {
    rows::rows(&[
        ("status", status(LicenseStatus::Invalid)),
        ("why", why.to_owned()),
    ])
}

pub(super) fn text(judged: &Judged<'_>) -> String {
    let license = judged.license;
    let features = license.features().iter().map(|(name, on)| {
        if *on {
            plain(name)
        } else {
            format!("{} (off)", plain(name))
        }
    });
    let numbers = |limits: &[(String, Limit)]| {
        listed(
            limits
                .iter()
                .map(|(name, limit)| format!("{}={limit}", plain(name))),
        )
    };
    let mut rows = vec![
        ("status", status(judged.status)),
        ("why", judged.why.clone()),
        ("id", plain(license.id())),
        ("customer", or_none(license.customer())),
        ("plan", or_none(license.plan().unwrap_or_default())),
        ("features", listed(features)),
        ("limits", numbers(license.limits())),
    ];
    let mut optional = |label, value: String| {
        if value != NONE {
            rows.push((label, value));
        }
    };
    optional("rates", numbers(license.rates()));
    optional(
        "add-ons",
        listed(license.addons().iter().map(|name| plain(name))),
    );
    optional(
        "deployments",
        listed(license.deployments().iter().map(|name| plain(name))),
    );
    optional("instance", or_none(license.instance().unwrap_or_default()));
    optional(
        "trial",
        if license.is_trial() {
            "yes".to_owned()
        } else {
            NONE.to_owned()
        },
    );
    optional(
        "issued",
        license
            .issued_at()
            .map_or(NONE.to_owned(), |time| time.to_string()),
    );
    optional(
        "begins",
        license
            .not_before()
            .map_or(NONE.to_owned(), |time| time.to_string()),
    );
    rows.push(("expires", license.expires_at().to_string()));
    rows.push(("grace until", license.grace_ends_at().to_string()));
    rows.push(("signed by", plain(license.kid())));
    rows.extend(
        judged
            .warnings
            .iter()
            .map(|warning| ("warning", escaped(warning.message()))),
    );
    rows::rows(&rows)
}

fn or_none(text: &str) -> String {
    if text.is_empty() {
        NONE.to_owned()
    } else {
        plain(text)
    }
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        NONE.to_owned()
    } else {
        names.join(", ")
    }
}

fn status(status: LicenseStatus) -> String {
    let style = match status {
        LicenseStatus::Active => FINE,
        LicenseStatus::Grace => SOON,
        _ => BAD,
    };
    format!("{style}{status}{style:#}")
}
