use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Timestamp;
use crate::license::{
    Collection, Deployment, License, LicenseError, LicenseStatus, RevocationError, Revocations,
};

/// What an account holds: the sources that [`resolve`](super::resolve()) joins.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Holdings {
    /// Licenses that verified, whatever their dates; no two with one id.
    pub licenses: Vec<HeldLicense>,
    /// Keys that are configured and cannot be used.
    pub rejected: Vec<RejectedKey>,
    /// Sources that are configured and not used, in words for the operator.
    pub ignored: Vec<String>,
    /// Where the product runs; licenses that are bound elsewhere do not count.
    pub deployment: Deployment,
    /// Why the instance's fingerprint is not known, where a license is bound to one: the cause, and what to do.
    pub instance_unknown: Option<(String, &'static str)>,
    /// Since when licenses, by id, have been found in a deployment that they are not bound to (S7a).
    pub first_mismatches: BTreeMap<String, Timestamp>,
    /// What else is kept and could not be read, and why.
    pub unreadable: Vec<(Collection, String)>,
    /// Whether the clock is behind the newest trusted time (T1).
    pub clock_is_behind: bool,
    /// When all of this was last read.
    pub read_at: Option<Timestamp>,
    /// What the vendor has taken back.
    pub revocations: Arc<Revocations>,
    /// Revocation lists that are configured and cannot be used.
    pub rejected_revocations: Vec<RejectedRevocations>,
}

impl Holdings {
    /// Adds a license; one with the same id is replaced.
    pub fn hold(&mut self, held: HeldLicense) {
        self.licenses
            .retain(|known| known.license.id() != held.license.id());
        self.licenses.push(held);
    }

    /// Whether something that is kept could not be read.
    pub(crate) fn store_was_unreadable(&self) -> bool {
        let key = |rejected: &RejectedKey| {
            rejected.source == LicenseSource::Store
                && matches!(rejected.cause, RejectedCause::Unreadable(_))
        };
        let list = |rejected: &RejectedRevocations| {
            rejected.source == LicenseSource::Store
                && matches!(rejected.cause, RevocationsCause::Unreadable(_))
        };
        !self.unreadable.is_empty()
            || self.rejected.iter().any(key)
            || self.rejected_revocations.iter().any(list)
    }

    /// The status where no license verified.
    pub(super) fn status_without_license(&self) -> LicenseStatus {
        if self.rejected.is_empty() {
            LicenseStatus::Unlicensed
        } else {
            LicenseStatus::Invalid
        }
    }
}

/// A license and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLicense {
    /// What the key says.
    pub license: License,
    /// Where the key comes from.
    pub source: LicenseSource,
}

/// A key that is configured and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedKey {
    /// Where the key comes from.
    pub source: LicenseSource,
    /// The id under which it is kept, where it is.
    pub id: Option<String>,
    /// Why it is not used.
    pub cause: RejectedCause,
}

/// A revocation list that is configured and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRevocations {
    /// Where the list comes from.
    pub source: LicenseSource,
    /// Why it is not used.
    pub cause: RevocationsCause,
}

/// Why a configured revocation list is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationsCause {
    /// It does not verify.
    List(RevocationError),
    /// It could not be read, and why.
    Unreadable(String),
    /// It counts, and could not be kept for the next start, and why.
    NotKept(String),
}

/// Why a configured key is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RejectedCause {
    /// It does not verify.
    License(LicenseError),
    /// It could not be read, and why.
    Unreadable(String),
}

/// Where a license key or a revocation list comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LicenseSource {
    /// Handed in while the process runs, and kept.
    Store,
    /// An environment variable, by name.
    Variable(String),
    /// A file, by path.
    File(String),
    /// The command line or the program itself.
    Flag,
}

impl LicenseSource {
    /// The kind of source as one word: `store`, `variable`, `file` or `flag`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Variable(_) => "variable",
            Self::File(_) => "file",
            Self::Flag => "flag",
        }
    }
}

/// The source in words: ``the variable `ACME_LICENSE_KEY` ``.
impl std::fmt::Display for LicenseSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store => f.write_str("the license store"),
            Self::Variable(name) => write!(f, "the variable `{name}`"),
            Self::File(path) => write!(f, "the file `{path}`"),
            Self::Flag => f.write_str("the command line"),
        }
    }
}
