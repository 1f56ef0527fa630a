use super::{LicenseStore, LicenseStoreError, StoredLicense};
use crate::Reply;

/// Keeps nothing: what is handed in is gone when the process ends (P1).
#[derive(Debug, Clone, Copy, Default)]
pub struct MemoryLicenses;

impl LicenseStore for MemoryLicenses {
    fn load(&self) -> Reply<Result<Vec<StoredLicense>, LicenseStoreError>> {
        Reply::Now(Ok(Vec::new()))
    }

    fn put(&self, _: StoredLicense) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(Ok(()))
    }

    fn remove(&self, _: &str) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(Ok(()))
    }

    fn clear(&self) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(Ok(()))
    }
}
