//! What the API shows, as JSON: the shapes of its answers, made from what core holds.

mod entitlements;
mod items;
mod license;
mod revocations;
mod status;

pub(crate) use entitlements::{EntitlementsView, Shown};
pub(crate) use license::{LicenseView, LicensesView};
pub(crate) use revocations::RevocationsView;
pub(crate) use status::StatusView;
