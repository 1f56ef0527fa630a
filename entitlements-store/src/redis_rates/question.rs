//! What the script is asked, and what it says.

use std::time::Duration;

use entitlements_core::rate::{Quota, StoreAsk, StoreStanding};
use redis::Value;

use super::script::Argument;
use super::speed::{LARGEST, Speed};

/// What is to be done, as the script calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Take,
    Look,
}

impl Mode {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Look => "look",
        }
    }
}

/// What is asked of the keys of one slot.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) keys: Vec<String>,
    asks: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// In `keys`, from one.
    key: u64,
    speed: Speed,
    quota: Quota,
    cost: u64,
    most: u64,
}

impl Question {
    pub(super) fn new<'a>(prefix: &str, asks: impl Iterator<Item = &'a StoreAsk>) -> Self {
        let mut keys: Vec<String> = Vec::new();
        let mut parts = Vec::new();
        for ask in asks {
            let key = key(prefix, ask);
            let place = keys.iter().position(|known| *known == key);
            let place = place.unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            parts.push(Part {
                key: place as u64 + 1,
                speed: Speed::of(&ask.quota),
                quota: ask.quota,
                cost: ask.cost,
                most: ask.most,
            });
        }
        Self { keys, asks: parts }
    }

    pub(super) fn arguments(&self, mode: Mode) -> Vec<Argument> {
        let mut arguments = vec![Argument::Word(mode.word())];
        for part in &self.asks {
            arguments.extend(part.start());
            // More than a burst can have is never admitted, however much more.
            arguments
                .extend([part.cost, part.most].map(|it| Argument::Number(it.min(LARGEST + 1))));
        }
        arguments
    }

    /// Gives back what was taken; none where nothing was.
    pub(super) fn return_of(&self, said: &Said) -> Option<Vec<Argument>> {
        if said.told.iter().all(|told| told.taken == 0) {
            return None;
        }
        let mut arguments = vec![Argument::Word("back")];
        for (part, told) in self.asks.iter().zip(&said.told) {
            arguments.extend(part.start());
            let [units, parts, turn] = told.before;
            let more = [told.taken, units, parts, turn, said.time];
            arguments.extend(more.map(Argument::Number));
        }
        Some(arguments)
    }

    pub(super) fn standings(&self, said: &Said) -> Vec<StoreStanding> {
        let parts = self.asks.iter().zip(&said.told);
        parts
            .map(|(part, told)| told.standing(&part.quota))
            .collect()
    }
}

impl Part {
    fn start(&self) -> [Argument; 4] {
        let Speed { parts, unit } = self.speed;
        let burst = self.quota.burst().min(LARGEST);
        [self.key, parts, unit, burst].map(Argument::Number)
    }
}

/// All keys of one slot have the same text in braces, so they lie together in a cluster. A subject's name has no brace.
fn key(prefix: &str, ask: &StoreAsk) -> String {
    let slot = ask.subject.slot();
    let rest = ask.subject.as_str().strip_prefix(slot).unwrap_or_default();
    format!("{prefix}{{{slot}}}{rest}:{}", ask.rate)
}

/// What the script says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) is_admitted: bool,
    /// In microseconds, by the clock of the server.
    time: u64,
    told: Vec<Told>,
}

/// What it says of one ask.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    taken: u64,
    left: u64,
    /// In microseconds; below zero where it is for ever.
    wait: i64,
    next: i64,
    /// What a return of it must say again.
    before: [u64; 3],
}

impl Said {
    /// None where it is nothing that the script says to this question.
    pub(super) fn read(value: &Value, question: &Question) -> Option<Self> {
        let Value::Array(values) = value else {
            return None;
        };
        let numbers: Option<Vec<i64>> = values.iter().map(number).collect();
        let numbers = numbers?;
        let (start, rest) = numbers.split_first_chunk::<2>()?;
        let (told, []) = rest.as_chunks::<7>() else {
            return None;
        };
        if told.len() != question.asks.len() {
            return None;
        }
        let [is_admitted, time] = *start;
        Some(Self {
            is_admitted: is_admitted == 1,
            time: u64::try_from(time).ok()?,
            told: told.iter().map(Told::read).collect::<Option<_>>()?,
        })
    }
}

impl Told {
    fn read(numbers: &[i64; 7]) -> Option<Self> {
        let [taken, left, wait, next, before @ ..] = *numbers;
        let word = |number| u64::try_from(number).ok();
        let [units, parts, turn] = before;
        Some(Self {
            taken: word(taken)?,
            left: word(left)?,
            wait,
            next,
            before: [word(units)?, word(parts)?, word(turn)?],
        })
    }

    fn standing(&self, quota: &Quota) -> StoreStanding {
        StoreStanding {
            granted: self.taken,
            remaining: self.left,
            wait: micros(self.wait),
            next: micros(self.next).unwrap_or_else(|| Duration::from_secs(quota.window_seconds())),
        }
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

fn micros(number: i64) -> Option<Duration> {
    u64::try_from(number).ok().map(Duration::from_micros)
}
