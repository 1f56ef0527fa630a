use std::sync::Mutex;

use super::*;
use crate::allowlist::{
    AllowlistChange, AllowlistChanged, AllowlistEntry, AllowlistError, ChangedBy,
};
use crate::testing::NOW;

/// Answers later, with what it had when it was asked.
#[derive(Debug, Default)]
struct Slow {
    list: Mutex<Arc<Allowlist>>,
    loads: AtomicU64,
}

impl AllowlistStore for Slow {
    fn load(&self, _: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        self.loads.fetch_add(1, Ordering::Relaxed);
        let list = Arc::clone(&self.list.lock().unwrap());
        Reply::later(async move { Ok(list) })
    }

    fn change(
        &self,
        _: &AccountId,
        _: AllowlistChange,
        _: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        panic!("nobody changes here")
    }

    fn remove(&self, _: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        panic!("nobody removes here")
    }
}

fn list(range: &str) -> Arc<Allowlist> {
    let entry = AllowlistEntry::new(range.parse().unwrap(), "ann", NOW);
    Arc::new(Allowlist::new([entry]))
}

fn lists() -> (Arc<Slow>, Arc<Lists>) {
    let store = Arc::new(Slow::default());
    let lists = Arc::new(Lists::new(Arc::clone(&store) as _));
    (store, lists)
}

fn at(millis: u64) -> Duration {
    Duration::from_millis(1_000_000 + millis)
}

/// Whether the store was asked.
async fn is_asked(lists: &Arc<Lists>, now: Duration) -> bool {
    let reply = lists.of(&AccountId::LOCAL, now);
    let is_asked = matches!(reply, Reply::Later(_));
    reply.await.unwrap();
    is_asked
}

#[tokio::test]
async fn w13_a_list_is_good_for_a_second_and_for_two_where_somebody_reads_it_again() {
    let (store, lists) = lists();
    assert!(is_asked(&lists, at(0)).await);
    assert!(!is_asked(&lists, at(1000)).await);
    // The first asks; the others do not wait for it.
    let first = lists.of(&AccountId::LOCAL, at(1001));
    assert!(matches!(first, Reply::Later(_)));
    assert!(!is_asked(&lists, at(1001)).await);
    assert!(!is_asked(&lists, at(2000)).await);
    // It never came back.
    drop(first);
    assert!(is_asked(&lists, at(2001)).await);
    assert!(!is_asked(&lists, at(3001)).await);
    assert_eq!(store.loads.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn w13_looking_does_not_pass_for_asking() {
    let (_, lists) = lists();
    assert!(is_asked(&lists, at(0)).await);
    for _ in 0..3 {
        let look = lists.with(&AccountId::LOCAL, at(1500), |list| list.restricts());
        assert_eq!(look, None);
    }
    assert!(is_asked(&lists, at(1500)).await);
}

#[tokio::test]
async fn what_was_asked_for_before_a_change_does_not_take_its_place() {
    let (_, lists) = lists();
    let early = lists.of(&AccountId::LOCAL, at(0));
    let begun = lists.forget(&AccountId::LOCAL, at(0));
    let during = lists.of(&AccountId::LOCAL, at(0));
    let new = list("192.0.2.0/24");
    lists.made(&AccountId::LOCAL, &new, at(0), begun);
    assert!(!early.await.unwrap().restricts());
    assert!(!during.await.unwrap().restricts());
    let seen = lists.with(&AccountId::LOCAL, at(1), Arc::clone);
    assert_eq!(seen, Some(new));
}

#[tokio::test]
async fn while_it_is_changed_a_list_is_not_known() {
    let (_, lists) = lists();
    is_asked(&lists, at(0)).await;
    lists.forget(&AccountId::LOCAL, at(0));
    let look = lists.with(&AccountId::LOCAL, at(0), |list| list.restricts());
    assert_eq!(look, None);
    let age = Duration::from_secs(60);
    assert_eq!(lists.last_known(&AccountId::LOCAL, at(0), age), None);
}

#[tokio::test]
async fn w13_no_more_accounts_are_remembered_than_there_is_room_for() {
    let (_, lists) = lists();
    for number in 0..MOST + 100 {
        let account = AccountId::new(format!("acc_{number}"));
        lists.of(&account, at(0)).await.unwrap();
    }
    assert_eq!(lists.known.len(), MOST);
    // Those that are old make room.
    lists.of(&AccountId::new("late"), at(5000)).await.unwrap();
    assert_eq!(lists.known.len(), 1);
}

/// Two changes at once, in each order of their answers: the store alone knows which it made last.
#[tokio::test]
async fn of_changes_at_once_the_store_is_asked_what_came_of_them() {
    for is_in_order in [true, false] {
        let (store, lists) = lists();
        let (one, two) = (list("192.0.2.0/24"), list("198.51.100.0/24"));
        let begun = [(); 2].map(|()| lists.forget(&AccountId::LOCAL, at(0)));
        *store.list.lock().unwrap() = Arc::clone(&two);
        let mut made = [(&one, begun[0]), (&two, begun[1])];
        if !is_in_order {
            made.reverse();
        }
        for (list, begun) in made {
            lists.made(&AccountId::LOCAL, list, at(0), begun);
        }
        let read = lists.of(&AccountId::LOCAL, at(0)).await.unwrap();
        assert_eq!(read, two, "in order: {is_in_order}");
        // A later change by itself is believed again.
        let begun = lists.forget(&AccountId::LOCAL, at(0));
        lists.made(&AccountId::LOCAL, &one, at(0), begun);
        let look = lists.with(&AccountId::LOCAL, at(0), Arc::clone);
        assert_eq!(look, Some(one));
    }
}

#[tokio::test]
async fn w13_what_makes_room_does_not_bring_back_what_was_before_a_change() {
    let (_, lists) = lists();
    let early = lists.of(&AccountId::LOCAL, at(0));
    let begun = lists.forget(&AccountId::LOCAL, at(0));
    lists.made(&AccountId::LOCAL, &list("192.0.2.0/24"), at(0), begun);
    for number in 0..MOST {
        let account = AccountId::new(format!("acc_{number}"));
        lists.of(&account, at(500)).await.unwrap();
    }
    lists.of(&AccountId::new("late"), at(1200)).await.unwrap();
    early.await.unwrap();
    let look = lists.with(&AccountId::LOCAL, at(900), Arc::clone);
    assert_eq!(
        look, None,
        "what was asked for before the change is no news"
    );
}
