//! Q24 to Q30 at the gates of tower: rates that processes share, by a store that answers, refuses, or says nothing at all.
//!
//! Each engine is a process of its own. What a real store does is tested where that store is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

use std::convert::Infallible;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::rate::{FixedRate, RateFallback, RateKey, SharedRates, UserId};
use entitlements_core::testing::{Answers, ManualClock, TestRates};
use entitlements_core::{AccountId, Catalog, Denial, Entitlements, OnUnavailable, testing};
use entitlements_tower::{EntitlementsLayer, RateLimit, Require, RequireLimit};
use http::{Request, Response, StatusCode};
use tower::{ServiceBuilder, ServiceExt, service_fn};

const CATALOG: &str = r#"
    schema = 1
    [product]
    name = "Shared"
    default_plan = "free"
    [limits.users]
    [rates.api]
    [rates.exports]
    [plans.free]
    limits = { users = 3 }
    rates = { api = { requests = 60, per = "1m", burst = 12 }, exports = { requests = 1, per = "1m" } }
"#;

/// A process.
struct Process {
    engine: Entitlements,
}

impl Process {
    async fn new(clock: &Arc<ManualClock>, shared: SharedRates) -> Self {
        let catalog = Arc::new(Catalog::from_toml(CATALOG).unwrap());
        let builder = Entitlements::builder()
            .catalog(catalog)
            .clock(Arc::clone(clock) as _);
        let (engine, _upkeep) = builder.shared_rates(shared).build().await.unwrap();
        Self { engine }
    }

    async fn ask<D>(&self, gate: &Require<D>, request: Request<()>) -> Response<String>
    where
        D: entitlements_tower::DenyWith<String>,
    {
        let service = ServiceBuilder::new()
            .layer(EntitlementsLayer::new(self.engine.clone()))
            .layer(gate.clone())
            .service(service_fn(async |_: Request<()>| {
                Ok::<_, Infallible>(Response::new(String::from("done")))
            }));
        service.oneshot(request).await.unwrap()
    }

    async fn status<D>(&self, gate: &Require<D>) -> u16
    where
        D: entitlements_tower::DenyWith<String>,
    {
        self.ask(gate, get()).await.status().as_u16()
    }

    /// How many of so many pass.
    async fn pass<D>(&self, gate: &Require<D>, requests: usize) -> usize
    where
        D: entitlements_tower::DenyWith<String>,
    {
        let mut passed = 0;
        for _ in 0..requests {
            let status = self.status(gate).await;
            assert!(matches!(status, 200 | 429), "{status}");
            passed += usize::from(status == 200);
        }
        passed
    }
}

fn get() -> Request<()> {
    Request::get("/").body(()).unwrap()
}

fn by_user(user: &str) -> Request<()> {
    let mut request = get();
    request.extensions_mut().insert(UserId::new(user));
    request
}

fn header<'a>(response: &'a Response<String>, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn two() -> NonZeroU32 {
    NonZeroU32::new(2).unwrap()
}

fn api() -> Require {
    RateLimit::new("api")
}

#[tokio::test]
async fn q24_processes_together_admit_what_one_would() {
    for how in [Answers::AtOnce, Answers::Later] {
        let clock = Arc::new(ManualClock::at(testing::NOW));
        let store = TestRates::by(Arc::clone(&clock));
        store.answer(how);
        let one = Process::new(&clock, SharedRates::by(store.clone())).await;
        let other = Process::new(&clock, SharedRates::by(store.clone())).await;
        assert_eq!(one.pass(&api(), 5).await, 5);
        let last = other.ask(&api(), get()).await;
        assert_eq!(header(&last, "ratelimit"), "\"api\";r=6;t=12");
        assert_eq!(header(&last, "ratelimit-policy"), "\"api\";q=12;w=12");
        assert_eq!(other.pass(&api(), 20).await, 6);
        let denied = one.ask(&api(), get()).await;
        assert_eq!(denied.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(header(&denied, "retry-after"), "1");
        assert_eq!(header(&denied, "ratelimit"), "\"api\";r=0;t=1");
        assert!(denied.extensions().get::<Denial>().is_some());
        clock.advance(Duration::from_secs(3));
        assert_eq!(one.pass(&api(), 2).await + other.pass(&api(), 5).await, 3);
    }
}

#[tokio::test]
async fn q25_a_rate_of_the_program_and_each_user_count_for_themselves() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    let process = Process::new(&clock, SharedRates::by(store)).await;
    let own = RateLimit::fixed(FixedRate::per_minute("api", 2)).by(RateKey::user());
    for user in ["mona", "max", "\u{e4}{x}"] {
        for expected in [200, 200, 429] {
            let status = process.ask(&own, by_user(user)).await.status();
            assert_eq!(status, expected, "{user}");
        }
    }
    assert_eq!(process.pass(&api(), 20).await, 12);
}

