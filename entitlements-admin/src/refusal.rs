//! Why a request gets no answer, and the problem (RFC 9457) that it gets instead.

use entitlements_core::{ActivateError, Denial};
use serde::Serialize;

/// A request that ends early: with one of this API's refusals, or with a denial of core's.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Refusal),
    Denied(Denial),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Denial> for Failure {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

/// Why this API refuses a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No or wrong credentials.
    Unauthorized,
    /// Right credentials without the right.
    Forbidden,
    /// No route has this path.
    NoRoute,
    /// The path names something that is not there.
    NotFound(String),
    /// The path has no such method; these it has.
    MethodNotAllowed(String),
    /// The body is over the limit.
    BodyTooLarge,
    /// The body is not JSON or did not arrive, and why.
    Malformed(String),
    /// The body is JSON and not what the route takes.
    Invalid(Vec<FieldError>),
    /// The license key is not taken.
    InvalidLicense(ActivateError),
    /// The license is managed elsewhere, and where.
    LicenseManaged(String),
}

/// What is wrong with one field of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// The field's name; empty for the body itself.
    pub(crate) field: String,
    pub(crate) message: String,
}

/// What every refusal of a kind says.
struct Row {
    status: u16,
    code: &'static str,
    title: &'static str,
    /// The problem type.
    urn: &'static str,
}

/// The body of the answer; members in the order in which core's problems have them.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

macro_rules! row {
    ($status:literal, $code:literal, $title:literal, $slug:literal) => {
        Row {
            status: $status,
            code: $code,
            title: $title,
            urn: concat!("urn:entitlements:problem:", $slug),
        }
    };
}

impl Refusal {
    const fn row(&self) -> Row {
        match self {
            Self::Malformed(_) => row!(400, "MALFORMED", "Malformed body", "malformed"),
            Self::Unauthorized => row!(401, "UNAUTHORIZED", "Unauthorized", "unauthorized"),
            Self::Forbidden => row!(403, "FORBIDDEN", "Forbidden", "forbidden"),
            Self::NoRoute | Self::NotFound(_) => row!(404, "NOT_FOUND", "Not found", "not-found"),
            Self::MethodNotAllowed(_) => {
                row!(
                    405,
                    "METHOD_NOT_ALLOWED",
                    "Method not allowed",
                    "method-not-allowed"
                )
            }
            Self::LicenseManaged(_) => {
                row!(
                    409,
                    "LICENSE_MANAGED",
                    "License managed elsewhere",
                    "license-managed"
                )
            }
            Self::BodyTooLarge => row!(413, "BODY_TOO_LARGE", "Body too large", "body-too-large"),
            Self::Invalid(_) => row!(422, "INVALID", "Invalid body", "invalid"),
            Self::InvalidLicense(_) => {
                row!(422, "INVALID_LICENSE", "Invalid license", "invalid-license")
            }
        }
    }

    /// The HTTP status.
    pub(crate) const fn status(&self) -> u16 {
        self.row().status
    }

    fn detail(&self) -> String {
        match self {
            Self::Unauthorized => "the request has no credentials, or wrong ones".into(),
            Self::Forbidden => "these credentials do not allow this".into(),
            Self::NoRoute => "there is nothing at this path".into(),
            Self::MethodNotAllowed(allowed) => format!("this path takes {allowed}"),
            Self::BodyTooLarge => "the body is over 64 KiB".into(),
            Self::Invalid(_) => "the body is not what this path takes; `errors` says why".into(),
            Self::InvalidLicense(error) => error.to_string(),
            Self::NotFound(why) | Self::Malformed(why) | Self::LicenseManaged(why) => why.clone(),
        }
    }

    /// The body of the answer.
    pub(crate) fn problem(&self) -> impl Serialize {
        let Row {
            status,
            code,
            title,
            urn,
        } = self.row();
        let reason = match self {
            Self::InvalidLicense(error) => Some(error.reason()),
            _ => None,
        };
        let errors = match self {
            Self::Invalid(errors) => errors.as_slice(),
            _ => &[],
        };
        Problem {
            r#type: urn,
            title,
            status,
            code,
            detail: self.detail(),
            reason,
            errors,
        }
    }
}
