//! The database: one SQLite file, and what operators configured in it.
//!
//! Webhooks, schedules, keys, rules and the like are all the same to it: values of a [`Configured`] type with an id. They
//! are sealed like the payloads of jobs, because they hold secrets.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Row as _, SqlitePool};
use uuid::Uuid;

use crate::failure::Failure;
use crate::vault::Vault;

#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) pool: SqlitePool,
    pub(crate) vault: Arc<Vault>,
}

/// Something that an operator configures.
pub(crate) trait Configured: Serialize + DeserializeOwned + Send + Unpin + 'static {
    /// What it is called.
    const KIND: &'static str;

    /// Takes out what must never be shown.
    fn hide_secrets(&mut self) {}
}

/// A configured value, and how it is found.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry<T> {
    pub(crate) id: String,
    pub(crate) namespace: String,
    #[serde(flatten)]
    pub(crate) value: T,
}

impl Store {
    pub(crate) async fn open(folder: &Path, vault: Vault) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("jobs.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new().max_connections(4);
        let pool = pool.connect_with(options).await?;
        sqlx::raw_sql(include_str!("schema.sql"))
            .execute(&pool)
            .await?;
        let vault = Arc::new(vault);
        Ok(Self { pool, vault })
    }

    /// Puts a new value there, and gives its id.
    pub(crate) async fn add<T: Configured>(
        &self,
        namespace: &str,
        value: &T,
    ) -> Result<String, Failure> {
        let id = Uuid::now_v7().to_string();
        self.put(namespace, &id, value).await?;
        Ok(id)
    }

    /// Puts a value there, in the place of the one with this id.
    pub(crate) async fn put<T: Configured>(
        &self,
        namespace: &str,
        id: &str,
        value: &T,
    ) -> Result<(), Failure> {
        let sealed = self.vault.seal(id, &serde_json::to_vec(value)?)?;
        sqlx::query(
            "INSERT OR REPLACE INTO configured (kind, id, namespace, value) VALUES (?, ?, ?, ?)",
        )
        .bind(T::KIND)
        .bind(id)
        .bind(namespace)
        .bind(sealed)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(crate) async fn get<T: Configured>(&self, id: &str) -> Result<Option<Entry<T>>, Failure> {
        let row = sqlx::query("SELECT * FROM configured WHERE kind = ? AND id = ?")
            .bind(T::KIND)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| self.entry(&row)).transpose()
    }

    /// Those of a namespace, or of all of them; the oldest first.
    pub(crate) async fn list<T: Configured>(
        &self,
        namespace: Option<&str>,
    ) -> Result<Vec<Entry<T>>, Failure> {
        let rows = sqlx::query("SELECT * FROM configured WHERE kind = ?1 AND namespace = coalesce(?2, namespace) ORDER BY id")
            .bind(T::KIND)
            .bind(namespace)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| self.entry(row)).collect()
    }

    /// Whether there was one.
    pub(crate) async fn remove<T: Configured>(
        &self,
        namespace: &str,
        id: &str,
    ) -> Result<bool, Failure> {
        let removed =
            sqlx::query("DELETE FROM configured WHERE kind = ? AND namespace = ? AND id = ?")
                .bind(T::KIND)
                .bind(namespace)
                .bind(id)
                .execute(&self.pool)
                .await?;
        Ok(removed.rows_affected() > 0)
    }

    fn entry<T: Configured>(&self, row: &sqlx::sqlite::SqliteRow) -> Result<Entry<T>, Failure> {
        let id: String = row.try_get("id")?;
        let value = self.vault.open(&id, row.try_get("value")?)?;
        Ok(Entry {
            namespace: row.try_get("namespace")?,
            value: serde_json::from_slice(&value)?,
            id,
        })
    }
}
