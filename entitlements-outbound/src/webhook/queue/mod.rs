//! Which messages wait, are under way, have arrived or were given up. Nothing here waits, reads a clock or a disk.

mod kept;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use entitlements_core::Timestamp;
use tokio::sync::OwnedSemaphorePermit;

pub(super) use kept::{from_store, to_store};

use super::delivery::{Delivery, DeliveryState, WhyGivenUp};
use super::message::Message;
use super::retry::RetryPolicy;
use super::store::StoredDelivery;

/// How many arrived messages are remembered for whoever asks.
const DELIVERED_REMEMBERED: usize = 200;

#[derive(Debug)]
pub(super) struct Queue {
    policy: RetryPolicy,
    most_dead: usize,
    /// Waiting or under way.
    open: BTreeMap<String, Entry>,
    /// Those that wait, by whose turn it is.
    turns: BTreeSet<(Timestamp, String)>,
    /// The oldest first.
    dead: VecDeque<Entry>,
    delivered: VecDeque<Delivery>,
}

#[derive(Debug)]
pub(super) struct Entry {
    message: Message,
    delivery: Delivery,
    /// Attempts since it was handed over or sent again.
    tried: u32,
    /// Its share of the memory, until it is dropped.
    room: Option<OwnedSemaphorePermit>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Answered {
        status: u16,
        retry_after: Option<Duration>,
    },
    NoAnswer(String),
}

/// What is to be done about the kept messages.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    Keep(StoredDelivery),
    Forget(String),
}

impl Entry {
    pub(super) fn new(message: Message, room: OwnedSemaphorePermit) -> Self {
        let delivery = Delivery {
            id: message.id.clone(),
            event: message.event.clone(),
            created_at: message.created_at,
            attempts: 0,
            last_attempt_at: None,
            last_status: None,
            last_error: None,
            state: DeliveryState::Waiting {
                next_attempt: message.created_at,
            },
        };
        Self {
            message,
            delivery,
            tried: 0,
            room: Some(room),
        }
    }

    pub(super) fn body_bytes(&self) -> usize {
        self.message.body.len()
    }

    /// A dead letter as it waits for a new series of attempts.
    pub(super) fn try_again(&mut self, now: Timestamp, room: OwnedSemaphorePermit) {
        self.tried = 0;
        self.room = Some(room);
        self.delivery.state = DeliveryState::Waiting { next_attempt: now };
    }

    /// The dead letter that it was, where it cannot be sent again.
    pub(super) fn stay_given_up(&mut self, state: DeliveryState) {
        self.room = None;
        self.delivery.state = state;
    }

    pub(super) const fn state(&self) -> DeliveryState {
        self.delivery.state
    }
}

impl Queue {
    pub(super) fn new(policy: RetryPolicy, most_dead: usize) -> Self {
        Self {
            policy,
            most_dead,
            open: BTreeMap::new(),
            turns: BTreeSet::new(),
            dead: VecDeque::new(),
            delivered: VecDeque::new(),
        }
    }

    /// Takes in a message, new or kept from before.
    pub(super) fn add(&mut self, entry: Entry) {
        let id = entry.message.id.clone();
        match entry.delivery.state {
            DeliveryState::Waiting { next_attempt } => {
                self.turns.insert((next_attempt, id.clone()));
                self.open.insert(id, entry);
            }
            _ => self.dead.push_back(entry),
        }
    }

