use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entitlements_core::Clock;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::message::{Ids, Message, NoMessage};
use super::queue::{self, Change, Entry, Queue};
use super::store::{DeliveryStore, DeliveryStoreError, StoredDelivery};
use super::{Delivery, WebhookBuilder, WebhookSecret};
use crate::alive::Alive;
use crate::wire::{Dialer, Target};

/// A receiver of messages, and what became of those that it was sent. Clones share one queue.
///
/// [`send`](Self::send) only hands a message over; [`WebhookWorker`](super::WebhookWorker) delivers it. It is a
/// [`Notifier`](entitlements_core::notify::Notifier): given to an engine's builder, it tells of licenses that end.
///
/// ```
/// use entitlements_outbound::webhook::{Webhook, WebhookSecret};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // From a secret store, never from the source.
/// let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?;
/// let (webhook, worker) = Webhook::to("http://localhost:9000/hook", secret).build().await?;
/// // In an application: `tokio::spawn(worker);`
/// # drop(worker);
///
/// let id = webhook.send("job.done", r#"{"job": 17}"#).await?;
/// assert_eq!(webhook.deliveries()[0].id(), id);
/// assert!(webhook.dead_letters().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Webhook {
    pub(super) shared: Arc<Shared>,
    /// The worker sees by it whether anybody could still send.
    pub(super) alive: Arc<Alive>,
}

/// What handles and worker share.
pub(super) struct Shared {
    queue: Mutex<Queue>,
    room: Arc<Semaphore>,
    ids: Ids,
    pub(super) wake: Arc<Notify>,
    pub(super) store: Box<dyn DeliveryStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) dialer: Dialer,
    pub(super) secrets: Vec<WebhookSecret>,
    pub(super) timeout: std::time::Duration,
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The event's name is not of letters, digits, `_`, `.` and `-`, or has more than 128 of them.
    #[error("the name of an event is 1 to 128 letters, digits, `_`, `.` and `-`")]
    Event,
    /// The data is not JSON.
    #[error("the data is not json")]
    Json,
    /// The data is too large.
    #[error("the data has more than {} bytes", super::MOST_DATA_BYTES)]
    TooLarge,
    /// Too much waits already: the receiver is down or slower than messages come.
    #[error("too much waits to be delivered already")]
    Full,
    /// It could not be kept.
    #[error("the message could not be kept: {0}")]
    NotStored(DeliveryStoreError),
}

/// Why a dead letter is not sent again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedeliverError {
    /// No dead letter has this id.
    #[error("no dead letter has this id")]
    Unknown,
    /// Too much waits already.
    #[error("too much waits to be delivered already")]
    Full,
    /// That it is to be sent again could not be kept.
    #[error("the message could not be kept: {0}")]
    NotStored(DeliveryStoreError),
}

impl Webhook {
    /// A receiver at a URL, which is checked when this is built. Messages are signed with `secret`, which the receiver knows too.
    #[must_use = "a builder does nothing until it is built"]
    pub fn to(url: impl Into<String>, secret: WebhookSecret) -> WebhookBuilder {
        WebhookBuilder::new(url.into(), secret)
    }

    /// Hands a message over, and gives its id: `{"type": event, "id": …, "at": …, "data": json}` is sent as soon as may be.
    ///
    /// What was answered with an id is delivered, tried to the last, or listed as a dead letter; with a store this holds over restarts.
    ///
    /// # Errors
    /// Where it is no message, too much waits already, or it cannot be kept. Nothing is sent then.
    ///
    /// # Cancel safety
    /// Dropped while a store is at work, the message may be kept, and is then sent after the next start.
    pub async fn send(&self, event: &str, json: &str) -> Result<String, SendError> {
        let shared = &self.shared;
        let message =
            Message::new(&shared.ids, event, json, shared.clock.now()).map_err(|no| match no {
                NoMessage::Event => SendError::Event,
                NoMessage::Json => SendError::Json,
                NoMessage::TooLarge => SendError::TooLarge,
            })?;
        let room = shared.room_for(message.body.len()).ok_or(SendError::Full)?;
        let id = message.id.clone();
        let entry = Entry::new(message, room);
        let kept = shared.store.put(queue::to_store(&entry)).await;
        kept.map_err(SendError::NotStored)?;
        shared.queue().add(entry);
        shared.wake.notify_one();
        Ok(id)
    }