#[tokio::test]
async fn q25_several_rates_are_all_or_nothing() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    store.answer(Answers::Later);
    let process = Process::new(&clock, SharedRates::by(store.clone())).await;
    let both = Require::rate("api").and_rate("exports");
    assert_eq!(process.status(&both).await, 200);
    let denied = process.ask(&both, get()).await;
    assert_eq!(denied.status(), 429);
    assert_eq!(header(&denied, "retry-after"), "60");
    assert_eq!(
        header(&denied, "ratelimit"),
        "\"api\";r=11;t=12, \"exports\";r=0;t=60"
    );
    assert_eq!(process.pass(&api(), 20).await, 11);
}

#[tokio::test(start_paused = true)]
async fn q26_nobody_waits_longer_than_the_budget_and_after_five_nobody_waits() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    let shared = SharedRates::by(store.clone()).processes(two());
    let process = Process::new(&clock, shared).await;
    store.answer(Answers::Never);
    let began = tokio::time::Instant::now();
    for waited in 1..=5 {
        assert_eq!(process.status(&api()).await, 200);
        let took = began.elapsed().as_millis();
        assert!(
            (20 * waited..=25 * waited).contains(&took),
            "{waited}: {took} ms"
        );
    }
    let after_five = began.elapsed();
    assert_eq!(process.status(&api()).await, 200);
    assert_eq!(began.elapsed(), after_five);
    assert_eq!(store.asked(), 5);
    // One in a while asks, whoever else comes.
    clock.advance(Duration::from_millis(250));
    assert_eq!(process.pass(&api(), 10).await, 0);
    assert_eq!(store.asked(), 6);
    // It is back: by the first that asks.
    store.answer(Answers::Later);
    clock.advance(Duration::from_millis(249));
    assert_eq!(process.status(&api()).await, 429);
    clock.advance(Duration::from_millis(1));
    assert_eq!(process.pass(&api(), 20).await, 12);
    assert_eq!(store.asked(), 26);
}

#[tokio::test(start_paused = true)]
async fn q27_each_process_lets_pass_its_share() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    let one = Process::new(&clock, SharedRates::by(store.clone())).await;
    let other = Process::new(&clock, SharedRates::by(store.clone())).await;
    // Both are known to the second, and to the first the next time that it says so.
    assert_eq!(
        (one.status(&api()).await, other.status(&api()).await),
        (200, 200)
    );
    clock.advance(Duration::from_secs(5));
    assert_eq!(one.status(&api()).await, 200);
    store.answer(Answers::Refuses);
    let first = one.ask(&api(), get()).await;
    assert_eq!(header(&first, "ratelimit-policy"), "\"api\";q=12;w=12");
    assert_eq!(header(&first, "ratelimit"), "\"api\";r=4;t=12");
    assert_eq!(
        (one.pass(&api(), 20).await, other.pass(&api(), 20).await),
        (4, 6)
    );
    // Half of one a second.
    let denied = one.ask(&api(), get()).await;
    assert_eq!(header(&denied, "retry-after"), "2");
    clock.advance(Duration::from_millis(1999));
    store.answer(Answers::Never);
    assert_eq!(one.status(&api()).await, 429);
    clock.advance(Duration::from_millis(1));
    assert_eq!(
        (one.pass(&api(), 9).await, other.pass(&api(), 9).await),
        (1, 1)
    );
    // What asks for more than a share has, and no more than the whole, passes.
    clock.advance(Duration::from_secs(24));
    assert_eq!(one.status(&api().cost(12)).await, 200);
    assert_eq!(one.status(&api()).await, 429);
    assert_eq!(one.status(&api().cost(13)).await, 429);
}

/// What the store admits is spent of the share as far as there is room, also where it is more than there is.
#[tokio::test]
async fn q27_what_is_larger_than_the_share_leaves_nothing_of_it() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    let shared = SharedRates::by(store.clone()).processes(two());
    let process = Process::new(&clock, shared).await;
    assert_eq!(process.status(&api().cost(8)).await, 200);
    store.answer(Answers::Refuses);
    assert_eq!(process.pass(&api(), 9).await, 0);
}

