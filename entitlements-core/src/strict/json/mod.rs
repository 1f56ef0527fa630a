//! Strict JSON (RFC 8259): UTF-8 without a byte order mark, no duplicate members, no deep nesting.
//!
//! Numbers stay text until somebody asks for an integer, so nothing is rounded on the way: `5.0`, `1e3` and `-0` are
//! numbers but not integers.

mod reader;
#[cfg(test)]
mod tests;
mod value;
mod writer;

pub use reader::{JsonError, JsonErrorKind, MAX_DEPTH, read};
pub use value::{Member, Number, Value};
pub use writer::ObjectWriter;
