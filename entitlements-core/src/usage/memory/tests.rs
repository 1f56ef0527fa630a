use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use super::*;
use crate::testing::NOW;
use crate::usage::{Ask, Leased, ReservationId, Reserved, Usage, UsageStore};
use crate::{Limit, Reply};

const USERS: &str = "users";

/// What memory answers.
fn answer<T>(reply: Reply<Result<T, crate::usage::UsageError>>) -> T {
    match reply {
        Reply::Now(answer) => answer.unwrap(),
        Reply::Later(_) => panic!("memory answers at once"),
    }
}

fn ask(amount: u64, allowed: Limit) -> [Ask<'static>; 1] {
    [Ask {
        limit: USERS,
        amount,
        allowed,
    }]
}

fn later(seconds: u64) -> Timestamp {
    NOW.saturating_add(Duration::from_secs(seconds))
}

fn held(store: &MemoryUsage, amount: u64, allowed: Limit, seconds: u64) -> ReservationId {
    let asks = ask(amount, allowed);
    match answer(store.reserve(&AccountId::LOCAL, &asks, later(seconds), NOW)) {
        Reserved::Held(id) => id,
        full => panic!("{full:?}"),
    }
}

fn usage(store: &MemoryUsage, seconds: u64) -> Usage {
    answer(store.usage(&AccountId::LOCAL, USERS, later(seconds)))
}

#[test]
fn an_account_that_uses_nothing_keeps_no_record() {
    let store = MemoryUsage::new();
    let account = &AccountId::LOCAL;
    let reservation = held(&store, 1, Limit::AtMost(1), 9);
    assert_eq!(store.accounts(), 1);
    answer(store.release(account, reservation, NOW));
    assert_eq!(store.accounts(), 0);

    let full = answer(store.reserve(account, &ask(1, Limit::AtMost(0)), later(9), NOW));
    assert_eq!(full, Reserved::Full { ask: 0, used: 0 });
    answer(store.sync(account, USERS, 0, NOW));
    assert_eq!(usage(&store, 0), Usage::default());
    assert_eq!(store.accounts(), 0);

    answer(store.sync(account, USERS, 2, NOW));
    answer(store.give_back(account, USERS, 5, NOW));
    assert_eq!(store.accounts(), 0);

    let leased = store.lease(account, USERS, "holder", Limit::AtMost(1), later(9), NOW);
    assert_eq!(answer(leased), Leased::Held);
    answer(store.end_lease(account, USERS, "holder", NOW));
    assert_eq!(store.accounts(), 0);
}

#[test]
fn what_lapsed_is_swept() {
    let store = MemoryUsage::new();
    held(&store, 0, Limit::AtMost(1), 9);
    assert_eq!(store.accounts(), 1, "nothing is held like anything else");
    store.sweep(later(8));
    assert_eq!(store.accounts(), 1);
    store.sweep(later(9));
    assert_eq!(store.accounts(), 0);
    assert_eq!(store.shared.names.0.lock().unwrap().len(), 0);
}

#[test]
fn numbers_are_exact_to_the_last() {
    let store = MemoryUsage::new();
    let all = Limit::AtMost(u64::MAX);
    let most = held(&store, u64::MAX - 1, all, 9);
    let last = held(&store, 1, all, 9);
    let full = answer(store.reserve(&AccountId::LOCAL, &ask(1, all), later(9), NOW));
    assert_eq!(
        full,
        Reserved::Full {
            ask: 0,
            used: u64::MAX
        }
    );
    // Unlimited has room beyond all numbers, and what is released leaves the others' amounts whole.
    let beyond = [(); 3].map(|()| held(&store, u64::MAX, Limit::Unlimited, 9));
    assert_eq!(usage(&store, 0).taken(), u64::MAX);
    for reservation in beyond {
        answer(store.release(&AccountId::LOCAL, reservation, NOW));
    }
    answer(store.release(&AccountId::LOCAL, last, NOW));
    assert_eq!(usage(&store, 0).reserved, u64::MAX - 1);
    for reservation in [most, last] {
        answer(store.confirm(&AccountId::LOCAL, reservation, &ask(u64::MAX - 1, all), NOW));
    }
    let used = Usage {
        used: u64::MAX,
        reserved: 0,
    };
    assert_eq!(usage(&store, 0), used);
}

#[test]
fn reservations_of_a_rush_leave_no_memory_behind() {
    let store = MemoryUsage::new();
    answer(store.sync(&AccountId::LOCAL, USERS, 1, NOW));
    let rush: Vec<_> = (0..1000)
        .map(|_| held(&store, 1, Limit::Unlimited, 9))
        .collect();
    // The last first: the order of settling is not that of reserving.
    for reservation in rush.into_iter().rev() {
        answer(store.release(&AccountId::LOCAL, reservation, NOW));
    }
    let used = Usage {
        used: 1,
        reserved: 0,
    };
    assert_eq!(usage(&store, 0), used);
}

#[test]
fn a_reservation_of_a_former_record_is_not_mistaken_for_a_new_one() {
    let store = MemoryUsage::new();
    let former = held(&store, 1, Limit::AtMost(9), 5);
    store.sweep(later(5));
    let _newer = held(&store, 2, Limit::AtMost(9), 9);
    answer(store.confirm(&AccountId::LOCAL, former, &ask(1, Limit::AtMost(9)), NOW));
    let both = Usage {
        used: 1,
        reserved: 2,
    };
    assert_eq!(usage(&store, 0), both);
}

/// The record comes and goes all the time: what is confirmed while another empties it must not be lost.
#[test]
fn no_count_is_lost_while_a_record_is_removed() {
    const ROUNDS: usize = 2000;
    let store = MemoryUsage::new();
    let start = Barrier::new(4);
    let asks = ask(1, Limit::Unlimited);
    thread::scope(|scope| {
        for racer in 0..4 {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    start.wait();
                    let reservation = held(store, 1, Limit::Unlimited, 9);
                    if racer == 0 {
                        answer(store.confirm(&AccountId::LOCAL, reservation, &asks, NOW));
                    } else {
                        answer(store.release(&AccountId::LOCAL, reservation, NOW));
                    }
                    start.wait();
                    if racer == 0 {
                        assert_eq!(usage(store, 0).taken(), 1);
                        answer(store.give_back(&AccountId::LOCAL, USERS, 1, NOW));
                        assert_eq!(store.accounts(), 0);
                    }
                }
            });
        }
    });
}
