//! Entries as JSON, to outlast the process.

use entitlements_core::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;

use super::Entry;
use crate::webhook::delivery::{Delivery, DeliveryState, WhyGivenUp};
use crate::webhook::message::Message;
use crate::webhook::store::StoredDelivery;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    event: String,
    created_at: String,
    body: String,
    attempts: u32,
    tried: u32,
    last_attempt_at: Option<String>,
    last_status: Option<u16>,
    last_error: Option<String>,
    /// When it is its turn, or when it was given up.
    at: String,
    given_up: Option<Why>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    Attempts,
    Gone,
}

pub(in crate::webhook) fn to_store(entry: &Entry) -> StoredDelivery {
    let delivery = &entry.delivery;
    let (at, given_up) = match delivery.state {
        DeliveryState::Waiting { next_attempt } => (next_attempt, None),
        DeliveryState::GivenUp { at, why } => (
            at,
            Some(match why {
                WhyGivenUp::Attempts => Why::Attempts,
                WhyGivenUp::Gone => Why::Gone,
            }),
        ),
        // Not kept in these states; were it, it would be tried once more.
        DeliveryState::UnderWay | DeliveryState::Delivered { .. } => (delivery.created_at, None),
    };
    let kept = Kept {
        event: delivery.event.clone(),
        created_at: delivery.created_at.to_string(),
        body: String::from_utf8_lossy(&entry.message.body).into_owned(),
        attempts: delivery.attempts,
        tried: entry.tried,
        last_attempt_at: delivery.last_attempt_at.map(|at| at.to_string()),
        last_status: delivery.last_status,
        last_error: delivery.last_error.clone(),
        at: at.to_string(),
        given_up,
    };
    StoredDelivery {
        id: delivery.id.clone(),
        value: serde_json::to_string(&kept).unwrap_or_default(),
    }
}

/// None where it is not what [`to_store`] makes. `room` gives the entry its share of the memory.
pub(in crate::webhook) fn from_store(
    stored: &StoredDelivery,
    room: impl FnOnce(usize) -> Option<OwnedSemaphorePermit>,
) -> Option<Entry> {
    let kept: Kept = serde_json::from_str(&stored.value).ok()?;
    let time = |text: &str| text.parse::<Timestamp>().ok();
    let at = time(&kept.at)?;
    let state = match kept.given_up {
        None => DeliveryState::Waiting { next_attempt: at },
        Some(why) => DeliveryState::GivenUp {
            at,
            why: match why {
                Why::Attempts => WhyGivenUp::Attempts,
                Why::Gone => WhyGivenUp::Gone,
            },
        },
    };
    let created_at = time(&kept.created_at)?;
    Some(Entry {
        room: match state {
            DeliveryState::Waiting { .. } => room(kept.body.len()),
            _ => None,
        },
        message: Message {
            id: stored.id.clone(),
            event: kept.event.clone(),
            created_at,
            body: kept.body.into(),
        },
        delivery: Delivery {
            id: stored.id.clone(),
            event: kept.event,
            created_at,
            attempts: kept.attempts,
            last_attempt_at: kept.last_attempt_at.as_deref().and_then(time),
            last_status: kept.last_status,
            last_error: kept.last_error,
            state,
        },
        tried: kept.tried,
    })
}