#[tokio::test]
async fn q27_or_it_denies_or_lets_pass() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    store.answer(Answers::Refuses);
    let denying = SharedRates::by(store.clone()).on_unavailable(RateFallback::Deny);
    let denying = Process::new(&clock, denying).await;
    for _ in 0..20 {
        let denied = denying.ask(&api(), get()).await;
        assert_eq!(denied.status(), 503);
        assert!(denied.body().contains("ENTITLEMENTS_UNAVAILABLE"));
        assert!(!header(&denied, "retry-after").is_empty());
        assert_eq!(header(&denied, "ratelimit"), "");
    }
    let open = api().on_unavailable(OnUnavailable::Allow);
    assert_eq!(denying.pass(&open, 20).await, 20);

    let allowing = SharedRates::by(store).on_unavailable(RateFallback::Allow);
    let allowing = Process::new(&clock, allowing).await;
    assert_eq!(allowing.pass(&api(), 50).await, 50);
    let passed = allowing.ask(&api(), get()).await;
    assert_eq!(header(&passed, "ratelimit"), "");
}

#[tokio::test]
async fn q28_an_outage_costs_two_bursts_more() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    let mut processes = Vec::new();
    for _ in 0..4 {
        let shared = SharedRates::by(store.clone()).processes(NonZeroU32::new(4).unwrap());
        processes.push(Process::new(&clock, shared).await);
    }
    let mut passed = 0;
    for (seconds, how) in [
        (0, Answers::AtOnce),
        (1, Answers::AtOnce),
        (1, Answers::Refuses),
        (1, Answers::Refuses),
        (27, Answers::Later),
        (1, Answers::Later),
    ] {
        clock.advance(Duration::from_secs(seconds));
        store.answer(how);
        for process in &processes {
            passed += process.pass(&api(), 40).await;
        }
    }
    assert!(passed > 24, "{passed}");
    assert!(passed <= 3 * 12 + 31, "{passed}");
}

#[tokio::test]
async fn q18_what_a_slow_store_denies_leaves_nothing_reserved() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    store.answer(Answers::Later);
    let process = Process::new(&clock, SharedRates::by(store)).await;
    let gate = RequireLimit::new("users").and_rate("exports");
    let post = || Request::post("/").body(()).unwrap();
    assert_eq!(process.ask(&gate, post()).await.status(), 200);
    assert_eq!(process.ask(&gate, post()).await.status(), 429);
    let users = process.engine.limit(&AccountId::LOCAL, "users");
    assert_eq!(users.used().await.unwrap(), 1);
    assert!(users.reserve(2).await.is_ok(), "nothing else is reserved");
}

#[tokio::test]
async fn q19_a_gate_in_shadow_spends_nothing_of_what_is_shared() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    store.answer(Answers::Later);
    let process = Process::new(&clock, SharedRates::by(store.clone())).await;
    let shadow = api().shadow();
    assert_eq!(process.pass(&shadow, 30).await, 30);
    assert_eq!(process.pass(&api(), 30).await, 12);
    for how in [Answers::Later, Answers::Refuses] {
        store.answer(how);
        assert_eq!(process.pass(&shadow, 30).await, 30);
        let passed = process.ask(&shadow, get()).await;
        assert_eq!(passed.headers().get("ratelimit"), None);
    }
}

#[tokio::test]
async fn q30_most_requests_find_what_was_taken_ahead() {
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let store = TestRates::by(Arc::clone(&clock));
    let shared = || {
        SharedRates::by(store.clone())
            .processes(NonZeroU32::MIN)
            .lease(100)
    };
    let process = Process::new(&clock, shared()).await;
    let wide = RateLimit::fixed(FixedRate::per_minute("wide", 60).burst(40));
    // A quarter of the burst at once, and never more than there is.
    assert_eq!(process.pass(&wide, 60).await, 40);
    let asked = store.asked();
    assert!((4..=4 + 20).contains(&asked), "{asked}");
    let first = process.ask(&api(), get()).await;
    assert_eq!(header(&first, "ratelimit"), "\"api\";r=11;t=12");
    let second = process.ask(&api(), get()).await;
    assert_eq!(header(&second, "ratelimit"), "\"api\";r=10;t=12");
    // What was taken ahead is used while the store is away.
    store.answer(Answers::Refuses);
    let asked = store.asked();
    assert_eq!(process.status(&api()).await, 200);
    assert_eq!(store.asked(), asked);
}
