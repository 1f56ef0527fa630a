//! Readers that accept one spelling of everything.
//!
//! License keys come from people who would like them to say something else. A lenient reader gives one text two
//! meanings (duplicate members, padded base64, numbers that round), and the gap between two readers is where forgeries
//! live. These readers refuse whatever is not the one canonical or unambiguous form.

pub mod base64url;
pub mod duration;
pub mod json;
pub(crate) mod text;
