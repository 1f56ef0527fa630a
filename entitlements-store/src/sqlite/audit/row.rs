//! Records as the table has them.

use std::net::IpAddr;

use entitlements_core::Timestamp;
use entitlements_core::audit::AuditRecord;
use entitlements_core::strict::json::{self, ObjectWriter, Value};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _};

/// A row of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: String,
    at: i64,
    action: String,
    actor: String,
    license: Option<String>,
    plan: Option<String>,
    account: Option<String>,
    outcome: String,
    client_address: Option<String>,
    details: String,
}

impl FromRow<'_, SqliteRow> for Row {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            at: row.try_get("at")?,
            action: row.try_get("action")?,
            actor: row.try_get("actor")?,
            license: row.try_get("license")?,
            plan: row.try_get("plan")?,
            account: row.try_get("account")?,
            outcome: row.try_get("outcome")?,
            client_address: row.try_get("client_address")?,
            details: row.try_get("details")?,
        })
    }
}

impl Row {
    /// None where somebody else wrote something else there.
    pub(super) fn record(self) -> Option<AuditRecord> {
        let at = Timestamp::from_unix_micros(self.at);
        let mut record = AuditRecord::new(at, self.action, self.actor);
        record.id = self.id;
        record.license = self.license;
        record.plan = self.plan;
        record.account = self.account;
        record.outcome = self.outcome;
        record.client_address = match self.client_address {
            Some(address) => Some(address.parse::<IpAddr>().ok()?),
            None => None,
        };
        record.details = read(&self.details)?;
        Some(record)
    }
}

/// Details as they are written: in their order, and a name may be there twice.
pub(super) fn written(details: &[(String, String)]) -> String {
    let mut object = ObjectWriter::new();
    let details = details.iter().map(|(name, value)| {
        let mut detail = ObjectWriter::new();
        detail.string("name", name).string("value", value);
        detail
    });
    object.objects("details", details);
    object.finish()
}

fn read(details: &str) -> Option<Vec<(String, String)>> {
    let object = json::read(details.as_bytes()).ok()?;
    let text = |detail: &Value<'_>, name| Some(detail.get(name)?.as_str()?.to_owned());
    let details = object.get("details")?.as_array()?.iter();
    details
        .map(|detail| Some((text(detail, "name")?, text(detail, "value")?)))
        .collect()
}
