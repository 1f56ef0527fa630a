//! Ranges of whole numbers, sorted and apart from each other, behind a table of their top bits.

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

/// Ranges of numbers, for asking whether one of them holds a number.
///
/// How far a number is above the first range, without its low bits, is its place in a table, which says the few ranges that begin
/// there. With random ranges one or two do; where all begin in one place, they are searched by halves.
///
/// INVARIANT: `firsts` and `lasts` are as long as each other; each range begins behind the one after the end of the one before;
/// a table that is not empty has one place more than `span` without its low bits, and never says less than in the place before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SortedRanges<N> {
    firsts: Box<[N]>,
    lasts: Box<[N]>,
    /// How many ranges begin before each place.
    table: Box<[u32]>,
    low_bits: u32,
    /// Where the first range begins, and how far above it the last one ends.
    lowest: N,
    span: N,
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
        let (Some((lowest, _)), Some((_, highest))) = (ranges.first(), ranges.last()) else {
            return Self::default();
        };
        let (lowest, span) = (*lowest, highest.above(*lowest));
        // As many places as ranges, or half as many: as much memory as a range of IPv4 takes, at most half of it more.
        let low_bits = span.width().saturating_sub(ranges.len().ilog2());
        let places = span.without_low(low_bits).saturating_add(2);
        let place = |(first, _): &(N, N)| first.above(lowest).without_low(low_bits);
        let table = (0..places).scan(0, |begun, at| {
            let here = ranges.get(*begun..).unwrap_or_default();
            *begun += here.iter().take_while(|range| place(range) < at).count();
            Some(u32::try_from(*begun).unwrap_or(u32::MAX))
        });
        Self {
            table: table.collect(),
            firsts: ranges.iter().map(|(first, _)| *first).collect(),
            lasts: ranges.iter().map(|(_, last)| *last).collect(),
            low_bits,
            lowest,
            span,
        }
    }

    #[inline]
    pub(super) fn contains(&self, number: N) -> bool {
        self.last_of_the_range_before(number)
            .is_some_and(|last| number <= last)
    }

    /// Where the last range ends that begins at the number or before; none where that cannot matter.
    #[inline]
    fn last_of_the_range_before(&self, number: N) -> Option<N> {
        let above = number.above(self.lowest);
        if above > self.span {
            return None;
        }
        let place = above.without_low(self.low_bits);
        let before = *self.table.get(place)? as usize;
        let behind = *self.table.get(place + 1)? as usize;
        let here = self.firsts.get(before..behind)?;
        let begun = before + here.partition_point(|first| *first <= number);
        self.lasts.get(begun.checked_sub(1)?).copied()
    }

    pub(super) fn covers(&self, others: &Self) -> bool {
        // Ranges that touch are one, so that what is covered is covered by one.
        let mut others = others.firsts.iter().zip(&others.lasts);
        others.all(|(first, last)| {
            let end = self.last_of_the_range_before(*first);
            end.is_some_and(|end| *last <= end)
        })
    }

    pub(super) fn len(&self) -> usize {
        self.firsts.len()
    }
}
