use std::sync::Arc;

use super::{Watched, seen};
use crate::Reply;
use crate::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use crate::metrics::Backend::LicenseStore as BACKEND;

impl<S: LicenseStore + ?Sized> LicenseStore for Watched<Arc<S>> {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        seen(BACKEND, self.0.load(of))
    }

    fn put(
        &self,
        collection: Collection,
        entry: StoredEntry,
    ) -> Reply<Result<(), LicenseStoreError>> {
        seen(BACKEND, self.0.put(collection, entry))
    }

    fn remove(&self, from: Collection, id: &str) -> Reply<Result<(), LicenseStoreError>> {
        seen(BACKEND, self.0.remove(from, id))
    }

    fn clear(&self, collection: Collection) -> Reply<Result<(), LicenseStoreError>> {
        seen(BACKEND, self.0.clear(collection))
    }

    fn outlasts_the_process(&self) -> bool {
        self.0.outlasts_the_process()
    }
}
