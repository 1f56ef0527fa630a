//! One file a command: what it takes, and what it does.

pub(crate) mod catalog_check;
pub(crate) mod catalog_diff;
pub(crate) mod catalog_table;
pub(crate) mod clock_reset;
pub(crate) mod fingerprint;
#[cfg(feature = "heartbeat")]
pub(crate) mod heartbeat;
pub(crate) mod inspect;
pub(crate) mod issue;
pub(crate) mod keygen;
#[cfg(feature = "sqlite")]
pub(crate) mod migrate;
pub(crate) mod revoke;
pub(crate) mod verify;
