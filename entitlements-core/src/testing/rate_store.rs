//! What holds for every store of rates, as tests: [`rate_store_conformance!`](crate::rate_store_conformance).
//!
//! Time is the store's own here, and nobody moves it: rates are so slow that none of it matters, and only the store's own tests say when
//! something is refilled.
#![expect(
    clippy::expect_used,
    reason = "a test kit stops the test, and says why"
)]

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::AccountId;
use crate::rate::{
    Part, Quota, RateStore, StoreAnswer, StoreAsk, StoreStanding, Subject, SubjectName, Verdict,
};

/// One unit.
const DAY: Duration = Duration::from_secs(86_400);

/// Somebody whom no other test knows: a store may be one that others use too.
fn somebody() -> AccountId {
    AccountId::new(Uuid::now_v7().to_string())
}

fn quota(burst: u64) -> Quota {
    Quota::new(1, DAY, burst)
}

fn ask(account: &AccountId, rate: &str, burst: u64, cost: u64) -> StoreAsk {
    of(&Subject::Account(account), rate, burst, cost)
}

fn of(subject: &Subject<'_>, rate: &str, burst: u64, cost: u64) -> StoreAsk {
    StoreAsk::new(
        Arc::from(rate),
        SubjectName::of(subject),
        quota(burst),
        cost,
    )
}

async fn take(store: &impl RateStore, asks: &[StoreAsk]) -> StoreAnswer {
    let answer = store.take(asks.to_vec()).await;
    answer.expect("the store answers")
}

async fn look(store: &impl RateStore, asks: &[StoreAsk]) -> StoreAnswer {
    let answer = store.look(asks.to_vec()).await;
    answer.expect("the store answers")
}

async fn left(store: &impl RateStore, asks: &[StoreAsk]) -> Vec<u64> {
    let answer = look(store, asks).await;
    answer
        .standings
        .iter()
        .map(|standing| standing.remaining)
        .collect()
}

/// Whether a wait is that until so many units are refilled, but for the time that the test took.
fn is_about(wait: Option<Duration>, units: u32) -> bool {
    let whole = DAY * units;
    wait.is_some_and(|wait| wait <= whole && wait > whole - DAY / 24)
}

/// Q1, Q3: what fits is taken, and then no more; through every handle it is one bucket.
///
/// # Panics
/// Where it is not.
pub async fn q1_a_burst_is_admitted_and_no_more<S: RateStore>(open: impl AsyncFn() -> S) {
    let (one, other, account) = (open().await, open().await, somebody());
    let asks = [ask(&account, "api", 3, 1)];
    for (store, remaining) in [(&one, 2), (&other, 1), (&one, 0)] {
        let answer = take(store, &asks).await;
        assert_eq!(answer.verdict(), Verdict::Admitted);
        assert_eq!(answer.standings.len(), 1, "one answer for each ask");
        let standing = answer.standings.first().expect("it is there");
        assert_eq!((standing.granted, standing.remaining), (1, remaining));
        assert_eq!(standing.wait, Some(Duration::ZERO));
        if remaining > 0 {
            assert_eq!(standing.next, Duration::ZERO);
        } else {
            assert!(is_about(Some(standing.next), 1), "{standing:?}");
        }
    }
    for store in [&one, &other] {
        let answer = take(store, &asks).await;
        assert!(
            matches!(*answer.standings, [StoreStanding { granted: 0, remaining: 0, wait, .. }] if is_about(wait, 1)),
            "{answer:?}"
        );
    }
}

/// Q3: what costs nothing is admitted, what costs more than the burst never is.
///
/// # Panics
/// Where it is not so.
pub async fn q3_nothing_is_admitted_and_more_than_a_burst_never<S: RateStore>(
    open: impl AsyncFn() -> S,
) {
    let (store, account) = (open().await, somebody());
    let verdict = async |cost| {
        take(&store, &[ask(&account, "api", 2, cost)])
            .await
            .verdict()
    };
    assert_eq!(verdict(3).await, Verdict::Never);
    assert_eq!(verdict(u64::MAX).await, Verdict::Never);
    assert_eq!(verdict(2).await, Verdict::Admitted);
    assert_eq!(verdict(0).await, Verdict::Admitted);
    assert!(matches!(verdict(1).await, Verdict::Wait(_)));
    assert!(matches!(verdict(2).await, Verdict::Wait(wait) if is_about(Some(wait), 2)));
    assert_eq!(verdict(3).await, Verdict::Never);
}

