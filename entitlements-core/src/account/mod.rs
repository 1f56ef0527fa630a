//! Accounts: who an entitlement belongs to, and what is known of them.
//!
//! - `id.rs`: who it is;
//! - `terms.rs`: what an account was sold: plan, state of the subscription, add-ons, overrides;
//! - `overrides.rs`: what an operator changed for one account;
//! - `check.rs`: terms that name what the catalog lacks;
//! - `shared.rs`, `interner.rs`: equal terms are kept once, with what follows from them;
//! - `store.rs`: the port, `record.rs`: what it answers; `memory/`: accounts in memory;
//! - `from_request/`: whose request it is.
//!
//! The rules are numbered in `spec/accounts.md`; what follows from terms is [`resolve`](mod@crate::resolve)'s.

mod check;
mod from_request;
mod id;
mod interner;
mod memory;
mod overrides;
mod record;
mod shared;
mod store;
mod terms;

pub use check::{TermsError, TermsProblem};
pub use from_request::{
    AccountBy, ApiKeyAccount, ApiKeys, DangerousHeaderAccount, ExtensionAccount, FixedAccount,
    HostAccount, PathAccount, ResolveAccount, account_by, dangerous_account_from_header,
};
pub use id::AccountId;
pub use memory::MemoryAccounts;
pub use overrides::{Override, OverrideValue};
pub use record::Account;
pub use shared::SharedTerms;
pub(crate) use shared::{Basis, Terms};
pub use store::{
    AccountChange, AccountQuery, AccountStore, AccountStoreError, ChangeAccount, Lookup, NewAccount,
};
pub use terms::{AccountTerms, SubscriptionStatus};
