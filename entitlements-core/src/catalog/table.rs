//! Things of one kind in a catalog, by number and by name.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;

/// The number of a thing in the catalog that made it.
///
/// Numbers follow the order of names, so they mean nothing in another catalog.
pub(crate) trait Id: Copy + fmt::Debug {
    fn from_index(index: u16) -> Self;
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$docs:meta])* $name:ident)*) => {$(
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u16);

        impl Id for $name {
            fn from_index(index: u16) -> Self {
                Self(index)
            }

            #[inline]
            fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    )*};
}

ids! {
    /// A feature of one catalog, by number.
    FeatureId
    /// A limit of one catalog, by number.
    LimitId
    /// A rate of one catalog, by number.
    RateId
    /// A plan of one catalog, by number.
    PlanId
    /// An add-on of one catalog, by number.
    AddonId
}

/// What has a name of its own within its table.
pub(crate) trait Named {
    fn name(&self) -> &str;
}

/// Things sorted by name, found by number in constant time and by name in logarithmic time.
pub(crate) struct Table<I, T> {
    items: Box<[T]>,
    ids: PhantomData<fn(I)>,
}

impl<I: Id, T: Named> Table<I, T> {
    /// The most things that one table holds.
    pub(crate) const CAPACITY: usize = 1 << 14;

    /// Sorts `items` by name. The caller has seen to it that names are distinct and at most [`Self::CAPACITY`].
    pub(crate) fn new(mut items: Vec<T>) -> Self {
        items.sort_by(|a, b| a.name().cmp(b.name()));
        items.truncate(Self::CAPACITY);
        Self {
            items: items.into(),
            ids: PhantomData,
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<I> {
        let index = self
            .items
            .binary_search_by(|item| item.name().cmp(name))
            .ok()?;
        Some(Self::id(index))
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (I, &T)> {
        self.items
            .iter()
            .enumerate()
            .map(|(index, item)| (Self::id(index), item))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(T::name)
    }

    fn id(index: usize) -> I {
        I::from_index(u16::try_from(index).unwrap_or(u16::MAX))
    }
}

impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;

    #[inline]
    #[expect(
        clippy::indexing_slicing,
        reason = "INVARIANT: an id comes from the table it is used with"
    )]
    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I, T: fmt::Debug> fmt::Debug for Table<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

impl<I, T: PartialEq> PartialEq for Table<I, T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}
