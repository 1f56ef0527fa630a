use std::borrow::Cow;

use super::value::Value;

/// What becomes of a value that was read: it is kept, or it was checked and costs nothing more.
pub(super) trait Kept<'a>: Sized {
    const IS_KEPT: bool;
    /// An object keeps its names, or not.
    type Name;

    fn name(name: &Cow<'a, str>) -> Self::Name;
    fn of(scalar: impl FnOnce() -> Value<'a>) -> Self;
    fn array(items: Vec<Self>) -> Self;
    fn object(members: Vec<(Self::Name, Self)>) -> Self;
}

impl<'a> Kept<'a> for Value<'a> {
    const IS_KEPT: bool = true;
    type Name = Cow<'a, str>;

    fn name(name: &Cow<'a, str>) -> Self::Name {
        name.clone()
    }

    fn of(scalar: impl FnOnce() -> Self) -> Self {
        scalar()
    }

    fn array(items: Vec<Self>) -> Self {
        Self::Array(items)
    }

    fn object(members: Vec<(Self::Name, Self)>) -> Self {
        Self::Object(members)
    }
}

/// Lists of nothing have no memory.
impl<'a> Kept<'a> for () {
    const IS_KEPT: bool = false;
    type Name = ();

    fn name(_: &Cow<'a, str>) {}

    fn of(_: impl FnOnce() -> Value<'a>) {}

    fn array(_: Vec<()>) {}

    fn object(_: Vec<((), ())>) {}
}
