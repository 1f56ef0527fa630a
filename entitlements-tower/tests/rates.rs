//! Rates at the gates of tower: who is counted with whom, what is spent when, and what answers say of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::account::AccountTerms;
use entitlements_core::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy, MemoryAllowlists,
};
use entitlements_core::rate::{ApiKeyId, FixedRate, RateHeaders, RateKey, UserId};
use entitlements_core::testing::{self, ManualClock, TestEngine};
use entitlements_core::{AccountId, Catalog, Denial, Entitlements, PeerAddress, Reply};
use entitlements_tower::{EntitlementsLayer, RateLimit, Require, RequireFeature};
use http::{Request, Response, StatusCode};
use tower::{ServiceBuilder, ServiceExt, service_fn};

const CATALOG: &str = r#"
    schema = 1
    [product]
    name = "Rated"
    default_plan = "free"
    plan_order = ["free", "paid", "endless"]
    [features.sso]
    [limits.users]
    [rates.api]
    [rates.exports]
    [plans.free]
    limits = { users = 3 }
    rates = { api = { requests = 60, per = "1m", burst = 3 }, exports = { requests = 1, per = "1m" } }
    [plans.paid]
    extends = "free"
    features = ["sso"]
    rates = { api = { requests = 120, per = "1m", burst = 6 } }
    [plans.endless]
    extends = "paid"
    rates = { api = "unlimited", exports = "unlimited" }
"#;

fn catalog() -> Arc<Catalog> {
    Arc::new(Catalog::from_toml(CATALOG).unwrap())
}

fn engine() -> TestEngine {
    testing::without_license(catalog())
}

fn get() -> Request<()> {
    Request::get("/").body(()).unwrap()
}

async fn ask<D>(gate: &Require<D>, request: Request<()>) -> Response<String>
where
    D: entitlements_tower::DenyWith<String>,
{
    let service = ServiceBuilder::new()
        .layer(gate.clone())
        .service(service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(String::from("done")))
        }));
    service.oneshot(request).await.unwrap()
}

/// How many of so many requests pass.
async fn pass<D>(gate: &Require<D>, requests: usize, make: impl Fn() -> Request<()>) -> usize
where
    D: entitlements_tower::DenyWith<String>,
{
    let mut passed = 0;
    for _ in 0..requests {
        let status = ask(gate, make()).await.status();
        assert!(matches!(status.as_u16(), 200 | 429), "{status}");
        passed += usize::from(status == StatusCode::OK);
    }
    passed
}

fn of(account: &str) -> impl Fn() -> Request<()> {
    move || {
        let mut request = get();
        request.extensions_mut().insert(AccountId::new(account));
        request
    }
}

fn said(response: &Response<String>) -> [Option<&str>; 3] {
    let header = |name| Some(response.headers().get(name)?.to_str().unwrap());
    ["ratelimit-policy", "ratelimit", "retry-after"].map(header)
}

