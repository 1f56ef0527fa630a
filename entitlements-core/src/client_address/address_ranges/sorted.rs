//! Ranges of whole numbers, sorted and apart from each other, behind tables of their top bits.

/// An address as a number.
pub(super) trait Number: Copy + Default + Ord {
    /// How far this is above `lower`, around the end of the numbers where it is not.
    fn above(self, lower: Self) -> Self;
    /// The number without its lowest bits; where more than a place in memory is left of it, it is in no table.
    fn without_low(self, bits: u32) -> usize;
    /// How many bits are needed to write it.
    fn width(self) -> u32;
    /// The one after it.
    fn next(self) -> Option<Self>;
}

macro_rules! number {
    ($of:ty) => {
        impl Number for $of {
            #[inline]
            fn above(self, lower: Self) -> Self {
                self.wrapping_sub(lower)
            }

            #[inline]
            fn without_low(self, bits: u32) -> usize {
                let top = self.checked_shr(bits).unwrap_or(0);
                usize::try_from(top).unwrap_or(usize::MAX)
            }

            fn width(self) -> u32 {
                Self::BITS - self.leading_zeros()
            }

            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
        }
    };
}

number!(u32);
number!(u128);

/// How many ranges in one place are searched by halves, rather than by a table of their own.
const CROWD: usize = 8;

/// How many tables are asked one after the other: more would cost memory where ranges are made to need them.
const MOST_TABLES: u32 = 4;

/// What in a table says that a place has a table of its own.
const NESTED: u32 = 1 << 31;

/// Ranges of numbers, for asking whether one of them holds a number.
///
/// How far a number is above the first range, without its low bits, is its place in a table, which says the few ranges that begin
/// there. A place where many begin, as where networks are next to each other, has a table of its own.
///
/// INVARIANT: each range begins behind the one after the end of the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SortedRanges<N> {
    /// The first and the last number of each, side by side: both are asked for.
    ranges: Box<[(N, N)]>,
    tables: Tables<N>,
}

/// The tables, that of all ranges first and each before those within it; none where there are few ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tables<N> {
    nodes: Box<[Node<N>]>,
    /// Of each place, in order: how many ranges begin before it, or [`NESTED`] and the number of its node; and one more at the end of each table.
    places: Box<[u32]>,
}

/// One table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node<N> {
    /// Where the first of its ranges begins, and how far above it the last one does.
    lowest: N,
    span: N,
    low_bits: u32,
    /// Its first place.
    at: u32,
    /// How many ranges begin before its own, and how many with them.
    before: u32,
    with: u32,
}

impl<N: Number> SortedRanges<N> {
    /// The ranges from each first to each last number, both of them included.
    pub(super) fn of(mut ranges: Vec<(N, N)>) -> Self {
        ranges.sort_unstable();
        ranges.dedup_by(|later, earlier| {
            let touches = earlier.1.next().is_none_or(|behind| later.0 <= behind);
            if touches {
                earlier.1 = earlier.1.max(later.1);
            }
            touches
        });
        Self {
            tables: Tables::of(&ranges),
            ranges: ranges.into(),
        }
    }

    #[inline]
    pub(super) fn contains(&self, number: N) -> bool {
        // A few, such as those of proxies, are asked one after the other sooner than anything else is.
        if self.ranges.len() <= CROWD {
            let mut ranges = self.ranges.iter();
            return ranges.any(|(first, last)| *first <= number && number <= *last);
        }
        self.last_of_the_range_before(number)
            .is_some_and(|last| number <= last)
    }

    /// Where the last range ends that begins at the number or before.
    #[inline]
    fn last_of_the_range_before(&self, number: N) -> Option<N> {
        let begun = self.tables.begun(number, &self.ranges)?;
        let (_, last) = self.ranges.get(begun.checked_sub(1)?)?;
        Some(*last)
    }

    pub(super) fn covers(&self, others: &Self) -> bool {
        // Ranges that touch are one, so that what is covered is covered by one.
        others.ranges.iter().all(|(first, last)| {
            let end = self.last_of_the_range_before(*first);
            end.is_some_and(|end| *last <= end)
        })
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }
}

impl<N: Number> Tables<N> {
    fn of(ranges: &[(N, N)]) -> Self {
        let (mut nodes, mut places) = (Vec::new(), Vec::new());
        if ranges.len() <= CROWD {
            return Self::default();
        }
        add(&mut nodes, &mut places, ranges, 0, MOST_TABLES);
        Self {
            nodes: nodes.into(),
            places: places.into(),
        }
    }

    /// How many ranges begin at the number or before.
    #[inline]
    fn begun(&self, number: N, ranges: &[(N, N)]) -> Option<usize> {
        let Some(mut node) = self.nodes.first() else {
            return Some(begun(number, ranges));
        };
        loop {
            let above = number.above(node.lowest);
            if above > node.span {
                let is_before = number < node.lowest;
                return Some(if is_before { node.before } else { node.with } as usize);
            }
            let place = node.at as usize + above.without_low(node.low_bits);
            let here = *self.places.get(place)?;
            if here & NESTED == 0 {
                let before = here as usize;
                let behind = match *self.places.get(place + 1)? {
                    nested if nested & NESTED != 0 => self.nested(nested)?.before,
                    behind => behind,
                };
                let crowd = ranges.get(before..behind as usize)?;
                return Some(before + begun(number, crowd));
            }
            node = self.nested(here)?;
        }
    }

    #[inline]
    fn nested(&self, place: u32) -> Option<&Node<N>> {
        self.nodes.get((place & !NESTED) as usize)
    }
}

/// How many of these ranges begin at the number or before.
#[inline]
fn begun<N: Number>(number: N, ranges: &[(N, N)]) -> usize {
    ranges.partition_point(|(first, _)| *first <= number)
}

/// Adds the table of ranges, `before` of which others begin before, and those within it; says its number.
fn add<N: Number>(
    nodes: &mut Vec<Node<N>>,
    places: &mut Vec<u32>,
    ranges: &[(N, N)],
    before: usize,
    most_tables: u32,
) -> u32 {
    let (Some((lowest, _)), Some(highest)) = (ranges.first(), ranges.last()) else {
        return 0;
    };
    let (lowest, span) = (*lowest, highest.0.above(*lowest));
    // As many places as ranges, or half as many. The first and the last of them have ranges, so that those of a crowd get fewer with each table.
    let low_bits = span.width().saturating_sub(ranges.len().ilog2());
    let (number, at) = (index(nodes.len()), places.len());
    nodes.push(Node {
        lowest,
        span,
        low_bits,
        at: index(at),
        before: index(before),
        with: index(before + ranges.len()),
    });
    let place = |(first, _): &(N, N)| first.above(lowest).without_low(low_bits);
    let (mut begun, mut crowds) = (before, Vec::new());
    let mut left = ranges;
    for of in 0..=place(highest) {
        let here = left.iter().take_while(|range| place(range) == of).count();
        let (crowd, behind) = left.split_at(here);
        if here > CROWD && most_tables > 1 {
            crowds.push((places.len(), crowd, begun));
        }
        places.push(index(begun));
        begun += here;
        left = behind;
    }
    places.push(index(begun));
    for (place, crowd, before) in crowds {
        let nested = add(nodes, places, crowd, before, most_tables - 1);
        if let Some(place) = places.get_mut(place) {
            *place = NESTED | nested;
        }
    }
    number
}

/// A number of ranges, of which there is never room for more than this.
fn index(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX).min(NESTED - 1)
}
