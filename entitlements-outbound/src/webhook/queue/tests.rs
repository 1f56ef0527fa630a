use std::sync::Arc;

use tokio::sync::Semaphore;

use super::*;
use crate::webhook::message::Ids;

const EVEN: u64 = 200;

fn start() -> Timestamp {
    "2027-01-31T12:00:00Z".parse().unwrap()
}

fn queue(most_dead: usize) -> Queue {
    Queue::new(RetryPolicy::default().attempts(2), most_dead)
}

fn add(queue: &mut Queue, now: Timestamp) -> String {
    let message = Message::new(&Ids::default(), "job.done", "{}", now).unwrap();
    let id = message.id.clone();
    let room = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
    queue.add(Entry::new(message, room));
    id
}

fn answered(status: u16) -> Outcome {
    Outcome::Answered {
        status,
        retry_after: None,
    }
}

fn fail(queue: &mut Queue, id: &str, now: Timestamp) -> Vec<Change> {
    assert_eq!(queue.take_due(now).unwrap().id, id);
    queue.attempted(id, answered(500), now, EVEN)
}

#[test]
fn a_message_is_tried_when_it_is_its_turn_and_given_up_after_the_last() {
    let mut queue = queue(10);
    let now = start();
    let id = add(&mut queue, now);
    fail(&mut queue, &id, now);
    let turn = now.saturating_add(Duration::from_secs(1));
    assert_eq!(queue.next_turn(), Some(turn));
    let before = turn.saturating_sub(Duration::from_micros(1));
    assert!(queue.take_due(before).is_none());
    fail(&mut queue, &id, turn);
    assert!(queue.is_idle());
    let [dead] = &queue.dead_letters()[..] else {
        panic!("one is dead")
    };
    assert_eq!((dead.attempts(), dead.last_status()), (2, Some(500)));
    let why = WhyGivenUp::Attempts;
    assert_eq!(dead.state(), DeliveryState::GivenUp { at: turn, why });
}

#[test]
fn a_clock_that_is_set_back_puts_nothing_off() {
    let mut queue = queue(10);
    let now = start();
    let id = add(&mut queue, now);
    fail(&mut queue, &id, now);
    let a_minute = Duration::from_secs(60);
    // Within what a wait can be, it is waited for.
    assert!(queue.take_due(now.saturating_sub(a_minute)).is_none());
    let a_year_ago = now.saturating_sub(a_minute * 60 * 24 * 365);
    assert_eq!(queue.take_due(a_year_ago).unwrap().id, id);
}

#[test]
fn dead_letters_are_bounded_and_the_oldest_goes_first() {
    let mut queue = queue(2);
    let mut ids = Vec::new();
    for second in 0..3 {
        let now = start().saturating_add(Duration::from_secs(second * 100));
        let id = add(&mut queue, now);
        queue.take_due(now).unwrap();
        let changes = queue.attempted(&id, answered(410), now, EVEN);
        assert_eq!(changes.len(), if second < 2 { 1 } else { 2 });
        ids.push(id);
    }
    let dead: Vec<_> = queue
        .dead_letters()
        .into_iter()
        .map(|dead| dead.id)
        .collect();
    assert_eq!(dead, ids[1..]);
}

#[test]
fn what_arrived_is_forgotten_by_the_store_and_remembered_for_a_while() {
    let mut queue = queue(2);
    for _ in 0..=DELIVERED_REMEMBERED {
        let id = add(&mut queue, start());
        queue.take_due(start()).unwrap();
        let changes = queue.attempted(&id, answered(204), start(), EVEN);
        assert_eq!(changes, [Change::Forget(id)]);
    }
    assert_eq!(queue.deliveries().len(), DELIVERED_REMEMBERED);
}

#[test]
fn what_is_kept_comes_back_as_it_was() {
    let mut before = queue(2);
    let now = start();
    let waiting = add(&mut before, now);
    let mut stored = fail(&mut before, &waiting, now);
    let dead = add(&mut before, now);
    before.take_due(now).unwrap();
    let no_answer = Outcome::NoAnswer("no answer came in time".to_owned());
    before.attempted(&dead, no_answer, now, EVEN);
    let later = now.saturating_add(Duration::from_secs(1));
    while let Some(message) = before.take_due(later) {
        stored.extend(before.attempted(&message.id, answered(410), later, EVEN));
    }
    // The first was kept as waiting, and then as given up.
    let mut after = queue(2);
    for change in stored {
        let Change::Keep(stored) = change else {
            panic!("nothing arrived")
        };
        if let Some(entry) = from_store(&stored, |_| None) {
            after.take_dead(&stored.id);
            after.turns.retain(|(_, id)| *id != stored.id);
            after.open.remove(&stored.id);
            after.add(entry);
        }
    }
    assert_eq!(after.deliveries(), before.deliveries());
    assert_eq!(after.deliveries().len(), 2);
}

#[test]
fn what_is_damaged_is_no_entry() {
    let stored = |value: &str| StoredDelivery {
        id: "msg_1".to_owned(),
        value: value.to_owned(),
    };
    for value in ["", "{}", "null", r#"{"event":"a"}"#] {
        assert!(from_store(&stored(value), |_| None).is_none(), "{value}");
    }
}
