use entitlements_core::AppliedRevocations;
use serde::Serialize;

use super::items::Time;

/// `POST /license/revocations`: what the list says, and whether it changed anything.
#[derive(Debug, Serialize)]
pub(crate) struct RevocationsView<'a> {
    /// False where the list, or a newer one of the same key, was there already.
    changed: bool,
    /// Whether it still counts after the next start.
    kept: bool,
    issued_at: Time,
    signed_by: &'a str,
    revoked: &'a [String],
    revoked_keys: &'a [String],
}

impl<'a> RevocationsView<'a> {
    pub(crate) fn of(applied: &'a AppliedRevocations) -> Self {
        let list = &applied.list;
        Self {
            changed: applied.changed,
            kept: applied.kept,
            issued_at: Time::exact(list.issued_at()),
            signed_by: list.kid(),
            revoked: list.licenses(),
            revoked_keys: list.keys(),
        }
    }
}