    /// Whether nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.open.is_empty()
    }

    /// The message whose turn it is now, which is under way from here on.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<Message> {
        let (at, _) = self.turns.first()?;
        // A clock that was set back must not put an attempt off for longer than any wait is.
        let is_by_a_clock_set_back = at.saturating_since(now) > self.policy.longest_wait();
        if *at > now && !is_by_a_clock_set_back {
            return None;
        }
        let (_, id) = self.turns.pop_first()?;
        let entry = self.open.get_mut(&id)?;
        entry.delivery.state = DeliveryState::UnderWay;
        Some(entry.message.clone())
    }

    /// When it is the next one's turn.
    pub(super) fn next_turn(&self) -> Option<Timestamp> {
        self.turns.first().map(|(at, _)| *at)
    }

    /// Notes how an attempt ended. `chance` is any number.
    pub(super) fn attempted(
        &mut self,
        id: &str,
        outcome: Outcome,
        now: Timestamp,
        chance: u64,
    ) -> Vec<Change> {
        let Some(entry) = self.open.get_mut(id) else {
            return Vec::new();
        };
        entry.tried = entry.tried.saturating_add(1);
        let delivery = &mut entry.delivery;
        delivery.attempts = delivery.attempts.saturating_add(1);
        delivery.last_attempt_at = Some(now);
        let (status, asked, error) = match outcome {
            Outcome::Answered {
                status,
                retry_after,
            } => (Some(status), retry_after, None),
            Outcome::NoAnswer(error) => (None, None, Some(error)),
        };
        delivery.last_status = status;
        delivery.last_error = error;
        match status {
            Some(200..=299) => self.arrived(id, now),
            Some(410) => self.give_up(id, WhyGivenUp::Gone, now),
            _ if self.policy.is_last(entry.tried) => self.give_up(id, WhyGivenUp::Attempts, now),
            _ => {
                let wait = self.policy.wait(entry.tried, asked, chance);
                let next_attempt = now.saturating_add(wait);
                entry.delivery.state = DeliveryState::Waiting { next_attempt };
                self.turns.insert((next_attempt, id.to_owned()));
                vec![Change::Keep(to_store(entry))]
            }
        }
    }

    fn arrived(&mut self, id: &str, now: Timestamp) -> Vec<Change> {
        if let Some(mut entry) = self.open.remove(id) {
            entry.delivery.state = DeliveryState::Delivered { at: now };
            self.delivered.push_back(entry.delivery);
        }
        if self.delivered.len() > DELIVERED_REMEMBERED {
            self.delivered.pop_front();
        }
        vec![Change::Forget(id.to_owned())]
    }

    fn give_up(&mut self, id: &str, why: WhyGivenUp, now: Timestamp) -> Vec<Change> {
        let mut changes = Vec::new();
        if let Some(mut entry) = self.open.remove(id) {
            entry.delivery.state = DeliveryState::GivenUp { at: now, why };
            // Dead letters are bounded by their number, and leave the room to what is still to come.
            entry.room = None;
            changes.push(Change::Keep(to_store(&entry)));
            self.dead.push_back(entry);
        }
        if self.dead.len() > self.most_dead
            && let Some(oldest) = self.dead.pop_front()
        {
            let id = oldest.message.id;
            tracing::warn!(webhook_id = %id, "the oldest dead letter is forgotten to make room");
            changes.push(Change::Forget(id));
        }
        changes
    }

    /// Takes a dead letter out, to be handed in again by [`add`](Self::add) or put back by [`put_back`](Self::put_back).
    pub(super) fn take_dead(&mut self, id: &str) -> Option<Entry> {
        let place = self.dead.iter().position(|entry| entry.message.id == id)?;
        self.dead.remove(place)
    }

    /// Puts a dead letter back that could not be sent again.
    pub(super) fn put_back(&mut self, entry: Entry) {
        let place = self
            .dead
            .partition_point(|other| other.message.id < entry.message.id);
        self.dead.insert(place, entry);
    }

    /// What is known of one message.
    pub(super) fn delivery(&self, id: &str) -> Option<Delivery> {
        let dead = self.dead.iter().map(|entry| &entry.delivery);
        let others = self.delivered.iter().chain(dead);
        self.open
            .get(id)
            .map(|entry| &entry.delivery)
            .or_else(|| others.rev().find(|delivery| delivery.id == id))
            .cloned()
    }

    /// All that is known, the oldest first.
    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        let open = self.open.values().map(|entry| &entry.delivery);
        let mut all: Vec<_> = open
            .chain(self.dead.iter().map(|entry| &entry.delivery))
            .chain(&self.delivered)
            .cloned()
            .collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// Those given up, the oldest first.
    pub(super) fn dead_letters(&self) -> Vec<Delivery> {
        self.dead
            .iter()
            .map(|entry| entry.delivery.clone())
            .collect()
    }
}
