//! The wording of `detail`, as `spec/denials.md` fixes it.

use std::fmt::Write;

use super::{DenialKind, Wanted};
use crate::license::LicenseStatus;

pub(super) fn sentence(kind: &DenialKind) -> String {
    match kind {
        DenialKind::LicenseRequired {
            wanted,
            license_status,
        } => {
            let mut sentence = not_in_force(wanted);
            if let Some(status) = license_status {
                sentence.push_str(because(*status));
            }
            sentence
        }
        DenialKind::LicenseExpired { wanted, expired_at } => {
            format!(
                "{}: the license expired at {expired_at}",
                not_in_force(wanted)
            )
        }
        DenialKind::LimitExceeded {
            limit,
            allowed,
            used,
            ..
        } => {
            format!("limit `{limit}` reached: {used} of {allowed} in use")
        }
        DenialKind::RateLimited { rate, retry_after } => {
            format!(
                "rate `{rate}` exceeded: try again in {} s",
                whole_seconds(*retry_after)
            )
        }
        DenialKind::IpNotAllowed => "requests from this address are not allowed".into(),
        DenialKind::PolicyDenied => "a policy does not allow this request".into(),
        DenialKind::AccountUnknown => "the request does not say whose account it is for".into(),
        DenialKind::Unavailable { .. } => "what is allowed cannot be determined right now".into(),
        DenialKind::UnknownFeature { name } => program_mistake("feature", name),
        DenialKind::UnknownLimit { name } if name.is_empty() => {
            "this route asks for an amount, and names no limit that it is of".into()
        }
        DenialKind::UnknownLimit { name } => program_mistake("limit", name),
        DenialKind::UnknownRate { name } => program_mistake("rate", name),
        DenialKind::UnknownPlan { name } if name.is_empty() => {
            "this route asks for the highest plan, and the catalog's plans have no order".into()
        }
        DenialKind::UnknownPlan { name } => program_mistake("plan", name),
        DenialKind::LayerMissing => {
            "this route asks for entitlements, and the layer that provides them is missing".into()
        }
    }
}

fn not_in_force(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Feature(feature) => format!("feature `{feature}` is not in force"),
        Wanted::AnyFeature(features) if features.is_empty() => {
            "no feature is named that could be in force".into()
        }
        Wanted::AnyFeature(features) => {
            format!("none of the features {} is in force", list(features))
        }
        Wanted::AllFeatures(features) => match features.as_slice() {
            [feature] => format!("feature `{feature}` is not in force"),
            features => format!("the features {} are not in force", list(features)),
        },
        Wanted::Plan(plan) => format!("plan `{plan}` or a higher one is not in force"),
        Wanted::PaidPlan => "no paid plan is in force".into(),
        Wanted::ValidLicense => "no license is in force".into(),
    }
}

const fn because(status: LicenseStatus) -> &'static str {
    match status {
        LicenseStatus::Revoked => ": the license was revoked",
        LicenseStatus::WrongDeployment => ": the license is for another deployment",
        LicenseStatus::NotYetValid => ": the license is not valid yet",
        LicenseStatus::Invalid => ": the license key is not valid",
        _ => "",
    }
}

fn program_mistake(what: &str, name: &str) -> String {
    format!("this route asks for {what} `{name}`, which the catalog cannot answer for")
}

fn list(names: &[String]) -> String {
    let mut list = String::new();
    for (index, name) in names.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(list, "{}`{name}`", if index > 0 { ", " } else { "" });
    }
    list
}

/// Rounded up and at least 1, so that trying again then is never too early.
pub(super) fn whole_seconds(wait: std::time::Duration) -> u64 {
    let begun = u64::from(wait.subsec_nanos() > 0);
    let seconds = wait.as_secs().saturating_add(begun);
    seconds.max(1)
}
