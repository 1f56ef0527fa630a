use entitlements_core::allowlist::{Allowlist, AllowlistEntry};
use entitlements_core::client_address::Cidr;
use serde::{Serialize, Serializer};

use super::items::Time;

/// `GET /account/ip-allowlist`: the entries in the order of their ids.
#[derive(Debug, Serialize)]
pub(crate) struct AllowlistView<'a> {
    entries: Vec<AllowlistEntryView<'a>>,
}

impl<'a> AllowlistView<'a> {
    pub(crate) fn of(list: &'a Allowlist) -> Self {
        let entries = list.entries().iter().map(AllowlistEntryView::of);
        Self {
            entries: entries.collect(),
        }
    }
}

/// One entry.
#[derive(Debug, Serialize)]
pub(crate) struct AllowlistEntryView<'a> {
    id: &'a str,
    #[serde(serialize_with = "in_its_form")]
    ip_range: Cidr,
    description: &'a str,
    is_active: bool,
    created_by: &'a str,
    created_at: Time,
}

impl<'a> AllowlistEntryView<'a> {
    pub(crate) fn of(entry: &'a AllowlistEntry) -> Self {
        Self {
            id: &entry.id,
            ip_range: entry.ip_range,
            description: &entry.description,
            is_active: entry.is_active,
            created_by: &entry.created_by,
            created_at: Time::seconds(entry.created_at),
        }
    }
}

fn in_its_form<S: Serializer>(range: &Cidr, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(range)
}
