//! Bodies of requests: how many bytes are read, and what they may say.

mod fields;
mod read;

pub use fields::Fields;
pub use read::{MAX_BODY_BYTES, read};
