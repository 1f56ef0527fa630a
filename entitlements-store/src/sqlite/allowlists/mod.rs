//! The port of allowlists, on the table `entitlements_allowlists`.

mod row;

use std::sync::Arc;

use entitlements_core::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistRefusal, AllowlistStore,
    AllowlistStoreError, ChangedBy, EntryChange,
};
use entitlements_core::{AccountId, Reply};
use sqlx::SqliteConnection;

use row::NoEntry;

use super::SqliteStore;
use super::busy::Patience;
use super::open::Opened;
use crate::{StoreError, StoreErrorKind};

const ENTRIES: &str = "
    SELECT id, ip_range, description, is_active, created_by, created_at
    FROM entitlements_allowlists WHERE account = ? ORDER BY id";

const PUT: &str = "
    INSERT INTO entitlements_allowlists
        (account, id, ip_range, description, is_active, created_by, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, id) DO UPDATE SET
        ip_range = excluded.ip_range,
        description = excluded.description,
        is_active = excluded.is_active,
        created_by = excluded.created_by,
        created_at = excluded.created_at";

const REMOVE: &str = "DELETE FROM entitlements_allowlists WHERE account = ? AND id = ?";

const REMOVE_ALL: &str = "DELETE FROM entitlements_allowlists WHERE account = ?";

/// Why a list was not read or written.
enum Failed {
    Sql(sqlx::Error),
    NoEntry(NoEntry),
}

impl Failed {
    const fn sql(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Sql(error) => Some(error),
            Self::NoEntry(_) => None,
        }
    }

    fn told(self, opened: &Opened, account: &AccountId) -> AllowlistStoreError {
        AllowlistStoreError::new(match self {
            Self::Sql(error) => opened.error(&error),
            Self::NoEntry(NoEntry { id }) => opened.fault(
                StoreErrorKind::Damaged,
                format_args!(
                    "the entry `{}` in the allowlist of the account `{}` is no entry",
                    id.escape_debug(),
                    account.as_str().escape_debug()
                ),
            ),
        })
    }
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

async fn list(
    connection: &mut SqliteConnection,
    account: &AccountId,
) -> Result<Arc<Allowlist>, Failed> {
    let rows = sqlx::query(ENTRIES).bind(account.as_str());
    let rows = rows.fetch_all(connection).await?;
    // One that cannot be read is not left out: without it the list may restrict nothing.
    let entries: Result<Vec<_>, _> = rows.iter().map(row::entry).collect();
    let entries = entries.map_err(Failed::NoEntry)?;
    Ok(Arc::new(Allowlist::new(entries)))
}

/// A refusal is an answer, and no failure.
type Judged = Result<AllowlistChanged, AllowlistRefusal>;

/// W10: whoever changes a list holds the lock that writing needs from before it is read.
async fn change_in_turn(
    opened: &Opened,
    account: &AccountId,
    change: &AllowlistChange,
    by: &ChangedBy,
) -> Result<Judged, Failed> {
    let _permit = opened.to_write().await?;
    let mut turn = opened.pool.begin_with("BEGIN IMMEDIATE").await?;
    match change_kept(&mut turn, account, change, by).await {
        Ok(Ok(changed)) => {
            turn.commit().await?;
            Ok(Ok(changed))
        }
        not_changed => {
            // Others are waiting. Where this fails, the connection is closed, and the turn ends with it.
            let _ = turn.rollback().await;
            not_changed
        }
    }
}

async fn change_kept(
    turn: &mut SqliteConnection,
    account: &AccountId,
    change: &AllowlistChange,
    by: &ChangedBy,
) -> Result<Judged, Failed> {
    let list = list(turn, account).await?;
    let changed = match change.applied_to(&list, by) {
        Ok(changed) => changed,
        Err(refused) => return Ok(Err(refused)),
    };
    let statement = match &changed.change {
        None => return Ok(Ok(changed)),
        Some(EntryChange::Put(entry)) => row::bound(sqlx::query(PUT), account, entry),
        Some(EntryChange::Remove(entry)) => {
            sqlx::query(REMOVE).bind(account.as_str()).bind(&entry.id)
        }
    };
    statement.execute(turn).await?;
    Ok(Ok(changed))
}

impl SqliteStore {
    async fn allowlist(&self, account: &AccountId) -> Result<Arc<Allowlist>, AllowlistStoreError> {
        let opened = self.opened().await.map_err(AllowlistStoreError::new)?;
        let mut patience = Patience::new();
        loop {
            let read = match opened.pool.acquire().await {
                Ok(mut connection) => list(&mut connection, account).await,
                Err(error) => Err(error.into()),
            };
            let failed = read.as_ref().err().and_then(Failed::sql);
            if !patience.lasts(failed).await {
                return read.map_err(|failed| failed.told(opened, account));
            }
        }
    }

    async fn change_allowlist(
        &self,
        account: &AccountId,
        change: &AllowlistChange,
        by: &ChangedBy,
    ) -> Result<Judged, AllowlistStoreError> {
        let opened = self.opened().await.map_err(AllowlistStoreError::new)?;
        let mut patience = Patience::new();
        loop {
            let judged = change_in_turn(opened, account, change, by).await;
            let failed = judged.as_ref().err().and_then(Failed::sql);
            if !patience.lasts(failed).await {
                let judged = judged.map_err(|failed| failed.told(opened, account))?;
                opened.is_in_its_place().map_err(AllowlistStoreError::new)?;
                return Ok(judged);
            }
        }
    }

    async fn remove_allowlist(&self, account: &AccountId) -> Result<bool, StoreError> {
        let opened = self.opened().await?;
        let mut patience = Patience::new();
        loop {
            let removed = opened.write(sqlx::query(REMOVE_ALL).bind(account.as_str()));
            let removed = removed.await;
            if !patience.lasts(removed.as_ref().err()).await {
                let removed = removed.map_err(|error| opened.error(&error))?;
                opened.is_in_its_place()?;
                return Ok(removed.rows_affected() > 0);
            }
        }
    }
}

fn ended() -> AllowlistStoreError {
    AllowlistStoreError::new("the program ended before it was kept")
}

impl AllowlistStore for SqliteStore {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let (store, account) = (self.clone(), account.clone());
        Reply::later(async move { store.allowlist(&account).await })
    }

    /// Goes on also where nobody waits for the answer any more.
    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        let (store, account) = (self.clone(), account.clone());
        Reply::later(async move {
            let judged =
                tokio::spawn(async move { store.change_allowlist(&account, &change, &by).await });
            let judged = judged.await.unwrap_or_else(|_| Err(ended()))?;
            Ok(judged?)
        })
    }

    /// Goes on also where nobody waits for the answer any more.
    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        let (store, account) = (self.clone(), account.clone());
        Reply::later(async move {
            let removed = tokio::spawn(async move { store.remove_allowlist(&account).await });
            match removed.await {
                Ok(removed) => removed.map_err(AllowlistStoreError::new),
                Err(_) => Err(ended()),
            }
        })
    }
}
