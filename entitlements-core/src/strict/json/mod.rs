//! Strict JSON (RFC 8259): UTF-8 without a byte order mark, no duplicate members, no deep nesting.
//!
//! Numbers stay text until somebody asks for an integer, so nothing is rounded on the way: `5.0`, `1e3` and `-0` are
//! numbers but not integers.

mod error;
mod kept;
mod names;
mod reader;
#[cfg(test)]
mod tests;
mod value;
mod writer;

pub use error::{JsonError, JsonErrorKind};
pub use reader::{MAX_DEPTH, read, read_only};
pub use value::{Member, Number, Value};
pub use writer::ObjectWriter;
