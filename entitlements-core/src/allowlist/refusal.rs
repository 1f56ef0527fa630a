use std::net::IpAddr;

use crate::client_address::CidrError;

/// Why a list stays as it is (W7).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllowlistRefusal {
    /// No entry has the id.
    #[error("there is no such entry")]
    NotFound,
    /// What was given is no range.
    #[error(transparent)]
    Range(#[from] CidrError),
    /// The description is too long.
    #[error("a description has at most {most} characters")]
    DescriptionTooLong {
        /// How many it may have.
        most: usize,
    },
    /// There are characters in the description that show nothing.
    #[error("a description cannot hold control or invisible characters")]
    DescriptionInvisible,
    /// It adds or widens, and the account lacks the feature (W8).
    #[error("adding and widening need the feature `ip_allowlist`")]
    FeatureRequired,
    /// Another entry has the range.
    #[error("the entry `{id}` has the same range")]
    Duplicate {
        /// Which one.
        id: String,
    },
    /// There are too many entries.
    #[error("a list has at most {most} entries")]
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// The caller would not be allowed any more (W9).
    #[error("the list would not allow `{address}` any more, from where the change is made")]
    LocksOut {
        /// The caller's address.
        address: IpAddr,
    },
    /// The list would allow less than before, and nobody knows whether that is the caller (W9).
    #[error(
        "the list would allow less, and the address from where the change is made is not known"
    )]
    AddressUnknown,
}

impl AllowlistRefusal {
    /// Whether the caller may insist on it all the same.
    #[must_use]
    pub const fn can_be_forced(&self) -> bool {
        matches!(self, Self::LocksOut { .. } | Self::AddressUnknown)
    }

    /// Whether it is for want of the feature, and nothing else (W8).
    #[must_use]
    pub const fn needs_feature(&self) -> bool {
        matches!(self, Self::FeatureRequired)
    }

    /// The field of a request that it is about, where it is one.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Range(_) | Self::Duplicate { .. } => Some("ip_range"),
            Self::DescriptionTooLong { .. } | Self::DescriptionInvisible => Some("description"),
            _ => None,
        }
    }
}
