//! Why a request gets no answer, and the problem (RFC 9457) that it gets instead.

pub(crate) mod row;

use entitlements_core::license::RevocationError;
use entitlements_core::{ActivateError, Denial};
use serde::Serialize;

use self::row::Row;

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

/// Why this API refuses a request: an answer in `application/problem+json` (RFC 9457).
///
/// Public so that an application's own routes can answer in the same form.
///
/// ```
/// use entitlements_admin::Refusal;
///
/// let response = Refusal::not_found("there is no user with this id").response();
/// assert_eq!(response.status(), 404);
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", self.code(), self.detail())]
#[non_exhaustive]
pub enum Refusal {
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
    /// The body or the query can be read, and is not what the route takes.
    Invalid(Vec<FieldError>),
    /// The license key is not taken.
    InvalidLicense(ActivateError),
    /// What is asked for may be, and cannot be kept; why, in words for whoever asked.
    NotStored(String),
    /// The revocation list is not taken.
    InvalidRevocations(RevocationError),
    /// The license is managed elsewhere, and where.
    LicenseManaged(String),
    /// There is an account with the id that a new one should get.
    AccountExists,
}

/// What is wrong with one field of a body, or one member of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Its name; empty for the body itself.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
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

impl Refusal {
    const fn row(&self) -> &'static Row {
        match self {
            Self::Malformed(_) => &row::MALFORMED,
            Self::Unauthorized => &row::UNAUTHORIZED,
            Self::Forbidden => &row::FORBIDDEN,
            Self::NoRoute | Self::NotFound(_) => &row::NOT_FOUND,
            Self::MethodNotAllowed(_) => &row::METHOD_NOT_ALLOWED,
            Self::LicenseManaged(_) => &row::LICENSE_MANAGED,
            Self::AccountExists => &row::ACCOUNT_EXISTS,
            Self::BodyTooLarge => &row::BODY_TOO_LARGE,
            Self::Invalid(_) => &row::INVALID,
            Self::InvalidLicense(_) => &row::INVALID_LICENSE,
            Self::InvalidRevocations(_) => &row::INVALID_REVOCATIONS,
            Self::NotStored(_) => &row::NOT_STORED,
        }
    }

    /// Something that the path names is not there; `why` is the sentence for people.
    #[must_use]
    pub fn not_found(why: impl Into<String>) -> Self {
        Self::NotFound(why.into())
    }

    /// One field of a body is wrong; `message` follows the field's name, as in `must not be empty`.
    #[must_use]
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.row().status
    }

    /// The code, such as `NOT_FOUND`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.row().code
    }

    /// The answer, with all its headers.
    #[must_use]
    pub fn response(&self) -> http::Response<http_body_util::Full<bytes::Bytes>> {
        let answer = crate::respond::refused(self);
        crate::respond::finish(answer, &http::Method::GET).map(http_body_util::Full::new)
    }

    fn detail(&self) -> String {
        match self {
            Self::Unauthorized => "the request has no credentials, or wrong ones".into(),
            Self::Forbidden => "these credentials do not allow this".into(),
            Self::NoRoute => "there is nothing at this path".into(),
            Self::MethodNotAllowed(allowed) => format!("this path takes {allowed}"),
            Self::BodyTooLarge => "the body is over 64 KiB".into(),
            Self::Invalid(_) => "the request is not what this path takes; `errors` says why".into(),
            Self::AccountExists => "there is an account with this id".into(),
            Self::InvalidLicense(error) => error.to_string(),
            Self::InvalidRevocations(error) => error.to_string(),
            Self::NotFound(why)
            | Self::Malformed(why)
            | Self::LicenseManaged(why)
            | Self::NotStored(why) => why.clone(),
        }
    }

    /// The body of the answer.
    pub(crate) fn problem(&self) -> impl Serialize {
        let Row {
            status,
            code,
            title,
            urn,
        } = *self.row();
        let reason = match self {
            Self::InvalidLicense(error) => Some(error.reason()),
            Self::InvalidRevocations(error) => Some(error.reason()),
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
