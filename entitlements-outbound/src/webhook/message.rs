use bytes::Bytes;
use entitlements_core::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::{NoContext, Uuid};

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
    pub(super) fn new(event: &str, json: &str, now: Timestamp) -> Result<Self, NoMessage> {
        if !is_event_name(event) {
            return Err(NoMessage::Event);
        }
        if json.len() > MOST_DATA_BYTES {
            return Err(NoMessage::TooLarge);
        }
        let data: &RawValue = serde_json::from_str(json).map_err(|_| NoMessage::Json)?;
        let id = new_id(now);
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

/// In the order of time, as far as the clock goes forward.
fn new_id(now: Timestamp) -> String {
    let micros = u64::try_from(now.unix_micros()).unwrap_or(0);
    let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1000;
    let time = uuid::Timestamp::from_unix(NoContext, micros / 1_000_000, nanos);
    format!("msg_{}", Uuid::new_v7(time).simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_sent_as_it_was_given() {
        let now = "2027-01-31T12:00:00Z".parse().unwrap();
        let data = r#"{ "b": 1.0, "a": 18446744073709551615 }"#;
        let message = Message::new("job.done", data, now).unwrap();
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
        let refused = |event: &str, data: &str| Message::new(event, data, now).unwrap_err();
        for event in ["", "job done", "job\n", "jöb", &"a".repeat(129)] {
            assert_eq!(refused(event, "{}"), NoMessage::Event, "{event}");
        }
        for data in ["", "{", "{} {}", "nul", "{\"a\":1,}"] {
            assert_eq!(refused("job.done", data), NoMessage::Json, "{data}");
        }
        let large = format!("\"{}\"", "a".repeat(MOST_DATA_BYTES - 1));
        assert_eq!(refused("job.done", &large), NoMessage::TooLarge);
        assert!(Message::new("job.done", large.replacen('a', "", 1).as_str(), now).is_ok());
    }
}
