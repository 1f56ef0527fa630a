//! Short words for what tests do with a store.

use std::collections::BTreeMap;

use entitlements_core::license::{Collection, LicenseStore as _, LicenseStoreError, StoredEntry};
use entitlements_store::SqliteStore;

pub(crate) type Kept = BTreeMap<String, String>;

pub(crate) async fn put(
    store: &SqliteStore,
    id: &str,
    value: &str,
) -> Result<(), LicenseStoreError> {
    let entry = StoredEntry::new(id, value);
    store.put(Collection::Licenses, entry).await
}

pub(crate) async fn remove(store: &SqliteStore, id: &str) -> Result<(), LicenseStoreError> {
    store.remove(Collection::Licenses, id).await
}

pub(crate) async fn clear(store: &SqliteStore) -> Result<(), LicenseStoreError> {
    store.clear(Collection::Licenses).await
}

pub(crate) async fn kept(store: &SqliteStore) -> Result<Kept, LicenseStoreError> {
    let entries = store.load(Collection::Licenses).await?.into_iter();
    Ok(entries.map(|entry| (entry.id, entry.value)).collect())
}
