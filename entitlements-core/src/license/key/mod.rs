//! Public keys that may sign licenses, and what they are refused for.

mod error;
mod ring;
mod trusted;

pub use error::KeyError;
pub(super) use ring::KeyRing;
pub use trusted::{Algorithm, TrustedKey};
