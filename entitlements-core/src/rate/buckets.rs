//! A table of records, in which a key may have one of twelve places.
//!
//! They are in four buckets: two that are beside each other where its hash says, the first of which is its home, and two more somewhere else. Its home says
//! whether any key of its own was put elsewhere, so most keys are looked for in two lines of the cache that are fetched together. A key is given a place near its home,
//! unless there are few left there and more in the other two: so nearly all keys find one though two of five places are taken by others.
//!
//! What is there can be read at any time without a lock; a place is given away by whoever has the turn.

use super::quota::Speed;
use super::record::Record;
use super::spent::Spent;
use super::sync::{AtomicU64, Ordering};

/// The fewest buckets there are.
const FEWEST: usize = 4;
/// Where fewer places than these are free near its home, a key is put where more are.
const FEW: usize = 3;
/// In a mark: keys of this home were put into the next bucket, and into the other two.
const NEXT: u64 = 1;
const OTHERS: u64 = 2;
const ELSEWHERE: u64 = NEXT | OTHERS;
/// Records of a bucket.
const EACH: usize = 3;

/// Three records in two lines of the cache that are fetched together.
#[derive(Debug)]
#[repr(align(128))]
struct Bucket {
    records: [Record; EACH],
    /// In the two lowest bits where else keys were put whose home this is. Above them the nanosecond at which the last key was full
    /// again that lost its place here (Q10).
    mark: AtomicU64,
}

impl Bucket {
    fn new() -> Self {
        Self {
            records: [Record::new(), Record::new(), Record::new()],
            mark: AtomicU64::new(0),
        }
    }

    #[inline(always)]
    fn record(&self, name: u64) -> Option<&Record> {
        self.records.iter().find(|record| record.name() == name)
    }

    #[inline(always)]
    fn elsewhere(&self) -> u64 {
        self.mark.load(Ordering::Acquire) & ELSEWHERE
    }

    fn forgotten(&self) -> u64 {
        self.mark.load(Ordering::Acquire) >> 2
    }

    /// Only whoever has the turn writes marks.
    fn forget_until(&self, nanos: u64) {
        let mark = self.mark.load(Ordering::Relaxed);
        let nanos = nanos.min(u64::MAX >> 2).max(mark >> 2);
        self.mark
            .store(nanos << 2 | mark & ELSEWHERE, Ordering::Release);
    }

    fn has_put(&self, elsewhere: u64) {
        let mark = self.mark.load(Ordering::Relaxed);
        self.mark.store(mark | elsewhere, Ordering::Release);
    }

    /// How many places may be given away.
    fn free(&self, now: u64) -> usize {
        let records = self.records.iter();
        records.filter(|record| is_free(record, now)).count()
    }
}

/// Whether it is nobody's, or its key is full again. Held it is about to be written, for a key that is asked for with this one.
fn is_free(record: &Record, now: u64) -> bool {
    !record.is_held() && (record.name() == 0 || record.held().spent.debt(now) == 0)
}

/// What to do where every place that a key may have is another's that is not full again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crowded {
    /// Leave it, so that there can be more places first.
    Refuse,
    /// Take the place of the one that is full again first.
    TakeTheLeast,
}

/// There is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoPlace;

#[derive(Debug)]
pub(crate) struct Buckets(Box<[Bucket]>);

impl Buckets {
    /// What `count` buckets take.
    pub(crate) const fn bytes(count: usize) -> usize {
        count * size_of::<Bucket>()
    }

    /// How many buckets it takes for so many keys: five places for three of them, so that one key in some thousands finds none.
    pub(crate) fn for_keys(keys: usize) -> usize {
        keys.saturating_mul(5).div_ceil(9).max(FEWEST)
    }

    /// Of so many buckets, and a few at least.
    pub(crate) fn new(count: usize) -> Self {
        let buckets = std::iter::repeat_with(Bucket::new);
        Self(buckets.take(count.max(FEWEST)).collect())
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Every record, whosever it is.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.0.iter().flat_map(|bucket| &bucket.records)
    }

    /// By the lower half of what it is given.
    #[inline(always)]
    fn place_of(&self, hash: u64) -> usize {
        let low = hash & u64::from(u32::MAX);
        ((low * self.0.len() as u64) >> 32) as usize
    }

    #[inline(always)]
    fn home(&self, name: u64) -> Option<&Bucket> {
        self.0.get(self.place_of(name))
    }

    /// The buckets that a key may be in, its home first.
    #[inline]
    fn all(&self, name: u64) -> Option<[&Bucket; 4]> {
        // Whatever keys have one home have others here.
        let other = name.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let (home, other) = (self.place_of(name), self.place_of(other));
        let next = |place| self.0.get(place + 1).or(self.0.first());
        Some([
            self.0.get(home)?,
            next(home)?,
            self.0.get(other)?,
            next(other)?,
        ])
    }

