//! What a body says of an entry, as it was sent.

use std::borrow::Cow;

use entitlements_core::allowlist::EntryPatch;

use crate::body::{Fields, Sent};

/// No range is longer, in bytes; what is longer is not sent back.
const LONGEST_RANGE: usize = 64;

/// An entry that is to be added.
#[derive(Debug)]
pub(super) struct SentEntry<'a> {
    /// Empty where it is wrong, which the fields know.
    pub(super) ip_range: Cow<'a, str>,
    pub(super) description: Cow<'a, str>,
}

impl<'a> SentEntry<'a> {
    pub(super) fn read(fields: &mut Fields<'a>) -> Self {
        let ip_range = fields.string("ip_range").unwrap_or_default();
        check_length(fields, &ip_range);
        let description = fields.optional_string("description").value();
        Self {
            ip_range,
            description: description.unwrap_or_default(),
        }
    }
}

/// What is to become of an entry.
#[derive(Debug)]
pub(super) struct SentPatch<'a> {
    ip_range: Option<Cow<'a, str>>,
    description: Sent<Cow<'a, str>>,
    is_active: Option<bool>,
}

impl<'a> SentPatch<'a> {
    pub(super) fn read(fields: &mut Fields<'a>) -> Self {
        // Null would remove what every entry has.
        let ip_range = fields.has("ip_range").then(|| fields.string("ip_range"));
        let ip_range = ip_range.flatten();
        if let Some(range) = &ip_range {
            check_length(fields, range);
        }
        let is_active = fields.has("is_active").then(|| fields.boolean("is_active"));
        Self {
            ip_range,
            description: fields.optional_string("description"),
            is_active: is_active.flatten(),
        }
    }

    pub(super) fn into_patch(self) -> EntryPatch {
        EntryPatch {
            ip_range: self.ip_range.map(Cow::into_owned),
            description: match self.description {
                Sent::Value(text) => Some(text.into_owned()),
                Sent::Null => Some(String::new()),
                Sent::Absent => None,
            },
            is_active: self.is_active,
        }
    }
}

/// Before it gets into a message: what is no range may be anything, a key too.
fn check_length(fields: &mut Fields<'_>, range: &str) {
    if range.len() > LONGEST_RANGE {
        fields.refuse(
            "ip_range",
            "must be a range of addresses, such as `192.0.2.0/24` or `2001:db8::/32`",
        );
    }
}
