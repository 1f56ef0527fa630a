use std::sync::Mutex;

use bytes::Bytes;
use entitlements_core::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::{ContextV7, Uuid};

/// The most bytes that the data of one message has. What is larger is for the receiver to fetch.
pub const MOST_DATA_BYTES: usize = 64 * 1024;

/// A message, signed and sent as it is at each attempt.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) event: String,
    pub(super) created_at: Timestamp,
    pub(super) body: Bytes,
}

/// The envelope around what an application says.
#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    event: &'a str,
    id: &'a str,
    at: String,
    data: &'a RawValue,
}

/// Why something is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoMessage {
    Event,
    Json,
    TooLarge,
}

impl Message {
    pub(super) fn new(
        ids: &Ids,
        event: &str,
        json: &str,
        now: Timestamp,
    ) -> Result<Self, NoMessage> {
        if !is_event_name(event) {
            return Err(NoMessage::Event);
        }
        if json.len() > MOST_DATA_BYTES {
            return Err(NoMessage::TooLarge);
        }
        let data: &RawValue = serde_json::from_str(json).map_err(|_| NoMessage::Json)?;
        let id = ids.next(now);
        let envelope = Envelope {
            event,
            id: &id,
            at: now.to_string(),
            data,
        };
        let body = serde_json::to_vec(&envelope).map_err(|_| NoMessage::Json)?;
        Ok(Self {
            event: event.to_owned(),
            created_at: now,
            body: body.into(),
            id,
        })
    }
}

/// `job.done`, `license_expiry`: what receivers choose by, in headers and logs alike.
fn is_event_name(event: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=128).contains(&event.len()) && event.bytes().all(is_allowed)
}

/// Ids in the order in which messages are handed over, although several are at the same time or a clock is set back.
#[derive(Debug, Default)]
pub(super) struct Ids(Mutex<ContextV7>);

impl Ids {
    fn next(&self, now: Timestamp) -> String {
        let micros = u64::try_from(now.unix_micros()).unwrap_or(0);
        let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1000;
        let time = uuid::Timestamp::from_unix(&self.0, micros / 1_000_000, nanos);
        format!("msg_{}", Uuid::new_v7(time).simple())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_sent_as_it_was_given() {
        let now = "2027-01-31T12:00:00Z".parse().unwrap();
        let data = r#"{ "b": 1.0, "a": 18446744073709551615 }"#;
        let message = Message::new(&Ids::default(), "job.done", data, now).unwrap();
        let body = String::from_utf8(message.body.to_vec()).unwrap();
        let id = &message.id;
        assert_eq!(
            body,
            format!(
                r#"{{"type":"job.done","id":"{id}","at":"2027-01-31T12:00:00Z","data":{data}}}"#
            )
        );
        assert_eq!(id.len(), 36);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let now = Timestamp::UNIX_EPOCH;
        let refused =
            |event: &str, data: &str| Message::new(&Ids::default(), event, data, now).unwrap_err();
        for event in ["", "job done", "job\n", "jöb", &"a".repeat(129)] {
            assert_eq!(refused(event, "{}"), NoMessage::Event, "{event}");
        }
        for data in ["", "{", "{} {}", "nul", "{\"a\":1,}"] {
            assert_eq!(refused("job.done", data), NoMessage::Json, "{data}");
        }
        let large = format!("\"{}\"", "a".repeat(MOST_DATA_BYTES - 1));
        assert_eq!(refused("job.done", &large), NoMessage::TooLarge);
        let largest = large.replacen('a', "", 1);
        assert!(Message::new(&Ids::default(), "job.done", &largest, now).is_ok());
    }

    #[test]
    fn ids_are_in_the_order_of_handing_over() {
        let ids = Ids::default();
        let now: Timestamp = "2027-01-31T12:00:00Z".parse().unwrap();
        let a_year = std::time::Duration::from_secs(365 * 86_400);
        let mut made: Vec<_> = (0..1000).map(|_| ids.next(now)).collect();
        made.push(ids.next(now.saturating_sub(a_year)));
        made.push(ids.next(now.saturating_add(a_year)));
        assert!(made.is_sorted(), "{made:?}");
    }
}
