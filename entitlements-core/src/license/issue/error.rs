use super::SignError;
use crate::license::{LicenseError, RevocationError};

/// Why a license is not issued. The message says the cause too, so [`source`](std::error::Error::source) does not say it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The draft says no expiry.
    #[error("a license needs an expiry")]
    MissingExpiry,
    /// The draft names no plan.
    #[error("a license needs a plan")]
    MissingPlan,
    /// A name that the catalog lacks.
    #[error("unknown {what} `{name}`{}", .nearest.as_ref().map(|nearest| format!(", did you mean `{nearest}`?")).unwrap_or_default())]
    Unknown {
        /// `plan`, `feature`, `limit`, `rate` or `add-on`.
        what: &'static str,
        /// The name.
        name: String,
        /// The nearest name that the catalog has.
        nearest: Option<String>,
    },
    /// Something that this vendor's keys have no claim for.
    #[error("this catalog's keys have no claim for {what} `{name}`; add it to `[license.claims]`")]
    NoClaim {
        /// What cannot be written.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// One name is given twice.
    #[error("{what} `{name}` is given twice")]
    Twice {
        /// `feature`, `limit`, `rate` or `add-on`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A number that this vendor's keys write for unlimited.
    #[error(
        "limit `{name}` cannot be {number}: in this catalog's keys that number means unlimited"
    )]
    MeansUnlimited {
        /// The limit.
        name: String,
        /// The number.
        number: u64,
    },
    /// An add-on that goes with other plans than this license's; activating it would be refused.
    #[error("the add-on `{0}` does not go with this plan; see its `requires` in the catalog")]
    InapplicableAddon(String),
    /// The signer gave no signature.
    #[error("the license was not signed: {0}")]
    NotSigned(SignError),
    /// The key would be refused by whoever checks it.
    #[error("such a license key would be refused: {0}")]
    Refused(LicenseError),
    /// The revocation list would be refused by whoever checks it.
    #[error("such a revocation list would be refused: {0}")]
    RefusedList(RevocationError),
}

impl From<SignError> for IssueError {
    fn from(error: SignError) -> Self {
        Self::NotSigned(error)
    }
}

impl From<LicenseError> for IssueError {
    fn from(error: LicenseError) -> Self {
        Self::Refused(error)
    }
}

impl From<RevocationError> for IssueError {
    fn from(error: RevocationError) -> Self {
        Self::RefusedList(error)
    }
}
