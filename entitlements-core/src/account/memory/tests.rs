use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use proptest::prelude::*;

use super::MemoryAccounts;
use crate::account::{
    Account, AccountChange, AccountQuery, AccountStore, AccountTerms, Basis, NewAccount,
};
use crate::testing::NOW;
use crate::{AccountId, Reply};

fn now<T>(reply: Reply<T>) -> T {
    match reply {
        Reply::Now(answer) => answer,
        Reply::Later(_) => panic!("memory answers at once"),
    }
}

fn terms(quantity: u64) -> AccountTerms {
    AccountTerms {
        quantity: Some(quantity),
        ..AccountTerms::on_plan("business")
    }
}

fn add(accounts: &MemoryAccounts, id: &AccountId, quantity: u64) -> bool {
    now(accounts.insert(NewAccount::new(id.clone(), terms(quantity), NOW))).unwrap()
}

fn set(accounts: &MemoryAccounts, id: &AccountId, quantity: u64) -> bool {
    let change = move |account: &Account| {
        Some(AccountChange {
            name: account.name.clone(),
            terms: terms(quantity),
        })
    };
    now(accounts.change(id, Box::new(change)))
        .unwrap()
        .is_some()
}

fn quantity(accounts: &MemoryAccounts, id: &AccountId) -> Option<u64> {
    accounts.with_terms(id, |terms| match terms?.basis() {
        Basis::Account(terms) | Basis::Only(_, terms) => terms.quantity,
    })
}

#[derive(Debug, Clone)]
enum Step {
    Add(u8, u64),
    Set(u8, u64),
    Remove(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (any::<u8>(), any::<u64>()).prop_map(|(id, to)| Step::Add(id, to)),
        2 => (any::<u8>(), any::<u64>()).prop_map(|(id, to)| Step::Set(id, to)),
        2 => any::<u8>().prop_map(Step::Remove),
    ]
}

/// Some ids are too long to be kept in place.
fn id(number: u8) -> AccountId {
    AccountId::new("a".repeat(usize::from(number % 50)) + &number.to_string())
}

proptest! {
    #[test]
    fn it_is_a_map(steps in proptest::collection::vec(step(), 0..200)) {
        let (accounts, mut map) = (MemoryAccounts::default(), BTreeMap::new());
        for step in steps {
            match step {
                Step::Add(number, to) => {
                    let is_new = !map.contains_key(&id(number));
                    prop_assert_eq!(add(&accounts, &id(number), to), is_new);
                    map.entry(id(number)).or_insert(to);
                }
                Step::Set(number, to) => {
                    let is_there = map.contains_key(&id(number));
                    prop_assert_eq!(set(&accounts, &id(number), to), is_there);
                    map.entry(id(number)).and_modify(|known| *known = to);
                }
                Step::Remove(number) => {
                    let removed = now(accounts.remove(&id(number))).unwrap();
                    prop_assert_eq!(removed, map.remove(&id(number)).is_some());
                }
            }
        }
        for number in 0..=255 {
            prop_assert_eq!(quantity(&accounts, &id(number)), map.get(&id(number)).copied());
        }
        prop_assert_eq!(accounts.len(), map.len());
        let all = AccountQuery { most: 1000, ..AccountQuery::default() };
        let page = now(accounts.page(&all)).unwrap();
        let ids: Vec<_> = page.into_iter().map(|account| account.id).collect();
        prop_assert_eq!(ids, map.into_keys().collect::<Vec<_>>());
    }
}

/// Enough that shards hold several, and that searches go on beyond the end of one.
#[test]
fn many_accounts_are_each_found() {
    let accounts = MemoryAccounts::default();
    let id = |number: u64| AccountId::new(format!("acc_{number}"));
    for number in 0..40_000 {
        assert!(add(&accounts, &id(number), number));
    }
    for number in 0..40_000 {
        assert_eq!(quantity(&accounts, &id(number)), Some(number));
    }
    assert_eq!(quantity(&accounts, &id(40_000)), None);
    assert_eq!(accounts.len(), 40_000);
}

/// Writers of one shard or of many lose nothing, and a reader always finds what is there.
#[test]
fn what_is_there_is_found_while_others_change() {
    let accounts = MemoryAccounts::default();
    let id = |number: u64| AccountId::new(number.to_string());
    let kept = AccountId::new("kept");
    add(&accounts, &kept, 0);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4_u64)
            .map(|writer| {
                let accounts = &accounts;
                scope.spawn(move || {
                    for number in 0..2000 {
                        let id = id(number * 4 + writer);
                        assert!(add(accounts, &id, number));
                        assert!(set(accounts, &id, number + 1));
                        if number % 2 == 0 {
                            assert!(now(accounts.remove(&id)).unwrap());
                        }
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert_eq!(quantity(&accounts, &kept), Some(0));
            }
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(accounts.len(), 4 * 1000 + 1);
}
