//! From an address to a pool.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteQueryResult,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::address::{Address, IfMissing};
use super::busy::Patience;
use super::fault;
use super::file::{self, Identity};
use super::migrations::{self, Migrated};
use crate::{StoreError, StoreErrorKind};

/// One writes at a time anyway; the others are for readers.
const MOST_CONNECTIONS: u32 = 4;

/// How long SQLite waits for others, each time that it is asked.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a call waits for a connection that other calls have.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// A database that is open, with its tables up to date.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) pool: SqlitePool,
    pub(super) migrated: Migrated,
    /// For as many writers as there are connections, but one: those who wait while another process writes must not keep the readers waiting, who need not.
    writers: Semaphore,
    /// Where the file is and which one it is, unless the application opened it.
    place: Option<(PathBuf, Identity)>,
}

impl Opened {
    pub(super) async fn at(address: &Address) -> Result<Self, StoreError> {
        // A program may change its folder, and SQLite takes names for more than names unless they are whole paths.
        let path = std::path::absolute(&address.path)
            .map_err(|error| file::at(&address.path, StoreErrorKind::Failed, error))?;
        let mut made = None;
        if file::look(&path)?.is_none() {
            if address.if_missing == IfMissing::Refuse {
                return Err(file::at(&path, StoreErrorKind::Missing, "there is no file"));
            }
            made = Some(make(&path).await?);
        }
        file::level_modes(&path);
        let options = SqlitePoolOptions::new()
            .max_connections(MOST_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT);
        let mut patience = Patience::new();
        let pool = loop {
            let pool = options.clone().connect_with(settings(&path)).await;
            if !patience.lasts(pool.as_ref().err()).await {
                break pool.map_err(|error| fault::told(Some(&path), &error))?;
            }
        };
        let migrated = migrations::apply(&pool, Some(&path)).await?;
        // Not before: a layered file system may give a file another number when it is first written to.
        let Some(identity) = file::look(&path)? else {
            return Err(replaced(&path));
        };
        Ok(Self {
            writers: writers_of(&pool),
            pool,
            migrated: made.unwrap_or(migrated),
            place: Some((path, identity)),
        })
    }

    pub(super) async fn of(pool: SqlitePool) -> Result<Self, StoreError> {
        let migrated = migrations::apply(&pool, None).await?;
        Ok(Self {
            writers: writers_of(&pool),
            pool,
            migrated,
            place: None,
        })
    }

    /// SQLite goes on with a file that was removed, and what is kept in it would be gone with the process.
    pub(super) fn is_in_its_place(&self) -> Result<(), StoreError> {
        match &self.place {
            Some((path, identity)) if file::look(path)?.as_ref() != Some(identity) => {
                Err(replaced(path))
            }
            _ => Ok(()),
        }
    }

    /// Held by whoever is about to write, from before it has a connection; waits as long as for one of those.
    pub(super) async fn to_write(&self) -> Result<SemaphorePermit<'_>, sqlx::Error> {
        let patience = self.pool.options().get_acquire_timeout();
        match timeout(patience, self.writers.acquire()).await {
            Ok(permit) => permit.map_err(|_| sqlx::Error::PoolClosed),
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    /// A change that is one statement.
    pub(super) async fn write(
        &self,
        statement: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<SqliteQueryResult, sqlx::Error> {
        let _permit = self.to_write().await?;
        statement.execute(&self.pool).await
    }

    pub(super) fn error(&self, error: &sqlx::Error) -> StoreError {
        fault::told(self.path(), error)
    }

    /// What is the matter with what is kept in it.
    pub(super) fn fault(&self, kind: StoreErrorKind, what: impl std::fmt::Display) -> StoreError {
        fault::about(self.path(), kind, what)
    }

    fn path(&self) -> Option<&Path> {
        self.place.as_ref().map(|(path, _)| path.as_path())
    }
}

fn writers_of(pool: &SqlitePool) -> Semaphore {
    let connections = pool.options().get_max_connections();
    let writers = connections.saturating_sub(1).max(1);
    Semaphore::new(
        usize::try_from(writers)
            .unwrap_or(Semaphore::MAX_PERMITS)
            .min(Semaphore::MAX_PERMITS),
    )
}

fn replaced(path: &Path) -> StoreError {
    file::at(
        path,
        StoreErrorKind::Replaced,
        "the file is no longer the one that was opened",
    )
}

pub(super) fn never_opened() -> StoreError {
    StoreError::new(StoreErrorKind::Failed, "the database is not open")
}

fn settings(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT)
        .journal_mode(SqliteJournalMode::Wal)
        // WAL alone would keep the file whole, and lose what was answered last.
        .synchronous(SqliteSynchronous::Full)
        // A key that was removed is gone from the file too.
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

/// Makes a new database under another name first, so that one which is empty or half there is never taken for a new one.
async fn make(path: &Path) -> Result<Migrated, StoreError> {
    let unfinished = file::begin(path)?;
    let made = fill(&unfinished).await;
    match made {
        Ok(migrated) => file::finish(&unfinished, path).map(|()| migrated),
        Err(error) => {
            file::abandon(&unfinished);
            Err(fault::told(Some(path), &error))
        }
    }
}

async fn fill(unfinished: &Path) -> Result<Migrated, sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(&settings(unfinished)).await?;
    let migrated = migrations::apply_to(&mut connection).await?;
    connection.close().await?;
    Ok(migrated)
}