    /// The key's record.
    #[inline(always)]
    pub(crate) fn find(&self, name: u64) -> Option<&Record> {
        let home = self.home(name)?;
        if let Some(record) = home.record(name) {
            return Some(record);
        }
        match home.elsewhere() {
            0 => None,
            elsewhere => self.find_elsewhere(name, elsewhere),
        }
    }

    #[inline(never)]
    fn find_elsewhere(&self, name: u64, elsewhere: u64) -> Option<&Record> {
        let [_, next, other, last] = self.all(name)?;
        let next = (elsewhere & NEXT != 0).then_some(next);
        let others = [other, last]
            .into_iter()
            .filter(|_| elsewhere & OTHERS != 0);
        let mut buckets = next.into_iter().chain(others);
        buckets.find_map(|bucket| bucket.record(name))
    }

    /// Q10: what a key has spent that has no place: what the last one had not refilled that lost its place where this one would be.
    pub(crate) fn newcomer(&self, name: u64, speed: Speed) -> Spent {
        let buckets = self.all(name).into_iter().flatten();
        let forgotten = buckets.map(Bucket::forgotten).max();
        Spent::full_at_nanos(speed, forgotten.unwrap_or_default())
    }
}

/// A place that may be given to a key, and what its home has to say of that.
struct Place<'a> {
    bucket: &'a Bucket,
    record: &'a Record,
    elsewhere: u64,
}

/// What only the holder of the turn may do.
impl Buckets {
    /// Gives a key that has no place one, with what it has spent: one that is free, else as `crowded` says.
    pub(crate) fn claim(
        &self,
        name: u64,
        spent: &Spent,
        crowded: Crowded,
        now: u64,
    ) -> Result<(), NoPlace> {
        let place = match (self.free_place(name, now), crowded) {
            (Some(place), _) => place,
            (None, Crowded::Refuse) => return Err(NoPlace),
            (None, Crowded::TakeTheLeast) => match self.least(name) {
                Some(place) => place,
                None => return self.remember(name, spent),
            },
        };
        let record = place.record;
        record.hold();
        if record.name() != 0 {
            // What it has spent may have grown until it was held.
            let full_at = record.held().spent.nanos_full_at();
            if full_at > now && crowded == Crowded::Refuse {
                record.release();
                return Err(NoPlace);
            }
            place.bucket.forget_until(full_at);
        }
        if let Some(home) = self.home(name) {
            home.has_put(place.elsewhere);
        }
        record.give_to(name);
        record.put(spent);
        record.release();
        Ok(())
    }

    /// The twelve places, those near the key's home first.
    fn places(&self, name: u64) -> Option<[(&Bucket, u64); 4]> {
        let [home, next, other, last] = self.all(name)?;
        Some([(home, 0), (next, NEXT), (other, OTHERS), (last, OTHERS)])
    }

    fn free_place(&self, name: u64, now: u64) -> Option<Place<'_>> {
        let [home, next, other, last] = self.places(name)?;
        let near = home.0.free(now) + next.0.free(now);
        let order = if near >= FEW || near >= other.0.free(now) + last.0.free(now) {
            [home, next, other, last]
        } else {
            [other, last, home, next]
        };
        order.into_iter().find_map(|(bucket, elsewhere)| {
            let mut records = bucket.records.iter();
            let record = records.find(|record| is_free(record, now))?;
            Some(Place {
                bucket,
                record,
                elsewhere,
            })
        })
    }

    /// The place of the key that is full again first.
    fn least(&self, name: u64) -> Option<Place<'_>> {
        let places = self.places(name)?.into_iter();
        let places = places.flat_map(|(bucket, elsewhere)| {
            bucket.records.iter().map(move |record| Place {
                bucket,
                record,
                elsewhere,
            })
        });
        let places = places.filter(|place| !place.record.is_held());
        places.min_by_key(|place| place.record.held().spent.nanos_full_at())
    }

    /// Every place is held, which takes a dozen keys of the same places that are asked for together: it is as if the key had had one and
    /// lost it.
    fn remember(&self, name: u64, spent: &Spent) -> Result<(), NoPlace> {
        let home = self.home(name).ok_or(NoPlace)?;
        home.forget_until(spent.nanos_full_at());
        Ok(())
    }

    /// Takes a key's record over from buckets that there were before, held where it was held there.
    pub(crate) fn take_over(
        &self,
        name: u64,
        spent: &Spent,
        was_held: bool,
    ) -> Result<(), NoPlace> {
        self.claim(name, spent, Crowded::Refuse, 0)?;
        if was_held {
            let record = self.find(name).ok_or(NoPlace)?;
            record.hold();
        }
        Ok(())
    }

    /// The last of what was forgotten here.
    pub(crate) fn forgotten(&self) -> u64 {
        let marks = self.0.iter().map(Bucket::forgotten);
        marks.max().unwrap_or_default()
    }

    pub(crate) fn forget_all_until(&self, nanos: u64) {
        for bucket in &self.0 {
            bucket.forget_until(nanos);
        }
    }
}
