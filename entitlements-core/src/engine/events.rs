//! What happens to licenses and to the clock, for whoever wants to hear of it.

use std::fmt;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};

use super::Entitlements;
use crate::Timestamp;

/// How many events a receiver may be behind before it misses the oldest.
const REMEMBERED: usize = 256;

/// Something that happened to a license, or to the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The id of the license it happened to, where it is known.
    pub license: Option<String>,
    /// The license's plan, by its code.
    pub plan: Option<String>,
    /// Why, as one snake_case word: of a key that was refused.
    pub reason: Option<&'static str>,
    /// When.
    pub at: Timestamp,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A license was taken into use.
    Activated,
    /// A license was removed.
    Deactivated,
    /// A key that was handed in is not taken.
    Rejected,
    /// A threshold before a license's expiry was reached (N1).
    Expiring,
    /// A license expired, and is in its days of grace.
    Grace,
    /// A license is not in force any more because it expired.
    Expired,
    /// A license took the place of one with its id.
    Renewed,
    /// A license was revoked by the vendor.
    Revoked,
    /// The wall clock was found behind the newest trusted time (T1).
    ClockRolledBack,
    /// The newest trusted time was set back (T5).
    ClockReset,
}

impl EventKind {
    /// The event's name: `license.activated`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activated => "license.activated",
            Self::Deactivated => "license.deactivated",
            Self::Rejected => "license.rejected",
            Self::Expiring => "license.expiring",
            Self::Grace => "license.grace",
            Self::Expired => "license.expired",
            Self::Renewed => "license.renewed",
            Self::Revoked => "license.revoked",
            Self::ClockRolledBack => "clock.rolled_back",
            Self::ClockReset => "clock.reset",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where events are told.
#[derive(Debug)]
pub(super) struct Events(Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(Sender::new(REMEMBERED))
    }
}

impl Events {
    pub(super) fn tell(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.0.send(event);
    }

    pub(super) fn subscribe(&self) -> Receiver<Event> {
        self.0.subscribe()
    }
}

/// Hears of each [`Event`] from the moment on at which it was made; from [`Entitlements::events`].
#[derive(Debug)]
pub struct EventReceiver(Receiver<Event>);

impl EventReceiver {
    /// The next event; none when the engine is gone.
    ///
    /// Whoever is more than 256 events behind misses the oldest, and the log says so.
    ///
    /// # Cancel safety
    /// Dropped before it is done, it has taken no event.
    pub async fn recv(&mut self) -> Option<Event> {
        loop {
            match self.0.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Closed) => return None,
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "a receiver of events was too slow and missed some");
                }
            }
        }
    }

    /// The next event, where it has happened already.
    pub fn try_recv(&mut self) -> Option<Event> {
        loop {
            match self.0.try_recv() {
                Ok(event) => return Some(event),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return None,
            }
        }
    }
}

impl Entitlements {
    /// What happens from now on to licenses and to the clock.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use entitlements_core::{EventKind, testing};
    ///
    /// let engine = testing::without_license(testing::catalog());
    /// let mut events = engine.events();
    /// engine.activate(&engine.key(|draft| draft.plan("business"))).await.unwrap();
    /// let event = events.recv().await.unwrap();
    /// assert_eq!(event.kind, EventKind::Activated);
    /// assert_eq!(event.kind.to_string(), "license.activated");
    /// assert_eq!(event.plan.as_deref(), Some("business"));
    /// # });
    /// ```
    #[must_use]
    pub fn events(&self) -> EventReceiver {
        EventReceiver(self.shared.events.subscribe())
    }
}
