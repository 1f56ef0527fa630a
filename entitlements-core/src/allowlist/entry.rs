use uuid::Uuid;

use crate::Timestamp;
use crate::client_address::Cidr;

/// One range that an account may be reached from (W6).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllowlistEntry {
    /// Which one it is, among those of its account: a UUIDv7.
    pub id: String,
    /// The addresses.
    pub ip_range: Cidr,
    /// What it is, in the words of whoever made it.
    pub description: String,
    /// Whether it counts.
    pub is_active: bool,
    /// Who made it, by a name that may be written down.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl AllowlistEntry {
    /// An active entry with an id of its own and without a description.
    #[must_use]
    pub fn new(ip_range: Cidr, created_by: impl Into<String>, created_at: Timestamp) -> Self {
        let id = Uuid::now_v7().to_string();
        Self::kept(id, ip_range, created_by, created_at)
    }

    /// An active entry with the id that it was kept under, for stores.
    #[must_use]
    pub fn kept(
        id: impl Into<String>,
        ip_range: Cidr,
        created_by: impl Into<String>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            ip_range,
            description: String::new(),
            is_active: true,
            created_by: created_by.into(),
            created_at,
        }
    }

    /// Gives it a description.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Switches it off.
    #[must_use]
    pub const fn switched_off(mut self) -> Self {
        self.is_active = false;
        self
    }
}