#[tokio::test]
async fn q20_answers_say_where_the_rate_stands() {
    let engine = engine();
    let gate = RateLimit::new("api").on(&engine);
    for left in ["2", "1", "0"] {
        let response = ask(&gate, get()).await;
        assert_eq!(response.status(), 200);
        let t = if left == "0" { "1" } else { "3" };
        let rate = format!(r#""api";r={left};t={t}"#);
        let expected = [Some(r#""api";q=3;w=3"#), Some(rate.as_str()), None];
        assert_eq!(said(&response), expected);
    }
    let denied = ask(&gate, get()).await;
    assert_eq!(denied.status(), 429);
    let expected = [
        Some(r#""api";q=3;w=3"#),
        Some(r#""api";r=0;t=1"#),
        Some("1"),
    ];
    assert_eq!(said(&denied), expected);
    assert_eq!(denied.headers()["cache-control"], "no-store");
    assert_eq!(
        denied.body(),
        r#"{"type":"urn:entitlements:problem:rate-limited","title":"Too many requests","status":429,"code":"RATE_LIMITED","detail":"rate `api` exceeded: try again in 1 s","rate":"api","retry_after_seconds":1,"plan":"free","available_in":["paid","endless"]}"#
    );
    let denial = denied.extensions().get::<Denial>().unwrap();
    assert_eq!(denial.code(), "RATE_LIMITED");
    assert!(denial.rates().is_some());
    engine.clock().advance(Duration::from_millis(999));
    assert_eq!(ask(&gate, get()).await.status(), 429);
    engine.clock().advance(Duration::from_millis(1));
    assert_eq!(ask(&gate, get()).await.status(), 200);
}

#[tokio::test]
async fn q13_gates_of_one_rate_count_together_whether_by_engine_or_layer() {
    let engine = engine();
    let by_engine = RateLimit::new("api").on(&engine);
    assert_eq!(pass(&by_engine, 2, get).await, 2);
    let service = ServiceBuilder::new()
        .layer(EntitlementsLayer::new(engine.entitlements().clone()))
        .layer(RateLimit::new("api"))
        .service(service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(String::new()))
        }));
    assert_eq!(service.clone().oneshot(get()).await.unwrap().status(), 200);
    assert_eq!(service.oneshot(get()).await.unwrap().status(), 429);
    // One of the program's own of the same name is another.
    let own = RateLimit::fixed(FixedRate::per_second("api", 1)).on(&engine);
    assert_eq!(pass(&own, 2, get).await, 1);
    // However the catalog's are called.
    let odd = CATALOG.replace("exports", "\"fixed api\"");
    let engine = testing::without_license(Arc::new(Catalog::from_toml(&odd).unwrap()));
    let of_plan = RateLimit::new("fixed api").on(&engine);
    let own = RateLimit::fixed(FixedRate::per_second("api", 1)).on(&engine);
    assert_eq!(pass(&of_plan, 2, get).await, 1);
    assert_eq!(pass(&own, 2, get).await, 1);
}

#[tokio::test]
async fn q16_a_change_of_plan_keeps_what_was_spent() {
    let engine = engine();
    engine
        .add_account("acme", "", AccountTerms::default())
        .await
        .unwrap();
    let gate = RateLimit::new("api").on(&engine);
    assert_eq!(pass(&gate, 5, of("acme")).await, 3);
    assert_eq!(pass(&gate, 5, of("other")).await, 3);
    let acme = AccountId::new("acme");
    let on = |plan: &'static str| {
        engine.change_account(&acme, move |_, terms| {
            *terms = AccountTerms::on_plan(plan);
        })
    };
    on("paid").await.unwrap();
    // Six in place of three, of which three are spent.
    assert_eq!(pass(&gate, 9, of("acme")).await, 3);
    on("endless").await.unwrap();
    let free = ask(&gate, of("acme")()).await;
    assert_eq!((free.status().as_u16(), said(&free)), (200, [None; 3]));
}

#[tokio::test]
async fn q15_users_and_keys_count_by_themselves_within_an_account() {
    let engine = engine();
    let by_user = RateLimit::new("api").by(RateKey::user()).on(&engine);
    let user = |account: &'static str, id: &'static str| {
        move || {
            let mut request = of(account)();
            request.extensions_mut().insert(UserId::new(id));
            request
        }
    };
    assert_eq!(pass(&by_user, 5, user("acme", "ann")).await, 3);
    assert_eq!(pass(&by_user, 5, user("acme", "bob")).await, 3);
    assert_eq!(pass(&by_user, 5, user("other", "ann")).await, 3);
    // Those that are nobody count as one.
    assert_eq!(pass(&by_user, 5, of("acme")).await, 3);
    assert_eq!(pass(&by_user, 5, of("other")).await, 3);
    let by_key = RateLimit::new("exports").by(RateKey::api_key()).on(&engine);
    let key = |id: &'static str| {
        move || {
            let mut request = of("acme")();
            request.extensions_mut().insert(ApiKeyId::new(id));
            request
        }
    };
    assert_eq!(pass(&by_key, 2, key("k1")).await, 1);
    assert_eq!(pass(&by_key, 2, key("k2")).await, 1);
    assert_eq!(pass(&by_key, 2, key("k1")).await, 0);
}

