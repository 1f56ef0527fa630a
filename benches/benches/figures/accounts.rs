//! One account among a million: four gates that resolve it once, beside four hand-written ones that each look it up.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use entitlements_axum::account::{AccountStore, AccountTerms, MemoryAccounts, NewAccount};
use entitlements_axum::{
    AccountId, Entitlements, EntitlementsLayer, Reply, RequireFeature, testing,
};
use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use http::StatusCode;
use tower::ServiceBuilder;

use crate::axum_router::{answer_to, bare};

const ACCOUNTS: usize = 1_000_000;
const FEATURES: [&str; 4] = ["sso", "audit", "scim", "ip_allowlist"];
const OURS: &str = "`EntitlementsLayer` and four gates";
const BY_HAND: &str = "four `from_fn` gates that each read a papaya map";

/// Random ids of 21 bytes.
fn ids() -> Vec<AccountId> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..ACCOUNTS)
        .map(|_| AccountId::new(format!("acc_{:016x}z", next())))
        .collect()
}

/// What is asked of each account's plan by hand: the plan's number, and its features as bits.
type ByHand = Arc<papaya::HashMap<String, u64, foldhash::fast::RandomState>>;

async fn by_hand(
    State((accounts, feature)): State<(ByHand, u64)>,
    request: Request,
    next: Next,
) -> Response {
    let account = request.extensions().get::<AccountId>();
    let features = account.and_then(|id| accounts.pin().get(id.as_str()).copied());
    if features.is_some_and(|features| features & feature != 0) {
        next.run(request).await
    } else {
        StatusCode::PAYMENT_REQUIRED.into_response()
    }
}

pub(crate) fn table() -> Table {
    let ids = ids();
    let (entitlements, bytes) = engine(&ids);
    let map: ByHand = Arc::default();
    for id in &ids {
        map.pin().insert(id.as_str().to_owned(), 0b1111);
    }
    let hand = |bit: u64| from_fn_with_state((Arc::clone(&map), bit), by_hand);
    let mut by_hand = ServiceBuilder::new()
        .layer(hand(1))
        .layer(hand(2))
        .layer(hand(4))
        .layer(hand(8))
        .service(bare());
    let mut ours = gated(&entitlements);
    let mut router = bare();
    // The same accounts in the same order for all, each far from the one before in any table; the id itself is at hand, as one
    // that was just read off a request is.
    let order: Vec<AccountId> = (0..ACCOUNTS)
        .filter_map(|n| ids.get(n * 7_919 % ACCOUNTS).cloned())
        .collect();
    let next = |at: &Cell<usize>| {
        let place = at.get();
        at.set((place + 1) % ACCOUNTS);
        order.get(place).cloned().unwrap()
    };
    let (a, b, c) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let figures = compare(vec![
        Case::new("bare router", || answer_to(&mut router, next(&a))),
        Case::new(OURS, || answer_to(&mut ours, next(&b))),
        Case::new(BY_HAND, || answer_to(&mut by_hand, next(&c))),
    ]);
    let mut table = Table {
        title: "One account among a million",
        about: "An allowed request to an axum router, each of another account, told by an `AccountId` of 21 bytes in the request's extensions. By hand, each gate reads the account's features as bits out of a papaya map with the hasher that the engine has too.",
        figures,
        bars: Vec::new(),
    };
    let bare = table.nanoseconds("bare router");
    let added = table.nanoseconds(OURS) - bare;
    let by_hand = table.nanoseconds(BY_HAND) - bare;
    table.bar(
        "four gates and their account: added, to what four `from_fn` gates add",
        added / by_hand,
        0.33,
        "x",
    );

    table.bar("memory of an account", bytes, 140.0, " bytes");
    let (bare, ours) = hot(&entitlements, ids.first().unwrap());
    table.bar(
        "two threads on one account: loss of each, to the bare router's",
        ours / bare,
        1.15,
        "x",
    );
    table
}

fn gated(
    entitlements: &Entitlements,
) -> impl tower::Service<Request, Response = Response, Error = std::convert::Infallible> + Clone {
    let [a, b, c, d] = FEATURES;
    ServiceBuilder::new()
        .layer(EntitlementsLayer::new(entitlements.clone()))
        .layer(RequireFeature::new(a))
        .layer(RequireFeature::new(b))
        .layer(RequireFeature::new(c))
        .layer(RequireFeature::new(d))
        .service(bare())
}

/// An engine with all accounts on two plans, and what each of them takes.
fn engine(ids: &[AccountId]) -> (Entitlements, f64) {
    let store = MemoryAccounts::default();
    let taken = allocation_counter::measure(|| {
        for (number, id) in ids.iter().enumerate() {
            let plan = if number % 2 == 0 {
                "enterprise"
            } else {
                "gold"
            };
            let account = NewAccount::new(id.clone(), AccountTerms::on_plan(plan), testing::NOW);
            assert!(matches!(store.insert(account), Reply::Now(Ok(true))));
        }
    });
    let catalog = entitlements_axum::Catalog::from_toml(CATALOG).unwrap();
    let builder = Entitlements::builder().catalog(catalog).accounts(store);
    let mut built = std::pin::pin!(builder.build());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Ok((engine, _))) = built.as_mut().poll(&mut context) else {
        panic!("the engine is built at once");
    };
    (engine, taken.bytes_current as f64 / ids.len() as f64)
}

const CATALOG: &str = r#"
schema = 1
[product]
name = "Bench"
default_plan = "free"
plan_order = ["free", "gold", "enterprise"]
[features.sso]
[features.audit]
[features.scim]
[features.ip_allowlist]
[plans.free]
[plans.gold]
features = ["sso", "audit", "scim", "ip_allowlist"]
[plans.enterprise]
extends = "gold"
"#;

/// How much slower each of two threads is than one alone, for the bare router and for the gated one.
fn hot(entitlements: &Entitlements, id: &AccountId) -> (f64, f64) {
    let mut losses = [(); 9].map(|()| {
        let bare_loss = together(&bare, id) / alone(&bare, id);
        let gated_loss = together(&|| gated(entitlements), id) / alone(&|| gated(entitlements), id);
        (bare_loss, gated_loss)
    });
    losses.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    losses.get(4).copied().unwrap()
}

const REPEATS: u32 = 60_000;

fn alone<S>(make: &(impl Fn() -> S + Sync), id: &AccountId) -> f64
where
    S: tower::Service<Request, Response = Response, Error = std::convert::Infallible>,
{
    run(&mut make(), id)
}

fn together<S>(make: &(impl Fn() -> S + Sync), id: &AccountId) -> f64
where
    S: tower::Service<Request, Response = Response, Error = std::convert::Infallible>,
{
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut service = make();
            while !stop.load(Ordering::Relaxed) {
                for _ in 0..100 {
                    answer_to(&mut service, id.clone());
                }
            }
        });
        let took = run(&mut make(), id);
        stop.store(true, Ordering::Relaxed);
        other.join().unwrap();
        took
    })
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn run<S>(service: &mut S, id: &AccountId) -> f64
where
    S: tower::Service<Request, Response = Response, Error = std::convert::Infallible>,
{
    for _ in 0..1000 {
        answer_to(service, id.clone());
    }
    let start = Instant::now();
    for _ in 0..REPEATS {
        answer_to(service, id.clone());
    }
    start.elapsed().as_nanos() as f64
}
