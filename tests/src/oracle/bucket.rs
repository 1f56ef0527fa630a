//! What is spent of a rate (Q1 to Q6), reckoned in fractions of a unit.

use std::cmp::Ordering;

/// How fast something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed {
    /// So many.
    pub requests: u64,
    /// In so many seconds.
    pub seconds: u64,
    /// So many at once.
    pub burst: u64,
}

impl Speed {
    fn nanos(self) -> u128 {
        u128::from(self.seconds) * 1_000_000_000
    }

    /// Requests per time.
    fn compare(self, other: Self) -> Ordering {
        let of = |one: Self, other: Self| u128::from(one.requests) * u128::from(other.seconds);
        of(self, other).cmp(&of(other, self))
    }

    /// Q8: the seconds in which an empty bucket is full, rounded up.
    pub(super) fn window(self) -> u128 {
        (u128::from(self.burst) * u128::from(self.seconds)).div_ceil(self.requests.into())
    }

    fn refills(self, nanos: u128) -> Fraction {
        Fraction::new(nanos * u128::from(self.requests), self.nanos())
    }

    /// The least whole nanoseconds in which so much is refilled.
    fn time_of(self, units: Fraction) -> u128 {
        (units.over * self.nanos()).div_ceil(units.under * u128::from(self.requests))
    }
}

/// R5: the larger requests per time, then the larger burst.
impl Ord for Speed {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_burst = self.burst.cmp(&other.burst);
        self.compare(*other).then(by_burst)
    }
}

impl PartialOrd for Speed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A number of units, in lowest terms.
#[derive(Debug, Clone, Copy)]
struct Fraction {
    over: u128,
    under: u128,
}

impl Fraction {
    fn new(over: u128, under: u128) -> Self {
        let common = common_divisor(under, over);
        Self {
            over: over / common,
            under: under / common,
        }
    }

    fn plus(self, units: u64) -> Self {
        Self::new(self.over + u128::from(units) * self.under, self.under)
    }

    /// Or nothing.
    fn minus(self, other: Self) -> Self {
        let over = (self.over * other.under).saturating_sub(other.over * self.under);
        Self::new(over, self.under * other.under)
    }

    fn is_at_most(self, units: u64) -> bool {
        self.over <= u128::from(units) * self.under
    }

    fn rounded_up_to(self, parts: u128) -> Self {
        Self::new((self.over * parts).div_ceil(self.under), parts)
    }

    fn rounded_up(self) -> u128 {
        self.over.div_ceil(self.under)
    }
}

fn common_divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// What one key has spent of one rate, and at which speed that refills.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    speed: Speed,
    spent: Fraction,
    /// When that much was.
    at: u128,
}

/// How long to wait, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wait {
    For(u128),
    Forever,
}

impl Bucket {
    pub(super) fn full(speed: Speed, now: u128) -> Self {
        Self {
            speed,
            spent: Fraction::new(0, 1),
            at: now,
        }
    }

    /// Q1
    pub(super) fn wait_until(&mut self, now: u128) {
        self.spent = self.spent.minus(self.speed.refills(now - self.at));
        self.at = now;
    }

    /// Q3, Q4: how long to wait for so many units at this speed. Where that is any time at all, a faster speed counts from now on (Q6).
    pub(super) fn ask(&mut self, speed: Speed, cost: u64) -> Wait {
        let room = speed.burst.checked_sub(cost);
        if cost == 0 || room.is_some_and(|room| self.spent.is_at_most(room)) {
            return Wait::For(0);
        }
        if speed.compare(self.speed).is_gt() {
            self.change(speed);
        }
        match room {
            None => Wait::Forever,
            Some(room) => {
                let too_much = self.spent.minus(Fraction::new(room.into(), 1));
                Wait::For(self.speed.time_of(too_much))
            }
        }
    }

    /// Spends what fits.
    pub(super) fn spend(&mut self, speed: Speed, cost: u64) {
        if cost > 0 {
            self.change(speed);
            self.spent = self.spent.plus(cost);
        }
    }

    /// Q6: as much is spent, rounded up to the parts of a unit that Q2 counts in.
    fn change(&mut self, speed: Speed) {
        if speed.compare(self.speed).is_ne() {
            let parts = Fraction::new(speed.requests.into(), speed.nanos()).under;
            self.spent = self.spent.rounded_up_to(parts);
        }
        self.speed = speed;
    }

    /// Q8: the whole units that are left.
    pub(super) fn left(&self, speed: Speed) -> u128 {
        u128::from(speed.burst).saturating_sub(self.spent.rounded_up())
    }
}
