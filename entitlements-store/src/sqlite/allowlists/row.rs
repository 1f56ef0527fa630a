//! Entries as the table has them.

use entitlements_core::allowlist::AllowlistEntry;
use entitlements_core::{AccountId, Timestamp};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row as _, Sqlite};

/// A row that somebody else wrote something else into.
pub(super) struct NoEntry {
    /// As far as it is one.
    pub(super) id: String,
}

pub(super) fn entry(row: &SqliteRow) -> Result<AllowlistEntry, NoEntry> {
    read(row).ok_or_else(|| NoEntry {
        id: row.try_get("id").unwrap_or_default(),
    })
}

fn read(row: &SqliteRow) -> Option<AllowlistEntry> {
    let text = |column| row.try_get::<&str, _>(column).ok();
    let entry = AllowlistEntry::kept(
        text("id")?,
        text("ip_range")?.parse().ok()?,
        text("created_by")?,
        Timestamp::from_unix_micros(row.try_get("created_at").ok()?),
    );
    let entry = entry.described(text("description")?);
    match row.try_get::<i64, _>("is_active").ok()? {
        1 => Some(entry),
        0 => Some(entry.switched_off()),
        _ => None,
    }
}

pub(super) type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

pub(super) fn bound<'q>(
    statement: Statement<'q>,
    account: &'q AccountId,
    entry: &'q AllowlistEntry,
) -> Statement<'q> {
    statement
        .bind(account.as_str())
        .bind(&entry.id)
        .bind(entry.ip_range.to_string())
        .bind(&entry.description)
        .bind(entry.is_active)
        .bind(&entry.created_by)
        .bind(entry.created_at.unix_micros())
}
