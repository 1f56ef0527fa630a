use entitlements_core::Timestamp;
use entitlements_core::account::SubscriptionStatus;

use crate::body::{Fields, Sent};
use crate::refusal::FieldError;

/// The state of a subscription, as three members say it.
#[derive(Debug)]
pub(super) struct SentStatus {
    status: Sent<Word>,
    past_due_since: Sent<Timestamp>,
    cancelled_at: Sent<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Active,
    Trialing,
    PastDue,
    Cancelled,
}

impl Word {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "active" => Self::Active,
            "trialing" => Self::Trialing,
            "past_due" => Self::PastDue,
            "cancelled" => Self::Cancelled,
            _ => return None,
        })
    }
}

impl SentStatus {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        let status = match fields.optional_string("status") {
            Sent::Value(text) => match Word::read(&text) {
                Some(word) => Sent::Value(word),
                None => {
                    fields.refuse(
                        "status",
                        "must be `active`, `trialing`, `past_due` or `cancelled`",
                    );
                    Sent::Absent
                }
            },
            Sent::Null => Sent::Null,
            Sent::Absent => Sent::Absent,
        };
        Self {
            status,
            past_due_since: fields.optional_time("past_due_since"),
            cancelled_at: fields.optional_time("cancelled_at"),
        }
    }

    /// What becomes of `known`. A state that has a time keeps it where it stays the same and nothing is said of it; a new one
    /// begins now unless it is said when.
    pub(super) fn applied_to(
        &self,
        known: SubscriptionStatus,
        now: Timestamp,
        problems: &mut Vec<FieldError>,
    ) -> SubscriptionStatus {
        let word = match self.status {
            Sent::Value(word) => word,
            Sent::Null => Word::Active,
            Sent::Absent => Word::read(known.as_str()).unwrap_or(Word::Active),
        };
        for (field, time, of, name) in [
            (
                "past_due_since",
                self.past_due_since,
                Word::PastDue,
                "past_due",
            ),
            (
                "cancelled_at",
                self.cancelled_at,
                Word::Cancelled,
                "cancelled",
            ),
        ] {
            if let Sent::Value(_) = time
                && word != of
            {
                problems.push(FieldError {
                    field: field.into(),
                    message: format!("belongs to status `{name}` alone"),
                });
            }
        }
        // As whoever says it would say it.
        let now = Timestamp::from_unix_seconds(now.unix_seconds());
        let time = |sent: Sent<Timestamp>, known: Option<Timestamp>| match sent {
            Sent::Value(time) => time,
            Sent::Null => now,
            Sent::Absent => known.unwrap_or(now),
        };
        match (word, known) {
            (Word::Active, _) => SubscriptionStatus::Active,
            (Word::Trialing, _) => SubscriptionStatus::Trialing,
            (Word::PastDue, SubscriptionStatus::PastDue { since }) => SubscriptionStatus::PastDue {
                since: time(self.past_due_since, Some(since)),
            },
            (Word::PastDue, _) => SubscriptionStatus::PastDue {
                since: time(self.past_due_since, None),
            },
            (Word::Cancelled, SubscriptionStatus::Cancelled { at }) => {
                SubscriptionStatus::Cancelled {
                    at: time(self.cancelled_at, Some(at)),
                }
            }
            (Word::Cancelled, _) => SubscriptionStatus::Cancelled {
                at: time(self.cancelled_at, None),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLIER: Timestamp = Timestamp::from_unix_seconds(1_000);
    const NOW: Timestamp = Timestamp::from_unix_seconds(2_000);

    fn apply(body: &str, known: SubscriptionStatus) -> (SubscriptionStatus, Vec<String>) {
        let mut fields = Fields::read(body.as_bytes()).unwrap();
        let sent = SentStatus::read(&mut fields);
        fields.finish().unwrap();
        let mut problems = Vec::new();
        let status = sent.applied_to(known, NOW, &mut problems);
        let fields = problems.into_iter().map(|problem| problem.field);
        (status, fields.collect())
    }

    #[test]
    fn a_state_keeps_its_time_until_it_is_said_otherwise() {
        let since = |since| SubscriptionStatus::PastDue { since };
        let at = |at| SubscriptionStatus::Cancelled { at };
        let active = SubscriptionStatus::Active;
        let time = r#""1970-01-01T00:50:00Z""#;
        let later = Timestamp::from_unix_seconds(3_000);
        for (body, known, expected) in [
            ("{}".to_owned(), since(EARLIER), since(EARLIER)),
            (
                r#"{"status":"past_due"}"#.into(),
                since(EARLIER),
                since(EARLIER),
            ),
            (r#"{"status":"past_due"}"#.into(), active, since(NOW)),
            (
                r#"{"past_due_since":null}"#.into(),
                since(EARLIER),
                since(NOW),
            ),
            (
                format!(r#"{{"past_due_since":{time}}}"#),
                since(EARLIER),
                since(later),
            ),
            (
                format!(r#"{{"status":"past_due","past_due_since":{time}}}"#),
                active,
                since(later),
            ),
            (r#"{"status":null}"#.into(), since(EARLIER), active),
            (
                r#"{"status":"trialing"}"#.into(),
                active,
                SubscriptionStatus::Trialing,
            ),
            ("{}".into(), at(EARLIER), at(EARLIER)),
            (r#"{"status":"cancelled"}"#.into(), since(EARLIER), at(NOW)),
            (
                format!(r#"{{"cancelled_at":{time}}}"#),
                at(EARLIER),
                at(later),
            ),
            (
                r#"{"status":"active","cancelled_at":null}"#.into(),
                at(EARLIER),
                active,
            ),
        ] {
            assert_eq!(apply(&body, known), (expected, Vec::new()), "{body}");
        }
    }

    #[test]
    fn a_time_belongs_to_its_state() {
        let body =
            r#"{"past_due_since":"2026-01-01T00:00:00Z","cancelled_at":"2026-01-01T00:00:00Z"}"#;
        let (_, problems) = apply(body, SubscriptionStatus::Active);
        assert_eq!(problems, ["past_due_since", "cancelled_at"]);
        let (_, problems) = apply(body, SubscriptionStatus::PastDue { since: EARLIER });
        assert_eq!(problems, ["cancelled_at"]);
    }
}
