//! Q10 and Q11: more keys than there are places.

use entitlements_core::rate::{Ask, Limiter, Part, Quota, Subject, Verdict};
use std::time::Duration;

use crate::{Name, SECOND, ask, at, key, look, per_second, remaining, take};

fn numbered(number: u64) -> Name {
    Name::from_bits(u128::from(number) << 64)
}

#[test]
fn q10_many_keys_leave_memory_where_the_cap_says() {
    let limiter = Limiter::with_places_for(10_000);
    let (rate, quota) = (limiter.rate("api"), per_second(1, 100));
    let most = rate.most_bytes();
    assert!(most < 100 * 10_000, "{most} bytes");
    assert_eq!(rate.bytes(), 0);
    for number in 0..300_000 {
        take(&limiter, numbered(number), quota, 1, number);
        if number % 10_000 == 0 {
            assert!(rate.bytes() <= most);
        }
    }
    assert_eq!(rate.bytes(), most);
    assert!(rate.in_use(at(300_000)) <= 17_000);
    assert_eq!(rate.in_use(at(3600 * SECOND)), 0);
}

#[test]
fn q10_as_many_keys_as_were_said_have_places() {
    let limiter = Limiter::with_places_for(20_000);
    let (rate, quota) = (limiter.rate("api"), per_second(1, 1));
    let keys = (0..20_000).map(numbered);
    let admitted = keys.filter(|key| take(&limiter, *key, quota, 1, 0) == Verdict::Admitted);
    let admitted = admitted.count();
    assert!(admitted > 19_960, "{admitted}");
    let in_use = rate.in_use(at(1));
    assert!(in_use > 19_960, "{in_use}");
}

#[test]
fn q11_places_that_run_short_become_more() {
    let limiter = Limiter::with_places_for(100_000);
    let (rate, quota) = (limiter.rate("api"), per_second(1, 10));
    take(&limiter, key("first"), quota, 7, 0);
    let few = rate.bytes();
    for number in 0..50_000 {
        take(&limiter, numbered(number), quota, 3, 0);
    }
    assert!(few * 500 < rate.bytes(), "{few} and {}", rate.bytes());
    assert!(rate.bytes() <= rate.most_bytes());
    // Whatever was spent moved with its key.
    assert_eq!(remaining(&limiter, key("first"), quota, 0), 3);
    for number in 0..50_000 {
        assert_eq!(remaining(&limiter, numbered(number), quota, 0), 7);
    }
}

#[test]
fn q10_no_flood_frees_a_limited_key() {
    // The limited ones refill slowly; those of the flood at once, or never, or as slowly.
    let slow = Quota::new(5, Duration::from_secs(3600), 5);
    for flood in [
        per_second(1000, 1),
        per_second(0, 1),
        slow,
        per_second(1, 1000),
    ] {
        let limiter = Limiter::with_places_for(500);
        let limited: Vec<Name> = (0..100)
            .map(|number| key(&format!("limited {number}")))
            .collect();
        for key in &limited {
            // Some have spent all, some a part.
            take(&limiter, *key, slow, 5, 0);
        }
        let mut now = 0;
        for number in 0..50_000 {
            now += SECOND / 100;
            take(&limiter, numbered(number), flood, 1, now);
            if number % 100 == 0 {
                // One unit refills every 720 seconds.
                let fits = now / (720 * SECOND);
                for key in &limited {
                    let verdict = look(&limiter, *key, slow, fits + 1, now);
                    assert_ne!(verdict, Verdict::Admitted, "{flood:?} {number}");
                }
            }
        }
    }
}

#[test]
fn q10_what_is_denied_takes_no_place() {
    let limiter = Limiter::with_places_for(1000);
    let (rate, quota) = (limiter.rate("api"), per_second(1, 3));
    for number in 0..100_000 {
        assert_eq!(
            take(&limiter, numbered(number), quota, 4, 0),
            Verdict::Never
        );
        look(&limiter, numbered(number), quota, 1, 0);
        take(&limiter, numbered(number), quota, 0, 0);
    }
    assert_eq!(rate.bytes(), 0);
}

#[test]
fn q10_after_a_flood_everything_is_as_before() {
    let limiter = Limiter::with_places_for(1000);
    let quota = per_second(1, 10);
    for number in 0..200_000 {
        take(&limiter, numbered(number), quota, 1, 0);
    }
    // New keys wait, and those that have places do not wait for longer than a burst takes.
    let new = (0..100).map(|number| format!("new {number}"));
    let waiting = new
        .clone()
        .filter(|name| look(&limiter, key(name), quota, 1, 0) != Verdict::Admitted);
    assert!(waiting.count() > 90);
    for name in new {
        let key = key(&name);
        assert_eq!(
            take(&limiter, key, quota, 10, 11 * SECOND),
            Verdict::Admitted
        );
    }
}

#[test]
fn q9_subjects_that_are_written_alike_are_different() {
    let limiter = Limiter::default();
    let (api, other) = (limiter.rate("api"), limiter.rate("other"));
    assert!(std::sync::Arc::ptr_eq(&limiter.rate("api"), &api));
    let account = entitlements_core::AccountId::new("10.0.0.1");
    let subjects = [
        Subject::Account(&account),
        Subject::Overall(Part::Address([10, 0, 0, 1].into())),
        Subject::Overall(Part::ApiKey("10.0.0.1")),
        Subject::Overall(Part::User("10.0.0.1")),
        Subject::Overall(Part::Custom("10.0.0.1")),
    ];
    for subject in subjects {
        for rate in [&api, &other] {
            let once = || limiter.take(&mut [Ask::new(rate, &subject, &per_second(1, 1))], at(0));
            assert_eq!(once(), Verdict::Admitted);
            assert_ne!(once(), Verdict::Admitted);
        }
    }
}

#[test]
fn q7_more_keys_at_once_than_a_window_has_places() {
    let limiter = Limiter::with_places_for(1);
    let (rate, quota) = (limiter.rate("api"), per_second(1, 2));
    let asks = || -> Vec<Ask<'_>> {
        (0..40)
            .map(|number| ask(&rate, numbered(number), &quota, 1))
            .collect()
    };
    assert_eq!(limiter.take(&mut asks(), at(0)), Verdict::Admitted);
    let mut admitted = 1;
    while limiter.take(&mut asks(), at(0)) == Verdict::Admitted {
        admitted += 1;
    }
    assert!(admitted <= 2, "{admitted}");
}

/// However few or many places are asked for, there are some, and they take next to nothing before anybody comes.
#[test]
fn q10_any_number_of_places_will_do() {
    for places in [0, 1, usize::MAX] {
        let limiter = Limiter::with_places_for(places);
        let (rate, quota) = (limiter.rate("api"), per_second(1, 10));
        assert_eq!(
            take(&limiter, key("first"), quota, 10, 0),
            Verdict::Admitted
        );
        for number in 0..1000 {
            take(&limiter, numbered(number), quota, 1, 0);
        }
        // Who is limited stays so.
        assert_ne!(look(&limiter, key("first"), quota, 1, 0), Verdict::Admitted);
        assert!(rate.bytes() <= rate.most_bytes().min(20_000_000));
    }
}
