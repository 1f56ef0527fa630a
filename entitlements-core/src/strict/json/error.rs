/// What is wrong with a JSON text, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct JsonError {
    kind: JsonErrorKind,
    offset: usize,
}

impl JsonError {
    pub(super) const fn new(kind: JsonErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// How many bytes into the text it was noticed.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

/// What can be wrong with a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Not UTF-8, or begins with a byte order mark.
    #[error("not UTF-8 without a byte order mark")]
    Encoding,
    /// The text ends too early.
    #[error("unexpected end")]
    End,
    /// A character that cannot be here.
    #[error("unexpected character")]
    Syntax,
    /// A control character, a bad escape or half of a surrogate pair in a string.
    #[error("bad character or escape in a string")]
    String,
    /// A number that JSON does not know, such as `01` or `.5`.
    #[error("bad number")]
    Number,
    /// Two members of one object with the same name, however they are spelled.
    #[error("duplicate member")]
    DuplicateMember,
    /// Nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("nested too deeply")]
    Depth,
    /// Something after the value.
    #[error("something follows the value")]
    Trailing,
}

/// What a step of reading gives; where it stopped is known to the reader.
pub(super) type Step<T> = Result<T, JsonErrorKind>;
