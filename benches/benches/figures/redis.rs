//! Rates that processes share, beside the bare script on the same connection.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use actix_limitation::Limiter;
use axum::body::Body;
use axum::extract::Request;
use entitlements_axum::account::{AccountStore, AccountTerms, MemoryAccounts, NewAccount};
use entitlements_axum::rate::{
    Quota, RateStore, SharedRates, StoreAsk, Subject, SubjectName, Verdict,
};
use entitlements_axum::{
    AccountId, Catalog, Entitlements, EntitlementsLayer, RateLimit, Reply, testing,
};
use entitlements_benches::callers::{CALLERS, Way, take_turns};
use entitlements_benches::report::LoadTable;
use entitlements_store::RedisRates;
use entitlements_store::redis::{Client, Script, Value};
use entitlements_test_services::{Program, Redis};
use tower::{ServiceBuilder, ServiceExt};

use crate::axum_router::bare;

const BARE: &str = "the bare script";
const STORE: &str = "`RedisRates::take` over the same connection";
const OWN: &str = "`RedisRates::take` over a connection of its own";
const GATE: &str = "axum router with `RateLimit` by an account's plan";
const PEER: &str = "`actix_limitation::Limiter::count`";

/// So fast that nothing is ever denied.
const CATALOG: &str = r#"
schema = 1
[product]
name = "Bench"
default_plan = "free"
[rates.api]
[plans.free]
rates = { api = { requests = 1000000, per = "1s" } }
"#;

/// Each caller is an account.
fn account(caller: usize) -> AccountId {
    AccountId::new(format!("acc_{caller:017}"))
}

fn engine(store: RedisRates) -> Entitlements {
    let accounts = MemoryAccounts::default();
    for caller in 0..CALLERS {
        let account = NewAccount::new(account(caller), AccountTerms::on_plan("free"), testing::NOW);
        assert!(matches!(accounts.insert(account), Reply::Now(Ok(true))));
    }
    // A machine with other things to do is not to pass for a store that is away.
    let shared = SharedRates::by(store).budget(Duration::from_secs(2));
    let builder = Entitlements::builder()
        .catalog(Catalog::from_toml(CATALOG).unwrap())
        .accounts(accounts)
        .shared_rates(shared);
    let mut built = pin!(builder.build());
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok((engine, _))) = built.as_mut().poll(&mut context) else {
        panic!("the engine is built at once");
    };
    engine
}

/// A way, for as long as the program runs.
macro_rules! way {
    ($name:expr, $ask:expr) => {
        Way {
            name: $name,
            bare: BARE,
            ask: Box::leak(Box::new($ask)),
        }
    };
}

pub(crate) fn table() -> LoadTable {
    let mut table = LoadTable {
        title: "A rate that processes share",
        about: "Requests per second of 64 callers, each an account of its own with one request on its way, by one thread and a Redis on the same machine. The bare script is what the store asks of the server, called by its digest over a multiplexed connection, its answer not looked at; nothing can be denied. `actix-limitation` has a connection of its own, and counts in windows. What is kept is the median of turns of 40 ms, each to the bare script's turn beside it, which is before it as often as after it; in brackets the quartiles.",
        figures: Vec::new(),
        bars: Vec::new(),
    };
    if Program::found().is_none() {
        table.about = "There is no `redis-server` or `valkey-server` to measure with: `cargo xtask services` gets one.";
        return table;
    }
    let redis = Redis::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    table.figures = runtime.block_on(async {
        let ways = ways(&redis.url()).await;
        take_turns(&ways).await.unwrap()
    });
    table.bar(STORE, 10.0);
    table
}

async fn ways(url: &str) -> [Way; 5] {
    let connection = Client::open(url).unwrap();
    let connection = connection.get_multiplexed_async_connection().await.unwrap();
    let text = include_str!("../../../entitlements-store/src/redis_rates/rates.lua");
    let script = Arc::new(Script::new(text));
    let same = connection.clone();
    let bare_script = move |caller: usize| {
        let (script, mut connection) = (Arc::clone(&script), same.clone());
        Box::pin(async move {
            let key = format!("bench:{{a:acc_{caller:017}}}:api");
            // The rate below, as the script has it: a part a microsecond, and each a unit.
            let mut asked = script.key(key);
            let asked = asked
                .arg("take")
                .arg(1)
                .arg(1)
                .arg(1)
                .arg(1_000_000)
                .arg(1)
                .arg(1);
            let told: Value = asked.invoke_async(&mut connection).await.unwrap();
            assert!(matches!(told, Value::Array(_)));
        }) as _
    };
    let quota = Quota::new(1_000_000, Duration::from_secs(1), 1_000_000);
    let of_store = |store: RedisRates| {
        let rate: Arc<str> = "api".into();
        move |caller: usize| {
            let (store, rate) = (store.clone(), Arc::clone(&rate));
            Box::pin(async move {
                let subject = SubjectName::of(&Subject::Account(&account(caller)));
                let ask = StoreAsk::new(rate, subject, quota, 1);
                let told = store.take(vec![ask]).await.unwrap();
                assert_eq!(told.verdict(), Verdict::Admitted);
            }) as _
        }
    };
    let own = RedisRates::connect(url).await.unwrap();
    let router = ServiceBuilder::new()
        .layer(EntitlementsLayer::new(engine(own.clone())))
        .layer(RateLimit::new("api"))
        .service(bare());
    let of_gate = move |caller: usize| {
        let router = router.clone();
        Box::pin(async move {
            let mut request = Request::builder().uri("/page").body(Body::empty()).unwrap();
            request.extensions_mut().insert(account(caller));
            let answer = router.oneshot(request).await.unwrap();
            assert_eq!(answer.status(), 200);
        }) as _
    };
    let limiter = Limiter::builder(url)
        .limit(1_000_000_000)
        .period(Duration::from_secs(60))
        .build()
        .unwrap();
    let limiter = Arc::new(limiter);
    let of_peer = move |caller: usize| {
        let limiter = Arc::clone(&limiter);
        Box::pin(async move {
            let key = format!("acc_{caller:017}");
            assert!(limiter.count(key).await.is_ok());
        }) as _
    };
    [
        way!(BARE, bare_script),
        way!(STORE, of_store(RedisRates::from_connection(connection))),
        way!(OWN, of_store(own)),
        way!(GATE, of_gate),
        way!(PEER, of_peer),
    ]
}
