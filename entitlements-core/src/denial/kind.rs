use std::time::Duration;

use crate::Timestamp;
use crate::license::LicenseStatus;

/// What is denied and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DenialKind {
    /// What is asked for is not in force, and was not in a license that ended.
    LicenseRequired {
        /// What is asked for.
        wanted: Wanted,
        /// The state of the license that is held, where that explains it.
        license_status: Option<LicenseStatus>,
    },
    /// A license had what is asked for, and has ended.
    LicenseExpired {
        /// What is asked for.
        wanted: Wanted,
        /// When the license expired.
        expired_at: Timestamp,
    },
    /// A limit is used up.
    LimitExceeded {
        /// The limit's name.
        limit: String,
        /// How many there may be.
        allowed: u64,
        /// How many there are.
        used: u64,
        /// When a license that allowed more expired.
        expired_at: Option<Timestamp>,
        /// When a metered limit begins anew.
        resets_at: Option<Timestamp>,
    },
    /// Too fast.
    RateLimited {
        /// The rate's name.
        rate: String,
        /// How long to wait.
        retry_after: Duration,
    },
    /// The client address is not allowed, or cannot be told.
    IpNotAllowed,
    /// A policy said no.
    PolicyDenied,
    /// No account could be told from the request.
    AccountUnknown,
    /// The answer cannot be determined now.
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
    /// A gate names a feature that the catalog lacks.
    UnknownFeature {
        /// The name.
        name: String,
    },
    /// A gate names a limit that the catalog lacks.
    UnknownLimit {
        /// The name.
        name: String,
    },
    /// A gate names a rate that the catalog lacks.
    UnknownRate {
        /// The name.
        name: String,
    },
    /// A gate names a plan that the catalog lacks or cannot compare.
    UnknownPlan {
        /// The name; empty where the highest plan is asked for and none is.
        name: String,
    },
    /// A gate finds no engine: the layer that provides it is missing.
    LayerMissing,
}

/// What a request asked for and did not have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// One feature.
    Feature(String),
    /// Any of these features.
    AnyFeature(Vec<String>),
    /// All of these features, which are missing.
    AllFeatures(Vec<String>),
    /// This plan or a higher one.
    Plan(String),
    /// Any plan but the base plan.
    PaidPlan,
    /// A license that is in force.
    ValidLicense,
}

/// One row of the table in `spec/denials.md`: what a code means to HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DenialRow {
    /// The code, such as `LICENSE_REQUIRED`.
    pub code: &'static str,
    /// The HTTP status, such as 402.
    pub status: u16,
    /// The title for people.
    pub title: &'static str,
    /// The last part of the problem type's URN.
    pub slug: &'static str,
    index: usize,
}

impl DenialRow {
    /// Its place in [`DenialRow::ALL`].
    pub(crate) const fn index(self) -> usize {
        self.index
    }
}

macro_rules! rows {
    ($($name:ident: $status:literal, $title:literal, $slug:literal;)*) => {
        /// The rows by number, in the order of the table.
        #[expect(non_camel_case_types, reason = "spelled as the codes are")]
        enum Place {
            $($name),*
        }

        $(const $name: DenialRow = DenialRow {
            code: stringify!($name),
            status: $status,
            title: $title,
            slug: $slug,
            index: Place::$name as usize,
        };)*

        impl DenialRow {
            /// Every row.
            pub const ALL: &[Self] = &[$($name),*];
        }
    };
}

rows! {
    LICENSE_REQUIRED: 402, "License required", "license-required";
    LICENSE_EXPIRED: 402, "License expired", "license-expired";
    LIMIT_EXCEEDED: 402, "Limit exceeded", "limit-exceeded";
    RATE_LIMITED: 429, "Too many requests", "rate-limited";
    IP_NOT_ALLOWED: 403, "Address not allowed", "ip-not-allowed";
    POLICY_DENIED: 403, "Denied by policy", "policy-denied";
    ACCOUNT_UNKNOWN: 401, "Account unknown", "account-unknown";
    ENTITLEMENTS_UNAVAILABLE: 503, "Entitlements unavailable", "entitlements-unavailable";
    UNKNOWN_FEATURE: 500, "Unknown feature", "unknown-feature";
    UNKNOWN_LIMIT: 500, "Unknown limit", "unknown-limit";
    UNKNOWN_RATE: 500, "Unknown rate", "unknown-rate";
    UNKNOWN_PLAN: 500, "Unknown plan", "unknown-plan";
    ENTITLEMENTS_LAYER_MISSING: 500, "Entitlements layer missing", "entitlements-layer-missing";
}

impl DenialKind {
    /// What the kind means to HTTP.
    #[must_use]
    pub const fn row(&self) -> DenialRow {
        match self {
            Self::LicenseRequired { .. } => LICENSE_REQUIRED,
            Self::LicenseExpired { .. } => LICENSE_EXPIRED,
            Self::LimitExceeded { .. } => LIMIT_EXCEEDED,
            Self::RateLimited { .. } => RATE_LIMITED,
            Self::IpNotAllowed => IP_NOT_ALLOWED,
            Self::PolicyDenied => POLICY_DENIED,
            Self::AccountUnknown => ACCOUNT_UNKNOWN,
            Self::Unavailable { .. } => ENTITLEMENTS_UNAVAILABLE,
            Self::UnknownFeature { .. } => UNKNOWN_FEATURE,
            Self::UnknownLimit { .. } => UNKNOWN_LIMIT,
            Self::UnknownRate { .. } => UNKNOWN_RATE,
            Self::UnknownPlan { .. } => UNKNOWN_PLAN,
            Self::LayerMissing => ENTITLEMENTS_LAYER_MISSING,
        }
    }
}
