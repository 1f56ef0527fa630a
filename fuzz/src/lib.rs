//! What strangers hand in, and what must hold of it whatever it is.
//!
//! Each target is a plain function of some bytes that panics when a promise is broken. The programs in `fuzz_targets/`
//! give them to libFuzzer; `tests/tests/fuzz_corpus.rs` replays the committed corpus through them on stable.
#![forbid(unsafe_code)]

mod addresses;
mod catalog;
mod claims;
mod held;
mod json;
mod keys;
mod revocations;
mod signed;
mod token;
pub mod vendor;

pub use addresses::addresses;
pub use catalog::catalog;
pub use claims::claims;
pub use json::json;
pub use keys::{private_key, public_key};
pub use revocations::revocations;
pub use token::token;

/// What takes the bytes, and panics when a promise is broken.
pub type Target = fn(&[u8]);

/// Every target by name, which is also the name of its folder in `corpus/` and of its program in `fuzz_targets/`.
pub const TARGETS: [(&str, Target); 8] = [
    ("addresses", addresses),
    ("catalog", catalog),
    ("claims", claims),
    ("json", json),
    ("private_key", private_key),
    ("public_key", public_key),
    ("revocations", revocations),
    ("token", token),
];
