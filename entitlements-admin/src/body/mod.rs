//! Bodies of requests: how many bytes are read, and what they may say.

mod fields;
mod read;
mod sent;

pub use fields::Fields;
pub(crate) use fields::shown;
pub use read::{MAX_BODY_BYTES, read};
pub use sent::Sent;
