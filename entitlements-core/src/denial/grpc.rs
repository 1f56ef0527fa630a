use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use super::detail::whole_seconds;
use super::problem::lines;
use super::{Denial, DenialKind};
use crate::RequestHead;

/// A denial as gRPC tells it: a code and a message, in the head of a response that is trailers-only.
///
/// ```
/// use entitlements_core::Denial;
///
/// let status = Denial::layer_missing().grpc_status();
/// assert_eq!(status.code(), 13);
/// assert!(status.headers().any(|(name, value)| name == "grpc-status" && value == "13"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrpcStatus {
    code: u8,
    message: String,
    /// After how long to try again.
    pushback: Option<Duration>,
    rates: Vec<(&'static str, String)>,
    reason: &'static str,
}

impl Denial {
    /// The denial as gRPC tells it.
    #[must_use]
    pub fn grpc_status(&self) -> GrpcStatus {
        GrpcStatus {
            code: code(self),
            message: self.detail(),
            pushback: match self.kind() {
                DenialKind::RateLimited { retry_after, .. } => Some(*retry_after),
                _ => None,
            },
            rates: self.rates().map(lines).unwrap_or_default(),
            reason: self.code(),
        }
    }
}

/// By what the denial means, and not by its status: 403 may stand for 402 (D18).
fn code(denial: &Denial) -> u8 {
    match (denial.code(), denial.kind().row().status) {
        ("LIMIT_EXCEEDED", _) | (_, 429) => 8,
        (_, 402 | 403) => 7,
        (_, 401) => 16,
        (_, 503) => 14,
        _ => 13,
    }
}

impl GrpcStatus {
    /// The code: 7 for what is not in force or not allowed, 8 for limits and rates, 13 for a mistake in the program, 14 where the
    /// answer cannot be determined, 16 where no account can be told.
    #[must_use]
    pub const fn code(&self) -> u8 {
        self.code
    }

    /// The sentence for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The headers, their names in lower case. `entitlements-code` is the denial's code, for programs; `grpc-retry-pushback-ms` (gRFC A6) and
    /// `retry-after` say when to try again.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, Cow<'static, str>)> {
        [
            ("content-type", Cow::Borrowed("application/grpc")),
            ("grpc-status", Cow::Owned(self.code.to_string())),
            ("grpc-message", Cow::Owned(percent_encoded(&self.message))),
            ("entitlements-code", Cow::Borrowed(self.reason)),
        ]
        .into_iter()
        .chain(self.pushback.into_iter().flat_map(|wait| {
            let millis = wait.as_millis().to_string();
            let seconds = whole_seconds(wait).to_string();
            [
                ("grpc-retry-pushback-ms", Cow::Owned(millis)),
                ("retry-after", Cow::Owned(seconds)),
            ]
        }))
        .chain(
            self.rates
                .iter()
                .map(|(name, line)| (*name, Cow::Owned(line.clone()))),
        )
    }
}

/// What gRPC wants of `grpc-message`: visible ASCII and spaces stay, but for the percent sign.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if (b' '..=b'~').contains(&byte) && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Whether a request is gRPC's: its `content-type` begins with `application/grpc`.
#[must_use]
pub fn is_grpc(head: &dyn RequestHead) -> bool {
    let kind = head.header("content-type").unwrap_or_default();
    kind.get(..GRPC.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(GRPC))
}

const GRPC: &str = "application/grpc";
