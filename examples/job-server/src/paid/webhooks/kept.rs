//! Messages that outlast the process: in the database, sealed like everything else.

use entitlements_axum::Reply;
use entitlements_outbound::webhook::{DeliveryStore, DeliveryStoreError, StoredDelivery};
use sqlx::Row as _;

use crate::failure::Answer;
use crate::store::Store;

/// Those of one webhook.
#[derive(Debug, Clone)]
pub(super) struct KeptDeliveries {
    store: Store,
    webhook: String,
}

impl KeptDeliveries {
    pub(super) fn of(store: &Store, webhook: &str) -> Self {
        Self {
            store: store.clone(),
            webhook: webhook.to_owned(),
        }
    }

    async fn read(self) -> Answer<Vec<StoredDelivery>> {
        let rows = sqlx::query("SELECT id, value FROM deliveries WHERE webhook = ?")
            .bind(self.webhook)
            .fetch_all(&self.store.pool)
            .await?;
        let kept = rows.iter().map(|row| {
            let id: String = row.try_get("id")?;
            let value = self.store.vault.open(&id, row.try_get("value")?)?;
            let value = String::from_utf8_lossy(&value).into_owned();
            Ok(StoredDelivery { id, value })
        });
        kept.collect()
    }

    async fn write(self, delivery: StoredDelivery) -> Answer<()> {
        let value = self
            .store
            .vault
            .seal(&delivery.id, delivery.value.as_bytes())?;
        sqlx::query("INSERT OR REPLACE INTO deliveries (webhook, id, value) VALUES (?, ?, ?)")
            .bind(self.webhook)
            .bind(delivery.id)
            .bind(value)
            .execute(&self.store.pool)
            .await?;
        Ok(())
    }

    async fn forget(self, id: String) -> Answer<()> {
        sqlx::query("DELETE FROM deliveries WHERE webhook = ? AND id = ?")
            .bind(self.webhook)
            .bind(id)
            .execute(&self.store.pool)
            .await?;
        Ok(())
    }
}

impl DeliveryStore for KeptDeliveries {
    fn load(&self) -> Reply<Result<Vec<StoredDelivery>, DeliveryStoreError>> {
        later(self.clone().read())
    }

    fn put(&self, delivery: StoredDelivery) -> Reply<Result<(), DeliveryStoreError>> {
        later(self.clone().write(delivery))
    }

    fn remove(&self, id: &str) -> Reply<Result<(), DeliveryStoreError>> {
        later(self.clone().forget(id.to_owned()))
    }
}

fn later<T: Send>(
    done: impl Future<Output = Answer<T>> + Send + 'static,
) -> Reply<Result<T, DeliveryStoreError>> {
    Reply::later(async { done.await.map_err(DeliveryStoreError::new) })
}
