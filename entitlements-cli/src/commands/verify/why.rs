//! Why a license has its status, in words.

use entitlements_core::license::{Deployment, Revocations};
use entitlements_core::{License, LicenseStatus};

use super::Args;
use crate::quote::quoted;

pub(super) fn why(
    license: &License,
    status: LicenseStatus,
    args: &Args,
    revocations: &Revocations,
) -> String {
    let (expires, grace) = (license.expires_at(), license.grace_ends_at());
    match status {
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
        LicenseStatus::Revoked => revoked(license, revocations),
        LicenseStatus::WrongDeployment => bound_elsewhere(license, args),
        status => status.to_string(),
    }
}

/// Which of its names is on which list.
fn revoked(license: &License, revocations: &Revocations) -> String {
    let has = |names: &[String], name| names.iter().any(|known| known == name);
    let found = revocations.lists().find_map(|list| {
        if has(list.licenses(), license.id()) {
            Some(("its id", list.issued_at()))
        } else if has(list.keys(), license.kid()) {
            Some(("the key that signed it", list.issued_at()))
        } else {
            None
        }
    });
    match found {
        Some((what, issued)) => format!("{what} is on the revocation list of {issued}"),
        None => LicenseStatus::Revoked.to_string(),
    }
}

/// Which of what was given is not what it is bound to.
fn bound_elsewhere(license: &License, args: &Args) -> String {
    let unchecked = Deployment::unchecked;
    let deployment = args.deployment.as_ref().filter(|id| {
        let here = unchecked().with_id(id.as_str());
        !license.belongs_to(&here)
    });
    let instance = args.instance.as_ref().filter(|fingerprint| {
        let here = unchecked().with_instance(fingerprint.as_str());
        !license.belongs_to(&here)
    });
    let faults = [("deployment", deployment), ("instance", instance)];
    let faults = faults.into_iter().filter_map(|(what, given)| {
        given.map(|given| format!("not to the {what} {}", quoted(given)))
    });
    format!("bound, but {}", faults.collect::<Vec<_>>().join(" and "))
}
