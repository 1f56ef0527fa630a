//! Names from the catalog are types: a typo does not compile, and neither does a name of another kind. Names that are plain
//! text are held against the catalog when the program starts.
//!
//! - `mistakes.rs`: what the compiler says to `program/`;
//! - `agreement.rs`: `catalog!` and `Catalog` have the same names;
//! - `check.rs`: `Entitlements::check`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod agreement;
mod check;
/// What `catalog!` is made of: the code that it writes. Its own tests come along.
#[path = "../../../entitlements-macros/src/constants.rs"]
mod constants;
mod mistakes;
/// The names that it reads.
#[path = "../../../entitlements-macros/src/names.rs"]
mod names;
