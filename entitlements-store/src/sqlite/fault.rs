//! What SQLite says, in words for the operator. It never says what is kept: values are bound, and not part of its messages.

use std::path::Path;

use super::file;
use crate::{StoreError, StoreErrorKind};

/// Result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const ERROR: u32 = 1;
    pub(super) const PERM: u32 = 3;
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READONLY: u32 = 8;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const CANTOPEN: u32 = 14;
    pub(super) const MISMATCH: u32 = 20;
    pub(super) const NOTADB: u32 = 26;
}

/// The primary result code: the low byte of the extended one.
fn primary(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(primary(error), Some(code::BUSY | code::LOCKED))
}

pub(super) fn told(path: Option<&Path>, error: &sqlx::Error) -> StoreError {
    use StoreErrorKind::{Busy, Damaged, Failed, Foreign, Full, NoPermission};
    let kind = match (primary(error), error) {
        (Some(code::BUSY | code::LOCKED), _) | (None, sqlx::Error::PoolTimedOut) => Busy,
        (Some(code::NOTADB | code::CORRUPT), _) => Damaged,
        (Some(code::FULL), _) => Full,
        (Some(code::READONLY | code::CANTOPEN | code::PERM), _) => NoPermission,
        // Its tables are not there, or not as they were made.
        (Some(code::ERROR | code::MISMATCH), _) => Foreign,
        (None, sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_)) => Foreign,
        _ => Failed,
    };
    let cause = match error.as_database_error() {
        Some(database) => database.message().to_owned(),
        None => error.to_string(),
    };
    about(path, kind, cause)
}

pub(super) fn about(
    path: Option<&Path>,
    kind: StoreErrorKind,
    cause: impl std::fmt::Display,
) -> StoreError {
    match path {
        Some(path) => file::at(path, kind, cause),
        None => StoreError::new(kind, format_args!("the database: {cause}")),
    }
}
