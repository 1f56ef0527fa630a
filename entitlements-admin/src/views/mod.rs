//! What the API shows, as JSON: the shapes of its answers, made from what core holds.

mod account;
mod allowlist;
mod audit;
mod downgrade;
mod entitlements;
mod explanation;
mod items;
mod license;
mod revocations;
mod status;

pub(crate) use account::{AccountView, AccountsView, OverrideView, OverridesView};
pub(crate) use allowlist::{AllowlistEntryView, AllowlistView};
pub(crate) use audit::AuditView;
pub(crate) use downgrade::DowngradeView;
pub(crate) use entitlements::{EntitlementsView, Shown};
pub(crate) use explanation::ExplanationView;
pub(crate) use license::{LicenseView, LicensesView};
pub(crate) use revocations::RevocationsView;
pub(crate) use status::StatusView;
