use super::AllNames;
use super::claims;
use super::fields::{Field, Fields};
use super::report::{Report, quoted};
use crate::catalog::{Grants, LicenseProfile, MOST_GRACE_DAYS};

const LICENSE: [&str; 9] = [
    "env",
    "issuer",
    "audience",
    "required",
    "grace_days",
    "binding_grace_days",
    "leeway_seconds",
    "grants",
    "claims",
];

const GRANTS: [(&str, Grants); 2] = [
    ("plan_and_listed", Grants::PlanAndListed),
    ("listed", Grants::Listed),
];

/// C20: the table `[license]`, every line of which may be left out.
pub(super) fn read(
    field: Option<Field<'_>>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) -> LicenseProfile {
    let mut profile = LicenseProfile::default();
    let Some(field) = field else { return profile };
    let subject = "`[license]`".to_owned();
    let Some(fields) = Fields::of(&field.node.spot, field.node, subject, &LICENSE, report) else {
        return profile;
    };
    if let Some(env) = fields.get("env").and_then(|env| variable(&env, report)) {
        profile.env = env;
    }
    profile.issuer = fields
        .get("issuer")
        .and_then(|issuer| issuer.line(report))
        .map(str::to_owned);
    profile.audience = fields
        .get("audience")
        .and_then(|aud| aud.line(report))
        .map(str::to_owned);
    if let Some(required) = fields.get("required") {
        let claims = required.names(report);
        profile.required = claims
            .iter()
            .map(|(claim, _)| (*claim).to_owned())
            .collect();
    }
    if let Some(days) = fields.get("grace_days") {
        profile.grace_days = days.days(MOST_GRACE_DAYS, report).unwrap_or_default();
    }
    if let Some(days) = fields.get("binding_grace_days") {
        profile.binding_grace_days = days.days(MOST_GRACE_DAYS, report).unwrap_or_default();
    }
    if let Some(seconds) = fields.get("leeway_seconds") {
        let seconds = seconds.integer(0..=86_400, "a whole number of seconds", report);
        profile.leeway_seconds = seconds
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or_default();
    }
    if let Some(grants) = fields
        .get("grants")
        .and_then(|grants| grants.word(&GRANTS, report))
    {
        profile.grants = grants;
    }
    if let Some(field) = fields.get("claims") {
        profile.claims = claims::read(&field, names, report);
    }
    profile
}

fn variable(field: &Field<'_>, report: &mut Report<'_>) -> Option<String> {
    let name = field.string(report)?;
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts_well
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return Some(name.to_owned());
    }
    let message = format!(
        "{}: {} is not the name of an environment variable: letters, digits and `_`, no digit first",
        field.what,
        quoted(name)
    );
    report.add(&field.node.spot, message);
    None
}
