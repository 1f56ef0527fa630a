//! Where licenses that are handed in outlast the process, and what else of their lives must: revocations, the newest trusted time, and
//! which notices were given.
//!
//! - this file: the port;
//! - `collection.rs`: what is kept, by kind;
//! - `files.rs`: one file a collection in a folder, the data folder;
//! - `memory.rs`: nothing outlasts it.
//!
//! The rules are P1 to P10 of `spec/storage.md`.

mod collection;
mod files;
mod memory;

pub use collection::Collection;
pub use files::LicenseFiles;
pub use memory::MemoryLicenses;

use std::fmt;

use crate::Reply;

/// Where licenses and their state are kept: a port, so that they may be in files or in a database.
///
/// A store keeps values as they were given and believes nothing of them: the engine verifies each key when it is read (P2). Each call happens
/// whole or not at all, and what was answered with success is there after a loss of power (P3).
///
/// # Cancel safety
/// A dropped reply leaves a change done or undone, and nothing in between.
pub trait LicenseStore: fmt::Debug + Send + Sync + 'static {
    /// All that is kept in a collection.
    ///
    /// # Errors
    /// Where it cannot be read. The engine starts all the same, without what is kept (P5).
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>>;

    /// Keeps an entry, in place of one with its id.
    ///
    /// # Errors
    /// Where it cannot be kept; what was kept before stays.
    fn put(
        &self,
        collection: Collection,
        entry: StoredEntry,
    ) -> Reply<Result<(), LicenseStoreError>>;

    /// Forgets the entry with this id, if it is there.
    ///
    /// # Errors
    /// Where it cannot be forgotten; it stays.
    fn remove(&self, from: Collection, id: &str) -> Reply<Result<(), LicenseStoreError>>;

    /// Forgets all of a collection.
    ///
    /// # Errors
    /// Where they cannot be forgotten; they stay.
    fn clear(&self, collection: Collection) -> Reply<Result<(), LicenseStoreError>>;

    /// Whether what is kept here is there after the next start: everywhere but in memory.
    fn outlasts_the_process(&self) -> bool {
        true
    }
}

/// One thing that is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its name in its collection, such as the license's id.
    pub id: String,
    /// What is kept, as it was given; of licenses the key, compact: a secret.
    pub value: String,
}

impl StoredEntry {
    /// This value by this id.
    #[must_use]
    pub fn new(id: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            value: value.into(),
        }
    }
}

/// Says which entry it is, and not its value (I9).
impl fmt::Debug for StoredEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredEntry")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why something could not be read or kept, in words for the operator.
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
