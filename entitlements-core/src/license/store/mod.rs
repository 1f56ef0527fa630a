//! Where licenses that are handed in outlast the process.
//!
//! - this file: the port;
//! - `files.rs`: one file in a folder, the data folder's `licenses.json`;
//! - `memory.rs`: nothing outlasts it.
//!
//! The rules are P1 to P8 of `spec/storage.md`.

mod files;
mod memory;

pub use files::LicenseFile;
pub use memory::MemoryLicenses;

use std::fmt;

use crate::Reply;

/// Where licenses are kept: a port, so that they may be in a file or in a database.
///
/// A store keeps keys as they were signed and believes nothing of them: the engine verifies each when it is read (P2). Each call happens
/// whole or not at all, and what was answered with success is there after a loss of power (P3).
///
/// # Cancel safety
/// A dropped reply leaves a change done or undone, and nothing in between.
pub trait LicenseStore: fmt::Debug + Send + Sync + 'static {
    /// All that is kept.
    ///
    /// # Errors
    /// Where it cannot be read. The engine starts all the same, without what is kept (P5).
    fn load(&self) -> Reply<Result<Vec<StoredLicense>, LicenseStoreError>>;

    /// Keeps a license, in place of one with its id.
    ///
    /// # Errors
    /// Where it cannot be kept; what was kept before stays.
    fn put(&self, license: StoredLicense) -> Reply<Result<(), LicenseStoreError>>;

    /// Forgets the license with this id, if it is there.
    ///
    /// # Errors
    /// Where it cannot be forgotten; it stays.
    fn remove(&self, id: &str) -> Reply<Result<(), LicenseStoreError>>;

    /// Forgets all licenses.
    ///
    /// # Errors
    /// Where they cannot be forgotten; they stay.
    fn clear(&self) -> Reply<Result<(), LicenseStoreError>>;
}

/// A license as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredLicense {
    /// The license's id.
    pub id: String,
    /// The key, compact: a secret.
    pub key: String,
}

/// Says which license it is, and not its key (I9).
impl fmt::Debug for StoredLicense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredLicense")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why licenses could not be read or kept, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct LicenseStoreError {
    cause: String,
}

impl LicenseStoreError {
    /// What went wrong, in words for the operator; never with a key in them.
    #[must_use]
    pub fn new(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
        }
    }
}
