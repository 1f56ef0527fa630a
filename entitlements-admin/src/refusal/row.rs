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
}

#[cfg(test)]
mod tests {
    use entitlements_core::{Denial, DenialKind};

    use super::*;

    #[test]
    fn the_rows_of_cores_denials_are_cores() {
        for (row, denial) in [
            (&ACCOUNT_UNKNOWN, Denial::new(DenialKind::AccountUnknown)),
            (&ENTITLEMENTS_UNAVAILABLE, Denial::undetermined()),
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
