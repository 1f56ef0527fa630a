//! What the engine tells of its licenses and limits, as gauges: set where something changes, never by a request that finds what it needs.
//!
//! They are the process's: of several engines in one process the one that changed last is shown.

use std::sync::Arc;
use std::time::Duration;

use metrics::gauge;

use super::account_source::AccountKind;
use super::shared::Shared;
use crate::license::LicenseStatus;
use crate::metrics::{CLOCK_BEHIND, LICENSE_EXPIRY, LICENSE_STATUS, LIMIT_ALLOWED, LIMIT_USED};
use crate::reserve::Meter;
use crate::resolve::EntitlementSet;
use crate::{AccountId, Limit, Timestamp};

const MICROS_PER_SECOND: f64 = 1_000_000.0;

impl Shared {
    /// What is held by the deployment, whoever asks.
    pub(super) fn show_license(&self, set: &EntitlementSet) {
        for status in LicenseStatus::ALL {
            let is_it = u8::from(*status == set.status());
            gauge!(LICENSE_STATUS.name, "status" => status.as_str()).set(is_it);
        }
        gauge!(LICENSE_EXPIRY.name).set(set.expires_at().map_or(0.0, in_seconds));
    }

    /// All of it again: for a recorder that was not there when it changed.
    pub(super) fn show_all(&self) {
        let now = self.now();
        self.with_state_at(self.nothing_sold.terms(), now, |state| {
            self.show_license(&state.set);
        });
        self.show_clock();
        if let Some(account) = self.one_account()
            && let Some(seen) = self.seen_of(&account, now)
        {
            for (id, limit) in self.catalog.limits() {
                let allowed = as_number(seen.state.set.limit_id(id));
                gauge!(LIMIT_ALLOWED.name, "limit" => limit.name().to_owned()).set(allowed);
            }
        }
    }

    /// How far the clock is behind the newest trusted time (T1).
    pub(super) fn show_clock(&self) {
        let wall = self.clock.now();
        let behind = if self.trusted_time.is_behind(wall) {
            self.trusted_time.newest().saturating_since(wall)
        } else {
            Duration::ZERO
        };
        gauge!(CLOCK_BEHIND.name).set(behind.as_secs_f64());
    }

    /// The deployment's one account, where it has one.
    pub(super) fn one_account(&self) -> Option<AccountId> {
        (self.accounts.kind == AccountKind::One).then_some(AccountId::LOCAL)
    }
}

/// Asks what an account uses of each limit, and shows it. A limit that nothing counts is not shown, and one that cannot be asked for stays as it
/// was.
pub(super) async fn show_used(meter: Arc<Meter>, account: AccountId) {
    for (id, limit) in meter.catalog().limits() {
        if let Ok(Some(used)) = meter.used(&account, id).await {
            gauge!(LIMIT_USED.name, "limit" => limit.name().to_owned())
                .set(as_number(Limit::AtMost(used)));
        }
    }
}

/// Gauges are `f64`, in which counts are exact up to 2^53.
fn as_number(limit: Limit) -> f64 {
    limit.at_most().map_or(f64::INFINITY, |most| most as f64)
}

fn in_seconds(time: Timestamp) -> f64 {
    time.unix_micros() as f64 / MICROS_PER_SECOND
}
