use super::Named;
use crate::openapi::schema::{
    body, by_name, count, flag, list, object, one_of, or_null, reference, said, text, time,
};

/// The states of a license.
fn status() -> serde_json::Value {
    one_of(&[
        "unlicensed",
        "not_yet_valid",
        "active",
        "grace",
        "expired",
        "revoked",
        "wrong_deployment",
        "invalid",
    ])
}

pub(super) fn schemas() -> Vec<Named> {
    let license = object([
        (
            "id",
            said(or_null(text()), "null where the key does not verify"),
        ),
        ("source", text()),
        ("plan", or_null(text())),
        ("status", reference("Status")),
        ("expires_at", or_null(time())),
    ]);
    let licenses = object([
        ("status", reference("Status")),
        ("licenses", list(reference("License"))),
    ]);
    let license_status = object([
        ("status", reference("Status")),
        ("plan", reference("Plan")),
        ("plan_in_force", text()),
        ("expired", flag()),
        (
            "degraded",
            said(flag(), "whether any license that is held is not in force"),
        ),
        ("expires_at", or_null(time())),
        ("grace_ends_at", or_null(time())),
        ("days_remaining", or_null(count())),
        ("features", by_name(reference("Feature"))),
        ("limits", by_name(reference("Limit"))),
        ("warnings", list(reference("Notice"))),
        ("errors", list(reference("Notice"))),
        ("revalidated_at", time()),
    ]);
    let key = said(text(), "a license key; white space in it is ignored");
    let revocations = said(
        text(),
        "a signed revocation list; white space in it is ignored",
    );
    let applied = object([
        ("changed", flag()),
        (
            "kept",
            said(flag(), "whether it still counts after the next start"),
        ),
        ("issued_at", time()),
        ("signed_by", text()),
        ("revoked", list(text())),
        ("revoked_keys", list(text())),
    ]);
    vec![
        ("Status", status()),
        ("License", license),
        ("Licenses", licenses),
        ("LicenseStatus", license_status),
        ("LicenseKey", body([("key", key)], [])),
        ("RevocationList", body([("list", revocations)], [])),
        ("AppliedRevocations", applied),
    ]
}
