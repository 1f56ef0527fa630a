/// What a body says of a field that may be left out: nothing, that there shall be none, or a value.
///
/// ```
/// use entitlements_admin::{Fields, Sent};
///
/// let mut fields = Fields::read(br#"{"quantity":null}"#)?;
/// let (mut quantity, mut seats) = (Some(7), Some(7));
/// fields.optional_integer("quantity").put_into(&mut quantity);
/// fields.optional_integer("seats").put_into(&mut seats);
/// assert_eq!((quantity, seats), (None, Some(7)));
/// fields.finish()?;
/// # Ok::<(), entitlements_admin::Refusal>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sent<T> {
    /// It is not there, or was wrong: what was there stays.
    #[default]
    Absent,
    /// It is null: what was there is removed.
    Null,
    /// It is there.
    Value(T),
}

impl<T> Sent<T> {
    /// The value, where there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The same of another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sent<U> {
        match self {
            Self::Absent => Sent::Absent,
            Self::Null => Sent::Null,
            Self::Value(value) => Sent::Value(change(value)),
        }
    }

    /// The same, borrowed.
    pub const fn as_ref(&self) -> Sent<&T> {
        match self {
            Self::Absent => Sent::Absent,
            Self::Null => Sent::Null,
            Self::Value(value) => Sent::Value(value),
        }
    }

    /// Makes of `known` what is said.
    pub fn put_into(self, known: &mut Option<T>) {
        match self {
            Self::Absent => {}
            Self::Null => *known = None,
            Self::Value(value) => *known = Some(value),
        }
    }
}
