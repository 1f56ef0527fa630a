//! Signed webhooks: messages by POST to a URL that the operator gave, tried again until they arrive.
//!
//! - `secret.rs`, `signature.rs`, `verify.rs`: the scheme of [Standard Webhooks](https://www.standardwebhooks.com), for both sides;
//! - `message.rs`: what is sent;
//! - `delivery.rs`, `queue/`: what became of each message, and whose turn it is;
//! - `retry.rs`: when it is tried again;
//! - `notify.rs`: an engine's notices of licenses as messages;
//! - `store/`: the port that lets messages outlast the process;
//! - `builder.rs`, `handle.rs`, `worker.rs`: [`Webhook`] and the work in the background.
//!
//! A message is delivered at least once: where an answer is lost, it is sent again under the same `webhook-id`, by which a
//! receiver tells that it has it already. Order is not promised.

mod secret;
mod signature;
mod verify;

#[cfg(feature = "client")]
mod builder;
#[cfg(feature = "client")]
mod delivery;
#[cfg(feature = "client")]
mod handle;
#[cfg(feature = "client")]
mod message;
#[cfg(feature = "client")]
mod notify;
#[cfg(feature = "client")]
mod queue;
#[cfg(feature = "client")]
mod retry;
#[cfg(feature = "client")]
mod retry_after;
#[cfg(feature = "client")]
mod store;
#[cfg(feature = "client")]
mod worker;

pub use secret::{SecretError, WebhookSecret};
pub use verify::{Received, VerifyError, verify};

#[cfg(feature = "client")]
pub use builder::{WebhookBuilder, WebhookError};
#[cfg(feature = "client")]
pub use delivery::{Delivery, DeliveryState, WhyGivenUp};
#[cfg(feature = "client")]
pub use handle::{RedeliverError, SendError, Webhook};
#[cfg(feature = "client")]
pub use message::MOST_DATA_BYTES;
#[cfg(feature = "client")]
pub use retry::RetryPolicy;
#[cfg(feature = "client")]
pub use store::{
    DeliveryFolder, DeliveryStore, DeliveryStoreError, MemoryDeliveries, StoredDelivery,
};
#[cfg(feature = "client")]
pub use worker::WebhookWorker;