#[tokio::test]
async fn q15_by_address_no_account_is_asked_for_and_headers_of_strangers_are_nothing() {
    let builder = testing::without_license(catalog());
    let login = FixedRate::per_minute("login", 2);
    let gate = RateLimit::fixed(login)
        .by(RateKey::client_address())
        .on(&builder);
    let from = |peer: &'static str, number: u32| {
        let mut request = get();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(PeerAddress(peer));
        let lie = format!("192.0.2.{number}").parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", lie);
        request
    };
    for (number, status) in [(1, 200), (2, 200), (3, 429), (4, 429)] {
        let response = ask(&gate, from("198.51.100.1:1", number)).await;
        assert_eq!(response.status().as_u16(), status);
    }
    assert_eq!(ask(&gate, from("198.51.100.2:1", 1)).await.status(), 200);
    // One subscriber has many addresses.
    for (peer, status) in [
        ("[2001:db8::1]:1", 200),
        ("[2001:db8::2]:1", 200),
        ("[2001:db8::3]:1", 429),
        ("[2001:db8:0:1::3]:1", 200),
    ] {
        assert_eq!(ask(&gate, from(peer, 1)).await.status().as_u16(), status);
    }
    let untold = ask(&gate, get()).await;
    assert_eq!(untold.status(), 403);
    assert!(untold.body().contains("IP_NOT_ALLOWED"));
}

