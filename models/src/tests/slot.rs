//! A record is removed from its table while others look for it: nothing that was written is lost, and nothing that is
//! empty stays.
//!
//! These fail, as they should, where `slot::visit` ends with `remove` unconditionally taking out what it finds (it
//! then takes out what another has just made), and where `Slot::visit` leaves a vacant record open and removes it (what
//! another writes in between is lost).

use loom::model;
use loom::sync::Arc;
use loom::thread;

use crate::slot::Vacate;
use crate::table::Table;

/// The smallest record there is: what is reserved and what is used.
#[derive(Debug, Default)]
struct Record {
    reserved: u64,
    used: u64,
}

impl Vacate for Record {
    fn is_vacant(&self) -> bool {
        self.reserved == 0 && self.used == 0
    }
}

fn reserve(table: &Table<Record>) {
    table.change(|record| record.reserved += 1);
}

fn release(table: &Table<Record>) {
    table.look(|record| record.reserved -= 1);
}

fn confirm(table: &Table<Record>) {
    table.change(|record| {
        record.reserved -= 1;
        record.used += 1;
    });
}

#[test]
fn what_is_reserved_while_another_releases_is_not_lost() {
    model(|| {
        let table = Arc::new(Table::default());
        let other = Arc::clone(&table);
        let releases = thread::spawn(move || {
            reserve(&other);
            release(&other);
        });
        reserve(&table);
        confirm(&table);
        releases.join().unwrap();
        assert_eq!(
            table.look(|record| (record.reserved, record.used)),
            Some((0, 1))
        );
    });
}

#[test]
fn three_that_reserve_and_release_leave_nothing() {
    let mut few = model::Builder::new();
    few.preemption_bound = Some(3);
    few.check(|| {
        let table = Arc::new(Table::default());
        let others: Vec<_> = (0..2)
            .map(|_| {
                let table = Arc::clone(&table);
                thread::spawn(move || {
                    reserve(&table);
                    release(&table);
                })
            })
            .collect();
        reserve(&table);
        release(&table);
        for other in others {
            other.join().unwrap();
        }
        assert!(table.is_empty());
    });
}

#[test]
fn the_first_use_by_two_at_once_is_counted_twice() {
    model(|| {
        let table = Arc::new(Table::default());
        let other = Arc::clone(&table);
        let reserves = thread::spawn(move || reserve(&other));
        reserve(&table);
        reserves.join().unwrap();
        assert_eq!(table.look(|record| record.reserved), Some(2));
    });
}
