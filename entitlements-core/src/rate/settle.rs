//! Several rates at once (Q7), and whatever takes more than one exchange of a word.
//!
//! It is done in the turn of every shard that has one of the keys, with their records held: nothing of it changes meanwhile. So all of it is
//! decided before any of it is spent, and nothing has to be given back.

use std::time::Duration;

use super::ask::{Ask, Verdict};
use super::rate_keys::RateKeys;
use super::spent::{Spent, Step};

/// What is done about what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Take,
    Look,
}

/// How all would go, without a turn; none where it takes one to say.
pub(super) fn peek(asks: &mut [Ask<'_>], now: u64) -> Option<Verdict> {
    let mut together = Together::default();
    for place in 0..asks.len() {
        let cost = cost_until(asks, place);
        let ask = asks.get_mut(place)?;
        let spent = match ask.rate.find(ask.key) {
            Some(record) => record.look(ask.key)?,
            None => ask.rate.newcomer(ask.key, ask.quota.speed),
        };
        let step = spent.step(ask.quota, cost, now);
        if matches!(step, Step::Denied(after, _) if after.speed != spent.speed) {
            return None;
        }
        together.add(ask, spent, step, now);
    }
    Some(together.verdict())
}

#[inline(never)]
pub(super) fn settle(asks: &mut [Ask<'_>], mode: Mode, reading: u64) -> Verdict {
    in_turn(asks, (0, 0), &mut |asks| {
        let mut now = reading;
        for ask in &*asks {
            if let Some(record) = ask.rate.find(ask.key) {
                record.hold();
                if record.held().spent.speed != ask.quota.speed {
                    now = ask.rate.time_of_change(now);
                }
            }
        }
        let mut together = Together::default();
        for place in 0..asks.len() {
            let cost = cost_until(asks, place);
            if let Some(ask) = asks.get_mut(place) {
                let spent = held(ask);
                let step = spent.step(ask.quota, cost, now);
                together.add(ask, spent, told_before(step, now - reading), now);
            }
        }
        let verdict = together.verdict();
        for ask in &mut *asks {
            match (verdict, mode) {
                (Verdict::Admitted, Mode::Look) => {}
                (Verdict::Admitted, Mode::Take) => spend(ask, now),
                (Verdict::Wait(_) | Verdict::Never, _) => carry(ask, now),
            }
        }
        for ask in &*asks {
            let record = ask.rate.find(ask.key);
            if let Some(record) = record.filter(|record| record.is_held()) {
                record.release();
            }
        }
        verdict
    })
}

/// As somebody is told whose reading of the clock is so many nanoseconds earlier.
fn told_before(step: Step, nanos: u64) -> Step {
    match step {
        Step::Denied(spent, Some(wait)) => {
            let wait = wait.saturating_add(Duration::from_nanos(nanos));
            Step::Denied(spent, Some(wait))
        }
        step => step,
    }
}

/// Takes the turns of all shards in the order of their numbers, so that no two wait for each other.
fn in_turn(
    asks: &mut [Ask<'_>],
    from: (u64, usize),
    work: &mut dyn FnMut(&mut [Ask<'_>]) -> Verdict,
) -> Verdict {
    let shards = asks.iter().map(|ask| {
        let shard = ask.rate.shard_number(ask.key);
        ((ask.rate.number, shard), ask.rate, ask.key)
    });
    let later = shards.filter(|(number, ..)| *number >= from);
    let next = later.min_by_key(|(number, ..)| *number);
    let Some(((rate, shard), keys, key)) = next else {
        return work(asks);
    };
    // There is a shard for every key.
    let _turn = keys.shard(key).map(|shard| shard.turn());
    in_turn(asks, (rate, shard + 1), work)
}

/// What was spent, where the key's record is held.
fn held(ask: &Ask<'_>) -> Spent {
    match ask.rate.find(ask.key) {
        Some(record) => record.held().spent,
        None => ask.rate.newcomer(ask.key, ask.quota.speed),
    }
}

fn spend(ask: &mut Ask<'_>, now: u64) {
    let keys: &RateKeys = ask.rate;
    let before = held(ask);
    let after = match before.step(ask.quota, ask.cost, now) {
        Step::Admitted(after) | Step::Denied(after, _) => after,
    };
    match keys.find(ask.key) {
        Some(record) => {
            record.hold();
            keys.put(record, &after, now);
        }
        // Nothing to remember.
        None if ask.cost == 0 => {}
        None => {
            if let Some(shard) = keys.shard(ask.key) {
                shard.claim(ask.key, &after, now);
            }
        }
    }
    let changes = keys.find(ask.key).map(|record| record.changes_after());
    ask.admitted(before, after, changes.unwrap_or_default(), now);
}

/// Q6: writes at which speed it goes on.
fn carry(ask: &Ask<'_>, now: u64) {
    if let Some((record, spent)) = ask.rate.find(ask.key).zip(ask.spent()) {
        ask.rate.put(record, &spent, now);
    }
}

/// All that was asked for, taken together.
struct Together {
    wait: Option<Duration>,
    is_denied: bool,
}

impl Default for Together {
    fn default() -> Self {
        Self {
            wait: Some(Duration::ZERO),
            is_denied: false,
        }
    }
}

impl Together {
    fn add(&mut self, ask: &mut Ask<'_>, before: Spent, step: Step, now: u64) {
        match step {
            Step::Admitted(_) => {
                ask.denied(before, Some(Duration::ZERO), now);
            }
            Step::Denied(after, wait) => {
                ask.denied(after, wait, now);
                self.is_denied = true;
                self.wait = self.wait.zip(wait).map(|(longest, wait)| longest.max(wait));
            }
        }
    }

    fn verdict(&self) -> Verdict {
        match (self.is_denied, self.wait) {
            (false, _) => Verdict::Admitted,
            (true, Some(wait)) => Verdict::Wait(wait),
            (true, None) => Verdict::Never,
        }
    }
}

/// What is asked for of one key up to this place: several may ask for the same one.
fn cost_until(asks: &[Ask<'_>], place: usize) -> u64 {
    let mut until = asks.iter().take(place + 1).rev();
    let Some(this) = until.next() else { return 0 };
    let same = until.filter(|ask| (ask.rate.number, ask.key) == (this.rate.number, this.key));
    same.fold(this.cost, |cost, ask| cost.saturating_add(ask.cost))
}