#[tokio::test]
async fn q7_several_rates_are_all_or_nothing() {
    let engine = engine();
    let gate = Require::rate("api").and_rate("exports").on(&engine);
    let first = ask(&gate, get()).await;
    let expected = [
        Some(r#""api";q=3;w=3, "exports";q=1;w=60"#),
        Some(r#""api";r=2;t=3, "exports";r=0;t=60"#),
        None,
    ];
    assert_eq!(said(&first), expected);
    for _ in 0..3 {
        let denied = ask(&gate, get()).await;
        assert_eq!(denied.status(), 429);
        assert!(
            denied
                .body()
                .contains(r#""rate":"exports","retry_after_seconds":60"#)
        );
        let rates = said(&denied)[1];
        assert_eq!(rates, Some(r#""api";r=2;t=3, "exports";r=0;t=60"#));
    }
    let api = RateLimit::new("api").on(&engine);
    assert_eq!(pass(&api, 5, get).await, 2);
}

#[tokio::test]
async fn q21_gates_one_in_another_each_add_a_line() {
    let engine = engine();
    let service = ServiceBuilder::new()
        .layer(RateLimit::new("api").on(&engine))
        .layer(RateLimit::new("exports").on(&engine))
        .service(service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(String::new()))
        }));
    for (status, exports, api, retry) in [
        (200, "r=0;t=60", "r=2;t=3", None),
        // What the outer one admitted stays spent, and is said of what the inner one denies.
        (429, "r=0;t=60", "r=1;t=3", Some("60")),
        (429, "r=0;t=60", "r=0;t=1", Some("60")),
    ] {
        let response = service.clone().oneshot(get()).await.unwrap();
        assert_eq!(response.status(), status);
        let lines: Vec<_> = response.headers().get_all("ratelimit").iter().collect();
        assert_eq!(
            lines,
            [
                &*format!("\"exports\";{exports}"),
                &*format!("\"api\";{api}")
            ]
        );
        assert_eq!(said(&response)[2], retry);
    }
    // The inner one is not asked any more.
    let denied = service.oneshot(get()).await.unwrap();
    let expected = [
        Some(r#""api";q=3;w=3"#),
        Some(r#""api";r=0;t=1"#),
        Some("1"),
    ];
    assert_eq!((denied.status().as_u16(), said(&denied)), (429, expected));
    assert_eq!(denied.headers().get_all("ratelimit").iter().count(), 1);
}

#[tokio::test]
async fn q14_what_is_denied_for_something_else_spends_nothing() {
    let engine = engine();
    let gate = Require::feature("sso").and_rate("api").on(&engine);
    for _ in 0..5 {
        let denied = ask(&gate, get()).await;
        assert_eq!((denied.status().as_u16(), said(&denied)), (402, [None; 3]));
    }
    let api = RateLimit::new("api").on(&engine);
    let preflight = || {
        Request::options("/")
            .header("origin", "https://a.example")
            .header("access-control-request-method", "GET")
            .body(())
            .unwrap()
    };
    assert_eq!(pass(&api, 9, preflight).await, 9);
    // Any other OPTIONS counts.
    let options = || Request::options("/").body(()).unwrap();
    assert_eq!(pass(&api, 5, options).await, 3);
    assert_eq!(pass(&api, 1, get).await, 0);
}

#[tokio::test]
async fn q18_where_a_rate_denies_no_limit_is_used() {
    let engine = engine();
    let gate = Require::limit("users").and_rate("exports").on(&engine);
    let post = || Request::post("/").body(()).unwrap();
    let made = ask(&gate, post()).await;
    assert_eq!(made.status(), 200);
    assert_eq!(said(&made)[1], Some(r#""exports";r=0;t=60"#));
    assert_eq!(pass(&gate, 5, post).await, 0);
    let users = engine.limit(&AccountId::LOCAL, "users");
    assert_eq!(users.used().await.unwrap(), 1);
    assert!(users.reserve(2).await.is_ok(), "nothing is held");
}

#[tokio::test]
async fn q19_a_gate_in_shadow_spends_and_says_nothing() {
    let engine = engine();
    let shadow = RateLimit::new("api").legacy_headers().shadow().on(&engine);
    assert_eq!(pass(&shadow, 9, get).await, 9);
    assert_eq!(said(&ask(&shadow, get()).await), [None; 3]);
    let api = RateLimit::new("api").on(&engine);
    assert_eq!(pass(&api, 9, get).await, 3);
    assert_eq!(pass(&shadow, 9, get).await, 9);
    assert_eq!(said(&ask(&shadow, get()).await), [None; 3]);
}

#[tokio::test]
async fn q20_a_gate_says_so_when_it_is_told_to() {
    let engine = engine();
    let never = RateLimit::new("api")
        .headers(RateHeaders::Never)
        .on(&engine);
    let denied_only = RateLimit::new("api")
        .headers(RateHeaders::Denied)
        .legacy_headers()
        .on(&engine);
    assert_eq!(said(&ask(&never, get()).await), [None; 3]);
    assert_eq!(said(&ask(&denied_only, get()).await), [None; 3]);
    ask(&never, get()).await;
    assert_eq!(said(&ask(&never, get()).await), [None, None, Some("1")]);
    let denied = ask(&denied_only, get()).await;
    assert_eq!(said(&denied)[1], Some(r#""api";r=0;t=1"#));
    let older = ["limit", "remaining", "reset"]
        .map(|name| denied.headers()[format!("x-ratelimit-{name}")].clone());
    assert_eq!(older, ["3", "0", "1"]);
}

#[tokio::test]
async fn q17_costs_are_taken_whole_or_not_at_all() {
    let engine = engine();
    let heavy = RateLimit::new("api").cost(2).on(&engine);
    assert_eq!(pass(&heavy, 3, get).await, 1);
    let light = RateLimit::new("api")
        .cost_of_head(|head| u64::from(head.path() != "/free"))
        .on(&engine);
    assert_eq!(pass(&light, 3, get).await, 1);
    let free = || Request::get("/free").body(()).unwrap();
    assert_eq!(pass(&light, 3, free).await, 3);
    // Q17: never, and told so.
    let never = RateLimit::new("api").cost(4).on(&engine);
    let denied = ask(&never, get()).await;
    assert_eq!(
        (denied.status().as_u16(), said(&denied)[2]),
        (429, Some("3"))
    );
}

#[tokio::test]
async fn q17_grpc_hears_when_to_try_again() {
    let engine = engine();
    let gate = RateLimit::new("exports").on(&engine);
    let call = || {
        Request::post("/a.B/C")
            .header("content-type", "application/grpc")
            .body(())
            .unwrap()
    };
    assert_eq!(ask(&gate, call()).await.status(), 200);
    let denied = ask(&gate, call()).await;
    let header = |name| {
        denied
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    assert_eq!(denied.status(), 200);
    assert_eq!(header("grpc-status"), Some("8"));
    assert_eq!(header("grpc-retry-pushback-ms"), Some("60000"));
    assert_eq!(header("retry-after"), Some("60"));
    assert_eq!(header("ratelimit"), Some(r#""exports";r=0;t=60"#));
}

#[test]
fn mistakes_are_found_when_a_gate_is_built() {
    let engine = engine();
    let unknown = RateLimit::new("apy").try_on(&engine).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "unknown rate `apy`, did you mean `api`?"
    );
    let of_nothing = RequireFeature::new("sso").by(RateKey::user());
    assert!(of_nothing.try_on(&engine).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_race_admits_exactly_the_burst() {
    let engine = engine();
    let gate = RateLimit::new("api").on(&engine);
    for _ in 0..20 {
        let tasks: Vec<_> = (0..32)
            .map(|_| {
                let gate = gate.clone();
                tokio::spawn(async move { ask(&gate, get()).await.status() })
            })
            .collect();
        let mut passed = 0;
        for task in tasks {
            passed += usize::from(task.await.unwrap() == StatusCode::OK);
        }
        assert_eq!(passed, 3);
        engine.clock().advance(Duration::from_secs(3));
    }
}

/// Lists that are never at hand at once.
#[derive(Debug, Default)]
struct LaterLists(MemoryAllowlists);

impl AllowlistStore for LaterLists {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let list = self.0.load(account);
        Reply::later(list)
    }

    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        self.0.change(account, change, by)
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        self.0.remove(account)
    }
}

async fn with_later_lists() -> Entitlements {
    let clock = ManualClock::at(testing::NOW);
    let builder = Entitlements::builder()
        .catalog(catalog())
        .clock(Arc::new(clock))
        .allowlists(LaterLists::default());
    builder.build().await.unwrap().0
}

#[tokio::test]
async fn q15_a_request_that_had_to_wait_is_counted_as_if_it_had_not() {
    let engine = with_later_lists().await;
    let user = || {
        let mut request = of("acme")();
        request.extensions_mut().insert(UserId::new("ann"));
        request
    };
    // The first of them waits for the account's list.
    let by_user = Require::ip_allowlist().and_rate("api").by(RateKey::user());
    assert_eq!(pass(&by_user.on(&engine), 5, user).await, 3);

    let engine = with_later_lists().await;
    let by_key = RateKey::api_key();
    let by_key = Require::ip_allowlist()
        .and_rate("api")
        .by(by_key)
        .on(&engine);
    let key = || {
        let mut request = of("acme")();
        request.extensions_mut().insert(ApiKeyId::new("k1"));
        request
    };
    assert_eq!(pass(&by_key, 5, key).await, 3);

    let engine = with_later_lists().await;
    let named = RateKey::of_head(|head| head.header("x-checked").map(str::to_owned));
    let by_head = Require::ip_allowlist()
        .and_rate("api")
        .by(named)
        .cost_of_head(|head| u64::from(head.has_header("x-checked")))
        .on(&engine);
    let head = || {
        let mut request = of("acme")();
        let value = "a".parse().unwrap();
        request.headers_mut().insert("x-checked", value);
        request
    };
    assert_eq!(pass(&by_head, 5, head).await, 3);
}

/// Whoever came too fast last must not keep what an engine holds alive.
#[test]
fn an_engine_that_is_let_go_of_leaves_nothing_behind() {
    let store = Arc::new(());
    #[derive(Debug)]
    struct Counted(LaterLists, Arc<()>);
    impl AllowlistStore for Counted {
        fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
            let _ = &self.1;
            self.0.load(account)
        }

        fn change(
            &self,
            account: &AccountId,
            change: AllowlistChange,
            by: ChangedBy,
        ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
            self.0.change(account, change, by)
        }

        fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
            self.0.remove(account)
        }
    }
    let lists = Counted(LaterLists::default(), Arc::clone(&store));
    // Threads remember what they read last, until they end.
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let builder = Entitlements::builder().catalog(catalog()).allowlists(lists);
            let (engine, upkeep) = builder.build().await.unwrap();
            let gate = RateLimit::new("exports").on(&engine);
            assert_eq!(pass(&gate, 3, get).await, 1);
            drop((engine, upkeep, gate));
        });
    });
    thread.join().unwrap();
    assert_eq!(Arc::strong_count(&store), 1);
}

/// Whoever makes a status of a denial by hand tells as much as the gate.
#[cfg(feature = "tonic")]
#[tokio::test]
async fn q17_a_status_of_a_denial_says_when_to_come_again() {
    let engine = engine();
    let gate = RateLimit::new("exports").on(&engine);
    assert_eq!(pass(&gate, 1, get).await, 1);
    let denied = ask(&gate, get()).await;
    let denial = denied.extensions().get::<Denial>().unwrap().clone();

    let mut by_hand: Response<String> =
        entitlements_tower::denial_status(denial.clone()).into_http();
    let mut by_gate: Response<String> = entitlements_tower::grpc_response(denial);
    // tonic escapes more of a message than it has to.
    for response in [&mut by_hand, &mut by_gate] {
        response.headers_mut().remove("grpc-message");
    }
    assert_eq!(by_hand.headers(), by_gate.headers());
    assert_eq!(by_hand.headers()["grpc-retry-pushback-ms"], "60000");
}
