//! Allowlists: from where an account may be reached.
//!
//! - `entry.rs`, `list.rs`: an account's entries, and whom they let pass;
//! - `fixed.rs`: a list of the application's own;
//! - `caller.rs`: who asks, `change.rs`: what may become of a list, `refusal.rs`: why not;
//! - `store.rs`: where lists are kept, `memory.rs`, `files.rs`: two such places.
//!
//! Ranges, one and many, are those of [`client_address`](crate::client_address). The rules are W1 to W13 of `spec/allowlists.md`.

mod caller;
mod change;
mod entry;
mod files;
mod fixed;
mod list;
mod memory;
mod refusal;
mod store;
#[cfg(test)]
mod tests;

pub use caller::AllowlistCaller;
pub use change::{
    AllowlistChange, ChangedBy, EntryChange, EntryPatch, MOST_DESCRIPTION, MOST_ENTRIES,
};
pub use entry::AllowlistEntry;
pub use files::AllowlistFiles;
pub use fixed::{FixedAllowlist, WhenEmpty};
pub use list::Allowlist;
pub use memory::MemoryAllowlists;
pub use refusal::AllowlistRefusal;
pub use store::{AllowlistChanged, AllowlistError, AllowlistStore, AllowlistStoreError};
