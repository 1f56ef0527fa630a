//! The port of what outlasts the process, on the table `entitlements_state`.

use entitlements_core::Reply;
use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};

use super::SqliteStore;
use super::busy::Patience;
use crate::StoreError;

impl SqliteStore {
    async fn entries(&self, of: Collection) -> Result<Vec<(String, String)>, StoreError> {
        const ENTRIES: &str =
            "SELECT id, value FROM entitlements_state WHERE collection = ? ORDER BY id";
        let opened = self.opened().await?;
        let mut patience = Patience::new();
        loop {
            let rows = sqlx::query_as(ENTRIES).bind(of.name());
            let rows = rows.fetch_all(&opened.pool).await;
            if !patience.lasts(rows.as_ref().err()).await {
                return rows.map_err(|error| opened.error(&error));
            }
        }
    }

    /// One statement takes the lock that writing needs at once, and happens whole or not at all.
    async fn change(&self, sql: &'static str, bound: &[&str]) -> Result<(), StoreError> {
        let opened = self.opened().await?;
        let mut patience = Patience::new();
        loop {
            let query = bound
                .iter()
                .fold(sqlx::query(sql), |query, value| query.bind(*value));
            let changed = opened.write(query).await;
            if !patience.lasts(changed.as_ref().err()).await {
                changed.map_err(|error| opened.error(&error))?;
                return opened.is_in_its_place();
            }
        }
    }
}

impl LicenseStore for SqliteStore {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        let store = self.clone();
        Reply::later(async move {
            let rows = store.entries(of).await.map_err(LicenseStoreError::new)?;
            let entries = rows.into_iter();
            Ok(entries
                .map(|(id, value)| StoredEntry { id, value })
                .collect())
        })
    }

    fn put(
        &self,
        collection: Collection,
        StoredEntry { id, value }: StoredEntry,
    ) -> Reply<Result<(), LicenseStoreError>> {
        // The same again writes nothing (P6).
        const PUT: &str = "
            INSERT INTO entitlements_state (collection, id, value) VALUES (?, ?, ?)
            ON CONFLICT (collection, id) DO UPDATE SET value = excluded.value
            WHERE value <> excluded.value";
        let store = self.clone();
        Reply::later(async move {
            let put = store.change(PUT, &[collection.name(), &id, &value]).await;
            put.map_err(LicenseStoreError::new)
        })
    }

    fn remove(&self, from: Collection, id: &str) -> Reply<Result<(), LicenseStoreError>> {
        const REMOVE: &str = "DELETE FROM entitlements_state WHERE collection = ? AND id = ?";
        let (store, id) = (self.clone(), id.to_owned());
        Reply::later(async move {
            let removed = store.change(REMOVE, &[from.name(), &id]).await;
            removed.map_err(LicenseStoreError::new)
        })
    }

    fn clear(&self, collection: Collection) -> Reply<Result<(), LicenseStoreError>> {
        const CLEAR: &str = "DELETE FROM entitlements_state WHERE collection = ?";
        let store = self.clone();
        Reply::later(async move {
            let cleared = store.change(CLEAR, &[collection.name()]).await;
            cleared.map_err(LicenseStoreError::new)
        })
    }
}