/// Q6: as many units stay spent where a rate becomes another.
///
/// # Panics
/// Where a change gives or takes any.
pub async fn q6_a_change_keeps_what_is_spent<S: RateStore>(open: impl AsyncFn() -> S) {
    let (store, account) = (open().await, somebody());
    let ask = |per: u32, burst, cost| {
        let quota = Quota::new(7, DAY * per, burst);
        let subject = SubjectName::of(&Subject::Account(&account));
        [StoreAsk::new(Arc::from("api"), subject, quota, cost)]
    };
    assert_eq!(
        take(&store, &ask(7, 10, 4)).await.verdict(),
        Verdict::Admitted
    );
    assert_eq!(left(&store, &ask(7, 10, 1)).await, [6]);
    assert_eq!(
        take(&store, &ask(11, 20, 1)).await.verdict(),
        Verdict::Admitted
    );
    assert_eq!(left(&store, &ask(11, 20, 1)).await, [15]);
    assert!(matches!(
        take(&store, &ask(30, 5, 1)).await.verdict(),
        Verdict::Wait(_)
    ));
    assert_eq!(left(&store, &ask(11, 20, 1)).await, [15]);
    assert_eq!(
        take(&store, &ask(11, 20, 15)).await.verdict(),
        Verdict::Admitted
    );
}

/// Q7, Q25: all of it or nothing, also where the same is asked for twice, or what lies in several places.
///
/// # Panics
/// Where something is spent by what is denied.
pub async fn q7_all_or_nothing<S: RateStore>(open: impl AsyncFn() -> S) {
    let store = open().await;
    let (account, other) = (somebody(), somebody());
    let user = Subject::Within(&account, Part::User("mona"));
    let few = ask(&account, "few", 1, 1);
    let many = [
        ask(&account, "many", 5, 1),
        of(&user, "many", 5, 1),
        ask(&other, "many", 5, 1),
    ];
    for place in 0..=many.len() {
        let mut asks = many.to_vec();
        asks.insert(place, few.clone());
        let verdict = take(&store, &asks).await.verdict();
        if place == 0 {
            assert_eq!(verdict, Verdict::Admitted);
        } else {
            assert!(matches!(verdict, Verdict::Wait(wait) if is_about(Some(wait), 1)));
        }
        assert_eq!(left(&store, &many).await, [4, 4, 4], "denied at {place}");
    }
    let twice = [ask(&account, "many", 5, 2), ask(&account, "many", 5, 3)];
    let answer = take(&store, &twice).await;
    assert!(
        matches!(answer.verdict(), Verdict::Wait(wait) if is_about(Some(wait), 1)),
        "{answer:?}"
    );
    let twice = [ask(&account, "many", 5, 2), ask(&account, "many", 5, 2)];
    assert_eq!(take(&store, &twice).await.verdict(), Verdict::Admitted);
    assert_eq!(left(&store, &many).await, [0, 4, 4]);
    // The longest of all waits, also of those after the first that denies.
    let longest = [few, ask(&other, "many", 5, 1), ask(&account, "many", 5, 4)];
    let verdict = take(&store, &longest).await.verdict();
    assert!(
        matches!(verdict, Verdict::Wait(wait) if is_about(Some(wait), 4)),
        "{verdict:?}"
    );
    let never = [ask(&other, "many", 5, 1), ask(&account, "few", 1, 2)];
    assert_eq!(take(&store, &never).await.verdict(), Verdict::Never);
    assert_eq!(left(&store, &many).await, [0, 4, 4]);
    assert!(take(&store, &[]).await.standings.is_empty());
}

/// Q8: looking says what taking would, and spends nothing.
///
/// # Panics
/// Where it spends.
pub async fn q8_looking_spends_nothing<S: RateStore>(open: impl AsyncFn() -> S) {
    let (store, account) = (open().await, somebody());
    let asks = [ask(&account, "api", 3, 2)];
    for _ in 0..5 {
        let answer = look(&store, &asks).await;
        assert_eq!(answer.verdict(), Verdict::Admitted);
        assert!(matches!(
            *answer.standings,
            [StoreStanding {
                granted: 0,
                remaining: 3,
                ..
            }]
        ));
    }
    assert_eq!(take(&store, &asks).await.verdict(), Verdict::Admitted);
    let verdict = look(&store, &asks).await.verdict();
    assert!(matches!(verdict, Verdict::Wait(wait) if is_about(Some(wait), 1)));
}

