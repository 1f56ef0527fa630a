//! What is the matter with the licenses that are held.

use super::{Notice, Notices};
use crate::license::{Collection, Deployment, License, LicenseErrorKind, LicenseStatus};
use crate::resolve::addons::inapplicable_addons;
use crate::resolve::sources::Judged;
use crate::resolve::{
    Holdings, LicenseSource, RejectedCause, RejectedKey, RejectedRevocations, RevocationsCause,
};
use crate::{Catalog, Timestamp};

/// Adds what is the matter with what is configured, and with each license.
pub(super) fn collect(
    catalog: &Catalog,
    holdings: &Holdings,
    sources: &[Judged<'_>],
    notices: &mut Notices,
) {
    notices
        .errors
        .extend(holdings.rejected.iter().map(rejected));
    notices
        .errors
        .extend(holdings.rejected_revocations.iter().map(rejected_list));
    if let Some((cause, action)) = &holdings.instance_unknown {
        notices.errors.push(Notice::new(
            "instance_unknown",
            format!(
                "a license is bound to an instance, and which one this is cannot be told: {cause}"
            ),
            action,
        ));
    }
    if holdings.clock_is_behind {
        notices.warnings.push(Notice::new(
            "clock_rolled_back",
            "the clock is behind the newest trusted time, by which licenses are judged".to_owned(),
            "set this machine's clock right; where it is right, run `entitlements clock reset`, or hand in a new license key",
        ));
    }
    for (collection, cause) in &holdings.unreadable {
        let (code, what) = match collection {
            Collection::Clock => ("clock_unreadable", "the newest trusted time"),
            _ => ("notices_unreadable", "which notices were given"),
        };
        notices.errors.push(Notice::new(
            code,
            format!("{what} cannot be read: {cause}"),
            "mend what is named there, or let this process read it; nothing that is there gets lost",
        ));
    }
    for ignored in &holdings.ignored {
        notices.warnings.push(Notice::new(
            "license_source_ignored",
            ignored.clone(),
            "remove one of the two",
        ));
    }
    // A license that is in force silences what is the matter with those that it replaced.
    let licenses = || {
        let licenses = sources.iter();
        licenses.filter_map(|judged| Some((judged.source.license()?, judged)))
    };
    let renewed = licenses().any(|(_, judged)| judged.status == LicenseStatus::Active);
    for (license, judged) in licenses() {
        if !renewed {
            by_status(judged, license, &holdings.deployment, notices);
        }
        notices.warnings.extend(license_notices(catalog, license));
    }
}

fn rejected(key: &RejectedKey) -> Notice {
    match &key.cause {
        RejectedCause::Unreadable(cause) if key.source == LicenseSource::Store => Notice::new(
            "licenses_unreadable",
            format!("the licenses that were handed in cannot be read: {cause}"),
            "mend what is named there, or hand the license key in again; nothing that is there gets lost",
        ),
        RejectedCause::Unreadable(cause) => Notice::new(
            "license_unreadable",
            format!(
                "the license key from {} cannot be read: {cause}",
                key.source
            ),
            "make it readable for this process, or remove the setting",
        ),
        RejectedCause::License(error) => Notice::new(
            "license_invalid",
            format!("the license key from {} is refused: {error}", key.source),
            match error.kind() {
                LicenseErrorKind::UnknownKey => {
                    "check that the key is for this product, and that the vendor's public key is configured"
                }
                _ => {
                    "copy the whole key again as the vendor sent it, or ask the vendor for a new one"
                }
            },
        ),
    }
}

fn rejected_list(list: &RejectedRevocations) -> Notice {
    let source = &list.source;
    match &list.cause {
        RevocationsCause::Unreadable(cause) if *source == LicenseSource::Store => Notice::new(
            "revocations_unreadable",
            format!("the revocation lists that are kept cannot be read: {cause}"),
            "mend what is named there, or hand the newest list in again; nothing that is there gets lost",
        ),
        RevocationsCause::Unreadable(cause) => Notice::new(
            "revocations_unreadable",
            format!("the revocation list from {source} cannot be read: {cause}"),
            "make it readable for this process, or remove the setting",
        ),
        RevocationsCause::NotKept(cause) => Notice::new(
            "revocations_not_kept",
            format!(
                "a revocation list counts until this process ends, because it cannot be kept: {cause}"
            ),
            "make room where licenses are kept and let this process write there, then hand the list in again",
        ),
        RevocationsCause::List(error) => Notice::new(
            "revocations_invalid",
            format!("the revocation list from {source} is refused: {error}"),
            "copy the whole list again as the vendor sent it",
        ),
    }
}

fn by_status(judged: &Judged<'_>, license: &License, here: &Deployment, notices: &mut Notices) {
    let id = license.id();
    match judged.status {
        LicenseStatus::Grace => notices.warnings.push(Notice::new(
            "license_grace",
            format!(
                "license `{id}` expired at {}; it stays in force until {}",
                license.expires_at(),
                license.grace_ends_at()
            ),
            "renew the license before that day",
        )),
        LicenseStatus::Expired => notices.errors.push(Notice::new(
            "license_expired",
            expired(license),
            "renew the license; nothing is deleted meanwhile",
        )),
        LicenseStatus::NotYetValid => notices.warnings.push(Notice::new(
            "license_not_yet_valid",
            not_yet_valid(license),
            "wait until it begins, and check this machine's clock",
        )),
        LicenseStatus::Revoked => notices.errors.push(Notice::new(
            "license_revoked",
            format!("license `{id}` was revoked by the vendor"),
            "ask the vendor for a new license; nothing is deleted meanwhile",
        )),
        LicenseStatus::WrongDeployment => {
            let Some((why, action)) = license.mismatch(here) else {
                return;
            };
            let code = "license_wrong_deployment";
            match judged.grace_ends_at.filter(|_| judged.is_in_force()) {
                Some(ends) => {
                    // Of a moment at which this was noticed: nobody reads its microseconds.
                    let ends = Timestamp::from_unix_seconds(ends.unix_seconds());
                    let message = format!("license `{id}` {why}; it stays in force until {ends}");
                    notices.warnings.push(Notice::new(code, message, action));
                }
                None => {
                    let message = format!("license `{id}` {why}");
                    notices.errors.push(Notice::new(code, message, action));
                }
            }
        }
        LicenseStatus::Unlicensed | LicenseStatus::Invalid | LicenseStatus::Active => {}
    }
}

/// Since when, and why only since then.
fn expired(license: &License) -> String {
    let (id, expires_at) = (license.id(), license.expires_at());
    match license.grace_days() {
        0 => format!("license `{id}` expired at {expires_at}"),
        _ => format!(
            "license `{id}` expired at {expires_at}, and its grace ended at {}",
            license.grace_ends_at()
        ),
    }
}

fn not_yet_valid(license: &License) -> String {
    let id = license.id();
    match license.not_before().max(license.issued_at()) {
        Some(begins) => format!("license `{id}` is not valid before {begins}"),
        None => format!("license `{id}` is not valid yet"),
    }
}

/// What is in a license key and has no effect with this catalog: newer keys on older software. It is kept, not granted, and
/// said.
///
/// ```
/// use entitlements_core::resolve::license_notices;
/// use entitlements_core::testing::{self, TestVendor};
///
/// let license = TestVendor::new().license(&testing::catalog(), |draft| draft.plan("business"));
/// assert!(license_notices(&testing::catalog(), &license).is_empty());
/// ```
#[must_use]
pub fn license_notices(catalog: &Catalog, license: &License) -> Vec<Notice> {
    let id = license.id();
    let unknown = |code, what, name: &str| {
        let message = format!("license `{id}` has the {what} `{name}`, which this version lacks");
        let action = "update the product to a version that knows it";
        Notice::new(code, message, action)
    };
    let mut notices = Vec::new();
    for (name, _) in license.features() {
        if catalog.feature_id(name).is_none() {
            notices.push(unknown("unknown_feature", "feature", name));
        }
    }
    for (name, _) in license.limits() {
        if catalog.limit_id(name).is_none() {
            notices.push(unknown("unknown_limit", "limit", name));
        }
    }
    notices.extend(inapplicable_addons(catalog, license).map(|addon| {
        let name = addon.name();
        Notice::new(
            "addon_not_applicable",
            format!("license `{id}` has the add-on `{name}`, which its plan cannot have"),
            "ask the vendor for a license with a plan that the add-on goes with",
        )
    }));
    notices
}
