//! The tables: numbered steps, of which a database remembers those that were taken.

use std::path::Path;

use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use super::busy::Patience;
use super::fault;
use crate::{StoreError, StoreErrorKind};

/// A step. One that was published never changes; what comes later is a further one.
struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "state",
        sql: include_str!("../../migrations/sqlite/0001_state.sql"),
    },
    Migration {
        version: 2,
        name: "audit",
        sql: include_str!("../../migrations/sqlite/0002_audit.sql"),
    },
    Migration {
        version: 3,
        name: "allowlists",
        sql: include_str!("../../migrations/sqlite/0003_allowlists.sql"),
    },
];

/// A table of our own, beside the one that the application's migrations may have.
const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS entitlements_migrations (
        version INTEGER PRIMARY KEY,
        name TEXT NOT NULL
    ) STRICT";

/// What was done to the tables of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migrated {
    /// The version that they have now.
    pub version: u32,
    /// The names of the steps that were taken; none where they were up to date.
    pub applied: Vec<&'static str>,
}

/// Brings a database up to date.
pub(super) async fn apply(pool: &SqlitePool, path: Option<&Path>) -> Result<Migrated, StoreError> {
    let mut patience = Patience::new();
    let migrated = loop {
        let migrated = match pool.acquire().await {
            Ok(mut connection) => apply_to(&mut connection).await,
            Err(error) => Err(error),
        };
        if !patience.lasts(migrated.as_ref().err()).await {
            break migrated.map_err(|error| fault::told(path, &error))?;
        }
    };
    if migrated.version > latest() {
        let newer = format_args!(
            "its tables have version {}, and this program knows those up to {}",
            migrated.version,
            latest()
        );
        return Err(fault::about(path, StoreErrorKind::Newer, newer));
    }
    Ok(migrated)
}

/// Takes the steps that are missing, all of them or none. Tables of a newer version are left as they are.
pub(super) async fn apply_to(connection: &mut SqliteConnection) -> Result<Migrated, sqlx::Error> {
    // Without a lock first: mostly nothing is missing, and the file may be one that can only be read.
    let version = version(connection).await?;
    if version >= latest() {
        return Ok(Migrated {
            version,
            applied: Vec::new(),
        });
    }
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(TABLE).execute(&mut *change).await?;
    let mut migrated = Migrated {
        version: self::version(&mut change).await?,
        applied: Vec::new(),
    };
    for step in MIGRATIONS {
        if step.version <= migrated.version {
            continue;
        }
        sqlx::raw_sql(step.sql).execute(&mut *change).await?;
        sqlx::query("INSERT INTO entitlements_migrations (version, name) VALUES (?, ?)")
            .bind(step.version)
            .bind(step.name)
            .execute(&mut *change)
            .await?;
        migrated.version = step.version;
        migrated.applied.push(step.name);
    }
    change.commit().await?;
    Ok(migrated)
}

/// The newest step that was taken; 0 where none was.
async fn version(connection: &mut SqliteConnection) -> Result<u32, sqlx::Error> {
    let table =
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'entitlements_migrations'";
    if sqlx::query(table)
        .fetch_optional(&mut *connection)
        .await?
        .is_none()
    {
        return Ok(0);
    }
    sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM entitlements_migrations")
        .fetch_one(connection)
        .await
}

fn latest() -> u32 {
    MIGRATIONS.last().map_or(0, |step| step.version)
}

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn steps_are_numbered_from_1() {
        let versions = MIGRATIONS.iter().map(|step| step.version);
        assert!(versions.eq(1..=MIGRATIONS.len() as u32));
    }
}
