#![doc = include_str!("../README.md")]

#[cfg(feature = "sqlite")]
mod error;
#[cfg(feature = "redis")]
mod redis_rates;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "sqlite")]
pub use error::{StoreError, StoreErrorKind};
#[cfg(feature = "sqlite")]
pub use sqlite::{Migrated, SqliteStore};
/// The driver, in the version that [`SqliteStore::from_pool`] takes pools of.
#[cfg(feature = "sqlite")]
pub use sqlx;

/// The driver, in the version that [`RedisRates::from_connection`] takes connections of.
#[cfg(feature = "redis")]
pub use redis;
#[cfg(feature = "redis")]
pub use redis_rates::RedisRates;
