//! Where messages that are still to be delivered outlast the process.
//!
//! - this file: the port;
//! - `memory.rs`: nothing outlasts it;
//! - `folder.rs`: a file for each message.

mod folder;
mod memory;

pub use folder::DeliveryFolder;
pub use memory::MemoryDeliveries;

use std::fmt;

use entitlements_core::Reply;

/// Where messages are kept until they are delivered, dead letters included: a port, so that they may be in files or in a database.
///
/// Each call happens whole or not at all. One store is for one [`Webhook`](super::Webhook) of one process at a time.
pub trait DeliveryStore: fmt::Debug + Send + Sync + 'static {
    /// All that is kept, in any order.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn load(&self) -> Reply<Result<Vec<StoredDelivery>, DeliveryStoreError>>;

    /// Keeps a message, in place of one with its id.
    ///
    /// # Errors
    /// Where it cannot be kept.
    fn put(&self, delivery: StoredDelivery) -> Reply<Result<(), DeliveryStoreError>>;

    /// Forgets the message with this id, if it is there.
    ///
    /// # Errors
    /// Where it cannot be forgotten.
    fn remove(&self, id: &str) -> Reply<Result<(), DeliveryStoreError>>;
}

/// A message as it is kept, with what became of it so far.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredDelivery {
    /// The message's id: `msg_` and 32 digits in hex.
    pub id: String,
    /// The rest, as JSON. It holds the message's data, but neither URL nor secret.
    pub value: String,
}

/// Says which message it is, and not what is in it.
impl fmt::Debug for StoredDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredDelivery")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why messages could not be read or kept, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct DeliveryStoreError {
    cause: String,
}

impl DeliveryStoreError {
    /// What went wrong, in words for the operator.
    #[must_use]
    pub fn new(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
        }
    }
}
