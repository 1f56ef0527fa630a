use super::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use crate::Reply;

/// Keeps nothing: what is handed in is gone when the process ends (P1).
#[derive(Debug, Clone, Copy, Default)]
pub struct MemoryLicenses;

impl LicenseStore for MemoryLicenses {
    fn load(&self, _: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        Reply::Now(Ok(Vec::new()))
    }

    fn put(&self, _: Collection, _: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(Ok(()))
    }

    fn remove(&self, _: Collection, _: &str) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(Ok(()))
    }

    fn clear(&self, _: Collection) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(Ok(()))
    }

    fn outlasts_the_process(&self) -> bool {
        false
    }
}
