//! Accounts: who an entitlement belongs to, and what is known of them.
//!
//! - `id.rs`: who it is;
//! - `terms.rs`: what an account was sold: plan, state of the subscription, add-ons, overrides;
//! - `overrides.rs`: what an operator changed for one account.
//!
//! The rules are numbered in `spec/accounts.md`; what follows from terms is [`resolve`](mod@crate::resolve)'s.

mod id;
mod overrides;
mod terms;

pub use id::AccountId;
pub use overrides::{Override, OverrideValue};
pub use terms::{AccountTerms, SubscriptionStatus};
