use super::*;

const NOW: Duration = Duration::from_secs(1000);

fn told(granted: u64, remaining: u64) -> StoreStanding {
    StoreStanding {
        granted,
        remaining,
        wait: Some(Duration::ZERO),
        next: Duration::ZERO,
    }
}

fn quota() -> Quota {
    Quota::new(100, Duration::from_secs(1), 400)
}

#[test]
fn q30_what_was_taken_ahead_is_used_up_then_asked_for_again() {
    let leases = Leases::new(10).unwrap();
    let take = |now| leases.take((1, 1), &quota(), 1, 1, now);
    let Leased::Ahead(10, asking) = take(NOW) else {
        panic!("nothing is there yet");
    };
    // Nobody else takes ahead meanwhile.
    assert!(matches!(take(NOW), Leased::Alone));
    assert_eq!(asking.keep(told(10, 390), 1, NOW), told(1, 399));
    for left in (0..9).rev() {
        let Leased::Taken(standing) = take(NOW) else {
            panic!("{left} are left after this one");
        };
        assert_eq!(standing, told(1, 390 + left));
    }
    let Leased::Ahead(10, asking) = take(NOW) else {
        panic!("all is used up");
    };
    asking.was_not_asked();
    assert!(matches!(take(NOW), Leased::Ahead(10, _)));
}

#[test]
fn q30_who_hangs_up_loses_a_small_part_of_the_rate() {
    let leases = Leases::new(10).unwrap();
    let take = |now| leases.take((1, 1), &quota(), 1, 1, now);
    assert!(matches!(take(NOW), Leased::Ahead(10, _)));
    // That one was dropped, and what it asked for may be lost. They refill in 100 ms.
    let again = NOW + Duration::from_millis(1600);
    assert!(matches!(take(NOW), Leased::Alone));
    assert!(matches!(
        take(again - Duration::from_nanos(1)),
        Leased::Alone
    ));
    assert!(matches!(take(again), Leased::Ahead(10, _)));
}

#[test]
fn q30_what_would_be_refilled_by_now_is_not_used() {
    let leases = Leases::new(10).unwrap();
    let take = |now| leases.take((1, 1), &quota(), 1, 1, now);
    let Leased::Ahead(10, asking) = take(NOW) else {
        panic!("nothing is there yet");
    };
    asking.keep(told(10, 390), 1, NOW);
    let lapses = NOW + Duration::from_millis(90);
    assert!(matches!(
        take(lapses - Duration::from_nanos(1)),
        Leased::Taken(_)
    ));
    assert!(matches!(take(lapses), Leased::Ahead(10, _)));
}

#[test]
fn q30_no_more_is_taken_ahead_than_a_quarter_of_the_share() {
    let leases = Leases::new(1000).unwrap();
    let take = |cost, processes| {
        let key = (1, u64::from(processes));
        leases.take(key, &quota(), cost, processes, NOW)
    };
    assert!(matches!(take(1, 1), Leased::Ahead(100, _)));
    assert!(matches!(take(1, 4), Leased::Ahead(25, _)));
    assert!(matches!(take(25, 4), Leased::Alone));
    assert!(matches!(take(1, u32::MAX), Leased::Alone));
    assert!(Leases::new(1).is_none());
}

#[test]
fn q30_another_rate_finds_nothing_taken_ahead() {
    let leases = Leases::new(10).unwrap();
    let faster = Quota::new(200, Duration::from_secs(1), 400);
    let Leased::Ahead(10, asking) = leases.take((1, 1), &quota(), 1, 1, NOW) else {
        panic!("nothing is there yet");
    };
    asking.keep(told(10, 390), 1, NOW);
    assert!(matches!(
        leases.take((1, 1), &faster, 1, 1, NOW),
        Leased::Ahead(10, _)
    ));
}

#[test]
fn q30_what_was_asked_for_at_another_rate_is_not_kept() {
    let leases = Leases::new(100).unwrap();
    let slower = Quota::new(1, Duration::from_secs(1), 40);
    let Leased::Ahead(100, asking) = leases.take((1, 1), &quota(), 1, 1, NOW) else {
        panic!("nothing is there yet");
    };
    // The plan changes while the store is asked.
    assert!(matches!(
        leases.take((1, 1), &slower, 1, 1, NOW),
        Leased::Alone
    ));
    asking.keep(told(100, 300), 1, NOW);
    assert!(matches!(
        leases.take((1, 1), &slower, 1, 1, NOW),
        Leased::Ahead(10, _)
    ));
}

#[test]
fn q30_more_than_was_welcome_is_not_kept() {
    let leases = Leases::new(10).unwrap();
    let take = || leases.take((1, 1), &quota(), 1, 1, NOW);
    let Leased::Ahead(10, asking) = take() else {
        panic!("nothing is there yet");
    };
    asking.keep(told(u64::MAX, 390), 1, NOW);
    for left in 0..9 {
        assert!(matches!(take(), Leased::Taken(_)), "{left}");
    }
    assert!(matches!(take(), Leased::Ahead(10, _)));
}

#[test]
fn q30_what_costs_nothing_asks_the_store_where_it_stands() {
    let leases = Leases::new(10).unwrap();
    let take = |cost| leases.take((1, 1), &quota(), cost, 1, NOW);
    assert!(matches!(take(0), Leased::Alone));
    let Leased::Ahead(10, asking) = take(1) else {
        panic!("nothing is there yet");
    };
    asking.keep(told(10, 390), 1, NOW);
    assert!(matches!(take(0), Leased::Alone));
}

#[test]
fn q30_keys_without_end_take_no_memory_without_end() {
    let leases = Leases::new(10).unwrap();
    let keep = |key: u64, now| match leases.take((1, key), &quota(), 1, 1, now) {
        Leased::Ahead(_, asking) => asking.keep(told(10, 390), 1, now),
        Leased::Alone => told(1, 0),
        Leased::Taken(_) => panic!("each key is new"),
    };
    for key in 0..200_000 {
        keep(key, NOW);
    }
    let kept = || -> usize {
        let shards = leases.shards.iter();
        shards.map(|shard| shard.lock().unwrap().leases.len()).sum()
    };
    assert_eq!(kept(), SHARDS * KEYS_OF_SHARD);
    // What has lapsed makes room.
    let later = NOW + Duration::from_secs(2);
    for key in 200_000..300_000 {
        keep(key, later);
    }
    assert_eq!(kept(), SHARDS * KEYS_OF_SHARD);
    assert!(matches!(
        leases.take((1, 200_000), &quota(), 1, 1, later),
        Leased::Taken(_)
    ));
}
