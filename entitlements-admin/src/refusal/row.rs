//! What every refusal of a kind says: its status, its code, its title and its problem type.

/// One kind of refusal.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    /// The problem type.
    pub(crate) urn: &'static str,
}

macro_rules! rows {
    ($($(#[$docs:meta])* $name:ident $status:literal $title:literal $slug:literal)*) => {$(
        $(#[$docs])*
        pub(crate) const $name: Row = Row {
            status: $status,
            code: stringify!($name),
            title: $title,
            urn: concat!("urn:entitlements:problem:", $slug),
        };
    )*};
}

rows! {
    MALFORMED 400 "Malformed body" "malformed"
    UNAUTHORIZED 401 "Unauthorized" "unauthorized"
    FORBIDDEN 403 "Forbidden" "forbidden"
    NOT_FOUND 404 "Not found" "not-found"
    METHOD_NOT_ALLOWED 405 "Method not allowed" "method-not-allowed"
    LICENSE_MANAGED 409 "License managed elsewhere" "license-managed"
    ACCOUNT_EXISTS 409 "Account exists" "account-exists"
    BODY_TOO_LARGE 413 "Body too large" "body-too-large"
    INVALID 422 "Invalid request" "invalid"
    INVALID_LICENSE 422 "Invalid license" "invalid-license"
    INVALID_REVOCATIONS 422 "Invalid revocation list" "invalid-revocations"
    NOT_STORED 503 "Not stored" "not-stored"
    /// Core's, for whoever describes the API.
    ACCOUNT_UNKNOWN 401 "Account unknown" "account-unknown"
    /// Core's too.
    ENTITLEMENTS_UNAVAILABLE 503 "Entitlements unavailable" "entitlements-unavailable"
    /// Core's too.
    LICENSE_REQUIRED 402 "License required" "license-required"
    /// Core's too.
    LICENSE_EXPIRED 402 "License expired" "license-expired"
    /// Core's too.
    UNKNOWN_FEATURE 500 "Unknown feature" "unknown-feature"
}

/// As an engine says it that has 403 in place of 402 (D18).
pub(crate) const LICENSE_REQUIRED_403: Row = as_403(LICENSE_REQUIRED);
/// As such an engine says it.
pub(crate) const LICENSE_EXPIRED_403: Row = as_403(LICENSE_EXPIRED);

const fn as_403(mut row: Row) -> Row {
    row.status = 403;
    row
}

#[cfg(test)]
mod tests {
    use entitlements_core::{Denial, DenialKind, Requirement, testing};

    use super::*;

    #[test]
    fn the_rows_of_cores_denials_are_cores() {
        let denied = |engine: testing::TestEngine, feature: &'static str| {
            let requirement = Requirement::feature(feature);
            engine.current().require(&requirement).unwrap_err()
        };
        let without = || testing::without_license(testing::catalog());
        let ended = testing::on_plan(testing::catalog(), "business");
        ended.clock().advance_days(400);
        for (row, denial) in [
            (&ACCOUNT_UNKNOWN, Denial::new(DenialKind::AccountUnknown)),
            (&ENTITLEMENTS_UNAVAILABLE, Denial::undetermined()),
            (&LICENSE_REQUIRED, denied(without(), "sso")),
            (&LICENSE_EXPIRED, denied(ended, "sso")),
            (&UNKNOWN_FEATURE, denied(without(), "ssso")),
        ] {
            let problem = denial.problem();
            let start = format!(
                r#"{{"type":"{}","title":"{}","status":{},"code":"{}","#,
                row.urn, row.title, row.status, row.code
            );
            assert!(problem.body().starts_with(&start), "{}", problem.body());
        }
    }
}