/// Q25: whoever differs counts for himself.
///
/// # Panics
/// Where two are one.
pub async fn q25_each_subject_counts_for_itself<S: RateStore>(open: impl AsyncFn() -> S) {
    let store = open().await;
    let (account, other) = (somebody(), somebody());
    let alone = format!("{account}/u:mona");
    let subjects = [
        Subject::Account(&account),
        Subject::Account(&other),
        Subject::Within(&account, Part::User("mona")),
        Subject::Within(&account, Part::ApiKey("mona")),
        Subject::Within(&account, Part::User("m\u{f6}na }{")),
        Subject::Within(&other, Part::User("mona")),
        Subject::Overall(Part::Custom(&alone)),
    ];
    for rate in ["api", "@api"] {
        for subject in &subjects {
            let asks = [of(subject, rate, 1, 1)];
            let verdicts = [
                take(&store, &asks).await.verdict(),
                take(&store, &asks).await.verdict(),
            ];
            assert!(
                matches!(verdicts, [Verdict::Admitted, Verdict::Wait(_)]),
                "{subject:?}"
            );
        }
    }
}

/// Q30: as many are taken ahead as are welcome, where there are as many.
///
/// # Panics
/// Where it is more or fewer.
pub async fn q30_as_many_are_taken_as_are_welcome<S: RateStore>(open: impl AsyncFn() -> S) {
    let (store, account) = (open().await, somebody());
    let asks = [ask(&account, "api", 10, 2).up_to(6)];
    for (granted, remaining) in [(6, 4), (4, 0), (0, 0)] {
        let answer = take(&store, &asks).await;
        assert!(
            matches!(*answer.standings, [standing] if (standing.granted, standing.remaining) == (granted, remaining)),
            "{answer:?}"
        );
    }
}

/// Q29: those that said so are there.
///
/// # Panics
/// Where fewer are.
pub async fn q29_processes_count_each_other<S: RateStore>(open: impl AsyncFn() -> S) {
    let (one, other) = (open().await, open().await);
    let (name, other_name) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let present = async |store: &S, name: &str| {
        let present = store.present(name, DAY).await;
        present.expect("the store answers")
    };
    // Others may come and go meanwhile, where the store is not this test's alone.
    assert!(present(&one, &name).await >= 1);
    assert!(present(&other, &other_name).await >= 2);
    assert!(present(&one, &name).await >= 2);
    let gone = one.present(&other_name, Duration::ZERO).await;
    gone.expect("the store answers");
}

/// Q24: of many that race for the last ones, exactly as many are admitted as there are.
///
/// # Panics
/// Where one more or fewer is.
pub async fn q24_of_those_that_race_as_many_are_admitted_as_there_are<S: RateStore>(
    open: impl AsyncFn() -> S,
    run: impl Fn(super::license_store::Task),
) {
    let (account, admitted) = (somebody(), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let (done, mut all_done) = tokio::sync::mpsc::unbounded_channel::<()>();
    for _ in 0..8 {
        let (store, account, admitted, done) = (
            open().await,
            account.clone(),
            Arc::clone(&admitted),
            done.clone(),
        );
        run(Box::pin(async move {
            for _ in 0..25 {
                let asks = [ask(&account, "api", 57, 1), ask(&account, "wide", 500, 1)];
                if take(&store, &asks).await.verdict() == Verdict::Admitted {
                    admitted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
            }
            drop(done);
        }));
    }
    drop(done);
    while all_done.recv().await.is_some() {}
    assert_eq!(admitted.load(std::sync::atomic::Ordering::SeqCst), 57);
    let store = open().await;
    assert_eq!(
        left(&store, &[ask(&account, "wide", 500, 1)]).await,
        [500 - 57]
    );
}

/// Makes a test of each of the rules Q that hold for a [`RateStore`](crate::rate::RateStore).
///
/// It takes an expression that makes a place, once a test, and one that opens the store there, as often as a test wants; both may await, with
/// tokio's time and I/O at hand. What others keep in that place does no harm.
///
/// The crate that uses it needs tokio with feature `rt-multi-thread` among its dev-dependencies. Use it in a module
/// of its own, as each test is a function named after its rule.
///
/// ```
/// use entitlements_core::testing::TestRates;
///
/// mod in_memory {
///     entitlements_core::rate_store_conformance!(
///         place = super::TestRates::default(),
///         open = |place| place.clone()
///     );
/// }
/// ```
#[macro_export]
macro_rules! rate_store_conformance {
    (place = $make:expr, open = |$place:ident| $open:expr) => {
        $crate::__conformance_tests!(rate_store, $make, $place, $open,
            q1_a_burst_is_admitted_and_no_more()
            q3_nothing_is_admitted_and_more_than_a_burst_never()
            q6_a_change_keeps_what_is_spent()
            q7_all_or_nothing()
            q8_looking_spends_nothing()
            q24_of_those_that_race_as_many_are_admitted_as_there_are(|task| drop(::tokio::spawn(task)))
            q25_each_subject_counts_for_itself()
            q29_processes_count_each_other()
            q30_as_many_are_taken_as_are_welcome()
        );
    };
}