    /// What became of the messages, the oldest first: all that wait or were given up, and the last 200 that arrived.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.queue().deliveries()
    }

    /// The messages that were given up, the oldest first.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<Delivery> {
        self.shared.queue().dead_letters()
    }

    /// Sends a dead letter again, under its id and with all its attempts before it.
    ///
    /// # Errors
    /// Where there is none with this id, too much waits already, or it cannot be kept. It stays a dead letter then.
    ///
    /// # Cancel safety
    /// Dropped while a store is at work, the message may be gone until the next start.
    pub async fn redeliver(&self, id: &str) -> Result<(), RedeliverError> {
        let shared = &self.shared;
        let taken = shared.queue().take_dead(id);
        let mut entry = taken.ok_or(RedeliverError::Unknown)?;
        let Some(room) = shared.room_for(entry.body_bytes()) else {
            shared.queue().put_back(entry);
            return Err(RedeliverError::Full);
        };
        let before = entry.state();
        entry.try_again(shared.clock.now(), room);
        if let Err(error) = shared.store.put(queue::to_store(&entry)).await {
            entry.stay_given_up(before);
            shared.queue().put_back(entry);
            return Err(RedeliverError::NotStored(error));
        }
        shared.queue().add(entry);
        shared.wake.notify_one();
        Ok(())
    }
}

impl Shared {
    pub(super) fn new(builder: WebhookBuilder, dialer: Dialer, wake: Arc<Notify>) -> Self {
        Self {
            queue: Mutex::new(Queue::new(builder.retry, builder.most_dead_letters)),
            room: Arc::new(Semaphore::new(builder.room_bytes.div_ceil(BYTES_A_PERMIT))),
            ids: Ids::default(),
            wake,
            store: builder.store,
            clock: builder.clock,
            dialer,
            secrets: builder.secrets,
            timeout: builder.timeout,
        }
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The share of the memory that a body of so many bytes takes.
    fn room_for(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let permits = u32::try_from(bytes.div_ceil(BYTES_A_PERMIT).max(1)).ok()?;
        Arc::clone(&self.room).try_acquire_many_owned(permits).ok()
    }

    /// Takes in what was kept.
    pub(super) fn take_in(&self, mut stored: Vec<StoredDelivery>) {
        stored.sort_by(|a, b| a.id.cmp(&b.id));
        for stored in stored {
            match queue::from_store(&stored, |bytes| self.room_for(bytes)) {
                Some(entry) => self.queue().add(entry),
                None => tracing::error!(
                    webhook_id = %stored.id.escape_debug(),
                    "a kept webhook message is damaged and is not sent"
                ),
            }
        }
    }

    /// Keeps what changed. Where it cannot be kept it holds in memory: at worst a message is sent once more after a restart.
    pub(super) async fn keep(&self, changes: Vec<Change>) {
        for change in changes {
            let kept = match change {
                Change::Keep(stored) => self.store.put(stored).await,
                Change::Forget(id) => self.store.remove(&id).await,
            };
            if let Err(error) = kept {
                tracing::error!(%error, "what became of a webhook message could not be kept");
            }
        }
    }

    pub(super) fn target(&self) -> &Target {
        self.dialer.target()
    }
}

/// Smaller messages count as much: each also has what is said of it.
const BYTES_A_PERMIT: usize = 1024;

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("to", self.shared.target())
            .finish_non_exhaustive()
    }
}
