//! Bodies of requests: how many bytes are read, and what they may say.

mod fields;
mod read;

pub(crate) use fields::Fields;
pub use read::MAX_BODY_BYTES;
pub(crate) use read::read;
