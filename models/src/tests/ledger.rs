//! U7: several race for the last of something that the application counts.
//!
//! These fail, as they should, where a racer counts before it takes its place (in [`run`]): the other may write and leave in between, and is neither in the count nor in the line. They fail
//! too where it leaves before it writes, where one that fails does not leave, and where one that looks again does so
//! after it counted anew (in [`look_twice`]).

use loom::model;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use crate::database::Database;
use crate::line::{self, Joined, Line};
use crate::table::Table;

const ALLOWED: Option<u64> = Some(5);

/// What the racers share: four of five exist.
#[derive(Debug)]
struct Race {
    line: Table<Line>,
    database: Database,
    admitted: AtomicU64,
}

impl Race {
    fn new() -> Self {
        Self {
            line: Table::default(),
            database: Database::with(4),
            admitted: AtomicU64::new(0),
        }
    }

    fn is_over_with(&self, admitted: u64, count: u64) {
        assert_eq!(self.admitted.load(Ordering::SeqCst), admitted, "admitted");
        assert_eq!(self.database.count(), count, "in the database");
        assert!(self.line.is_empty(), "a place was left behind");
    }
}

/// What the application does once it is admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Succeeds,
    Fails,
}

/// What a gate does with a place, in its order.
fn run(race: &Race, work: Work) {
    let Joined { ticket, ahead } = race.line.change(|line| line.join(1));
    let count = race.database.count();
    if line::fits(count, ahead, 1, ALLOWED) {
        race.admitted.fetch_add(1, Ordering::SeqCst);
        if work == Work::Succeeds {
            race.database.write(1);
        }
    }
    race.line.change(|line| line.leave(ticket));
}

/// As [`run`], but does not take the first no for an answer.
fn look_twice(race: &Race) {
    let Joined { ticket, mut ahead } = race.line.change(|line| line.join(1));
    let mut count = race.database.count();
    if !line::fits(count, ahead, 1, ALLOWED) {
        ahead = race.line.change(|line| line.ahead_of(ticket));
        count = race.database.count();
    }
    if line::fits(count, ahead, 1, ALLOWED) {
        race.database.write(1);
    }
    race.line.change(|line| line.leave(ticket));
}

/// Runs the first here and the others beside it, and gives what is left when all are done.
fn race(first: Work, others: &[Work]) -> Arc<Race> {
    let shared = Arc::new(Race::new());
    let others: Vec<_> = others
        .iter()
        .map(|work| {
            let (shared, work) = (Arc::clone(&shared), *work);
            thread::spawn(move || run(&shared, work))
        })
        .collect();
    run(&shared, first);
    for other in others {
        other.join().unwrap();
    }
    shared
}

#[test]
fn of_two_exactly_one_is_admitted() {
    model(|| race(Work::Succeeds, &[Work::Succeeds]).is_over_with(1, 5));
}

#[test]
fn of_three_exactly_one_is_admitted() {
    let mut few = model::Builder::new();
    few.preemption_bound = Some(2);
    few.check(|| race(Work::Succeeds, &[Work::Succeeds; 2]).is_over_with(1, 5));
}

#[test]
fn one_that_fails_leaves_no_place_behind() {
    model(|| {
        let over = race(Work::Fails, &[Work::Succeeds]);
        // The other was refused where it came second, and admitted where the line was free again.
        assert!(over.database.count() <= 5);
        assert!(over.line.is_empty());
        // Whoever comes next has what is left, and nobody ahead.
        let left = 5 - over.database.count();
        let admitted = over.admitted.load(Ordering::SeqCst);
        run(&over, Work::Succeeds);
        over.is_over_with(admitted + left, 5);
    });
}

/// Whoever does not fit may look again, and counts anew after it.
#[test]
fn looking_again_admits_no_more_than_there_is_room_for() {
    for work in [Work::Succeeds, Work::Fails] {
        model(move || {
            let shared = Arc::new(Race::new());
            let other = Arc::clone(&shared);
            let runs = thread::spawn(move || run(&other, work));
            look_twice(&shared);
            runs.join().unwrap();
            assert!(shared.database.count() <= 5);
            assert!(shared.line.is_empty());
        });
    }
}

#[test]
fn amounts_of_two_that_fit_are_both_admitted_whoever_is_first() {
    model(|| {
        let line = Arc::new(Table::<Line>::default());
        let other = Arc::clone(&line);
        let joins = thread::spawn(move || other.change(|line| line.join(2)));
        let here = line.change(|line| line.join(3));
        let there = joins.join().unwrap();
        let ahead = (here.ahead, there.ahead);
        assert!(ahead == (0, 3) || ahead == (2, 0), "{ahead:?}");
    });
}
