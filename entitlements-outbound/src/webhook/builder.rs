use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::{Clock, SystemClock};
use tokio::sync::Notify;

use super::handle::Shared;
use super::store::{DeliveryStore, DeliveryStoreError, MemoryDeliveries};
use super::{RetryPolicy, Webhook, WebhookSecret, WebhookWorker};
use crate::alive::Alive;
use crate::wire::{Dialer, Plain, Roots, RootsError, Target, UrlError};

/// What a [`Webhook`] is made of. Everything but URL and secret has a default.
#[must_use = "a builder does nothing until it is built"]
pub struct WebhookBuilder {
    url: String,
    plain: Plain,
    is_public_only: bool,
    roots: Roots,
    pub(super) secrets: Vec<WebhookSecret>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) retry: RetryPolicy,
    pub(super) timeout: Duration,
    pub(super) store: Box<dyn DeliveryStore>,
    pub(super) most_dead_letters: usize,
    pub(super) room_bytes: usize,
}

/// Why there is no webhook. Neither URL nor secret is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// Nothing is sent to that URL.
    #[error("the webhook's url: {0}")]
    Url(#[from] UrlError),
    /// Nobody could be believed about the receiver's name.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// What was kept cannot be read.
    #[error("kept webhook messages: {0}")]
    Store(#[from] DeliveryStoreError),
}

impl WebhookBuilder {
    pub(super) fn new(url: String, secret: WebhookSecret) -> Self {
        Self {
            url,
            plain: Plain::ToLoopback,
            is_public_only: false,
            roots: Roots::of_system(),
            secrets: vec![secret],
            clock: Arc::new(SystemClock::new()),
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(10),
            store: Box::new(MemoryDeliveries),
            most_dead_letters: 1000,
            room_bytes: 64 * 1024 * 1024,
        }
    }

    /// One more secret that signs each message, while receivers change from one to the other.
    pub fn also_signed_with(mut self, secret: WebhookSecret) -> Self {
        self.secrets.push(secret);
        self
    }

    /// When messages that did not arrive are tried again; [`RetryPolicy::default`] else.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How long an attempt may take from the look-up of the name to the head of the answer; 10 seconds else, since a receiver is to
    /// take a message in and work on it afterwards.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where messages outlast the process; [`MemoryDeliveries`] else, with which they do not.
    pub fn store(mut self, store: impl DeliveryStore) -> Self {
        self.store = Box::new(store);
        self
    }

    /// How many dead letters are kept before the oldest is forgotten; 1000 else.
    pub fn most_dead_letters(mut self, most: usize) -> Self {
        self.most_dead_letters = most;
        self
    }

    /// How many bytes of messages may wait before [`Webhook::send`] refuses more; 64 MiB else. Each counts at least 1 KiB.
    pub fn room_bytes(mut self, bytes: usize) -> Self {
        // What a semaphore can count.
        self.room_bytes = bytes.min(1 << 40);
        self
    }

    /// Who is believed about the receiver's name; the operating system's authorities else.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// Where the time comes from; the system's clock else.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Connects to addresses of the internet only, whatever the URL's name leads to: for URLs that customers enter, who must not reach this
    /// machine or its network through it. The operator's own receivers are often there, so this is off else.
    pub fn public_addresses_only(mut self) -> Self {
        self.is_public_only = true;
        self
    }

    /// Lets an `http` URL lead to another machine: everybody on the way reads the messages, and can keep them from arriving. The
    /// signature still tells who sent them. Only the network in between can protect what is in them.
    pub fn insecure_allow_http(mut self) -> Self {
        self.plain = Plain::ToAnyone;
        self
    }

    /// Checks the URL, reads what was kept, and gives the handle and the work to spawn. Nothing is connected to here.
    ///
    /// # Errors
    /// Where nothing is sent to that URL, no authority is there to believe, or what was kept cannot be read.
    pub async fn build(self) -> Result<(Webhook, WebhookWorker), WebhookError> {
        let target = Target::parse(&self.url, self.plain)?;
        let target = if self.is_public_only {
            target.in_public()
        } else {
            target
        };
        let tls = target.needs_tls().then(|| self.roots.tls()).transpose()?;
        let kept = self.store.load().await?;
        let wake = Arc::new(Notify::new());
        let shared = Shared::new(self, Dialer::new(target, tls), Arc::clone(&wake));
        shared.take_in(kept);
        let webhook = Webhook {
            shared: Arc::new(shared),
            alive: Arc::new(Alive(wake)),
        };
        let worker = WebhookWorker::new(&webhook);
        Ok((webhook, worker))
    }
}

/// Says neither where to nor with which secret.
impl fmt::Debug for WebhookBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookBuilder")
            .field("plain", &self.plain)
            .field("is_public_only", &self.is_public_only)
            .field("roots", &self.roots)
            .field("retry", &self.retry)
            .field("timeout", &self.timeout)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
