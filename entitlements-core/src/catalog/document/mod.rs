//! What a catalog says, before it is checked: one tree of values with places, whatever it was written in.

mod code;
mod json;
mod place;
mod toml;

pub(super) use code::{Draft, Item};
pub use place::Place;
pub(super) use place::{Spot, Step};

pub(super) use code::read as read_code;
pub(super) use json::read as read_json;
pub(super) use toml::read as read_toml;

/// How deep a document may nest. A catalog needs five.
const MAX_DEPTH: usize = 32;

/// A value and where it is.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) spot: Spot,
    pub(super) value: Value,
}

/// A value of any of the three forms.
#[derive(Debug)]
pub(super) enum Value {
    Boolean(bool),
    Integer(i128),
    String(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
    /// What no catalog has a use for, by what it is called in messages.
    Other(&'static str),
}

/// A key and its value. Only code can give the same key twice; the readers of text refuse that.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    /// Where the key is.
    pub(super) spot: Spot,
    pub(super) node: Node,
}

impl Value {
    /// What kind of value this is, for messages.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(true) => "`true`",
            Self::Boolean(false) => "`false`",
            Self::Integer(_) => "an integer",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}
