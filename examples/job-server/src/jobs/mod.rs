//! Jobs: what they are, how their life goes, and how they are stored.

mod cron;
mod life;
mod queue;
mod table;

pub(crate) use cron::Cron;
pub(crate) use life::Step;
pub(crate) use queue::{Flags, Queue};
pub(crate) use table::NewJob;

use entitlements_axum::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It may be fetched, now or later.
    Ready,
    /// A worker has it.
    Active,
    /// It was acknowledged.
    Done,
    /// It failed once too often.
    Dead,
    /// Nobody wants it any more.
    Cancelled,
}

impl State {
    pub(crate) const ALL: [Self; 5] = [
        Self::Ready,
        Self::Active,
        Self::Done,
        Self::Dead,
        Self::Cancelled,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Active => "active",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) const fn is_end(self) -> bool {
        matches!(self, Self::Done | Self::Dead | Self::Cancelled)
    }
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) namespace: String,
    pub(crate) queue: String,
    pub(crate) state: State,
    /// How often it was fetched. A worker names it when it says how the job ended: one that was silent for too long is no
    /// longer the one to say.
    pub(crate) attempts: u32,
    pub(crate) max_attempts: u32,
    pub(crate) payload: Box<RawValue>,
    #[serde(serialize_with = "rfc3339")]
    pub(crate) ready_at: Timestamp,
    #[serde(serialize_with = "rfc3339")]
    pub(crate) created_at: Timestamp,
    #[serde(serialize_with = "rfc3339_or_null")]
    pub(crate) finished_at: Option<Timestamp>,
    #[serde(serialize_with = "rfc3339_or_null")]
    pub(crate) keep_until: Option<Timestamp>,
    pub(crate) worker: Option<String>,
    pub(crate) error: Option<String>,
}

pub(crate) fn rfc3339<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

fn rfc3339_or_null<S: Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => rfc3339(time, serializer),
        None => serializer.serialize_none(),
    }
}
