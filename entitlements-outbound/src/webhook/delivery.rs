use entitlements_core::Timestamp;

/// What became of one message so far. It holds neither the message's data nor anything that the receiver said but its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub(super) id: String,
    pub(super) event: String,
    pub(super) created_at: Timestamp,
    pub(super) attempts: u32,
    pub(super) last_attempt_at: Option<Timestamp>,
    pub(super) last_status: Option<u16>,
    pub(super) last_error: Option<String>,
    pub(super) state: DeliveryState,
}

/// Where a message is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryState {
    /// It is tried at that time, or a little later.
    Waiting {
        /// When.
        next_attempt: Timestamp,
    },
    /// It is being sent.
    UnderWay,
    /// The receiver answered with a status from 200 to 299.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// It is a dead letter: nothing happens to it until it is [sent again](super::Webhook::redeliver).
    GivenUp {
        /// When.
        at: Timestamp,
        /// Why.
        why: WhyGivenUp,
    },
}

/// Why a message is not tried any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyGivenUp {
    /// All attempts were made.
    Attempts,
    /// The receiver answered 410: it does not want this any more.
    Gone,
}

impl WhyGivenUp {
    /// One snake_case word for logs and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attempts => "attempts",
            Self::Gone => "gone",
        }
    }
}

impl Delivery {
    /// The message's id, which its receiver sees as `webhook-id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What kind of event it tells of.
    #[must_use]
    pub fn event(&self) -> &str {
        &self.event
    }

    /// When the message was handed over.
    #[must_use]
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// How often it was tried.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// When it was last tried.
    #[must_use]
    pub const fn last_attempt_at(&self) -> Option<Timestamp> {
        self.last_attempt_at
    }

    /// The status of the last answer; none where the last attempt had no answer.
    #[must_use]
    pub const fn last_status(&self) -> Option<u16> {
        self.last_status
    }

    /// Why the last attempt had no answer.
    #[must_use]
    pub fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// Where it is on its way.
    #[must_use]
    pub const fn state(&self) -> DeliveryState {
        self.state
    }

    /// When it is tried next, if it is waiting.
    #[must_use]
    pub const fn next_attempt(&self) -> Option<Timestamp> {
        match self.state {
            DeliveryState::Waiting { next_attempt } => Some(next_attempt),
            _ => None,
        }
    }
}
