//! What whoever limits rates, and whoever is limited, may rely on: of a tower service behind the engine's layer, whatever comes when at what cost,
//! and whatever plans are sold meanwhile.

use std::convert::Infallible;
use std::future::Ready;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::account::AccountTerms;
use entitlements_core::rate::FixedRate;
use entitlements_core::testing::{self, TestEngine};
use entitlements_core::{AccountId, Catalog, RequestHead, Requirement};
use entitlements_tower::{EntitlementsLayer, Require};
use http::{HeaderMap, Request, Response, StatusCode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

const MICROS: u128 = 1_000_000;

/// Requests, seconds and burst.
#[derive(Debug, Clone, Copy)]
struct Pace {
    requests: u64,
    seconds: u64,
    burst: u64,
}

impl Pace {
    /// The most that may pass in so many microseconds (Q2).
    fn most_in(self, micros: u128) -> u128 {
        let refilled = u128::from(self.requests) * micros / (u128::from(self.seconds) * MICROS);
        u128::from(self.burst) + refilled
    }
}

fn pace() -> impl Strategy<Value = Pace> {
    let requests = select(vec![1, 2, 3, 7, 13, 60, 1_000]);
    let seconds = select(vec![1, 7, 60, 3_600, 86_400]);
    (requests, seconds, 3_u64..20).prop_map(|(requests, seconds, burst)| Pace {
        requests,
        seconds,
        burst,
    })
}

/// A plan for each, above one that is slower than all.
fn engine(paces: &[Pace]) -> TestEngine {
    let plan = |pace: &Pace| {
        let Pace {
            requests,
            seconds,
            burst,
        } = pace;
        let rate = json!({"requests": requests, "per": format!("{seconds}s"), "burst": burst});
        json!({"rates": {"api": rate}})
    };
    let mut plans: serde_json::Map<_, _> = paces
        .iter()
        .enumerate()
        .map(|(number, pace)| (format!("plan_{number}"), plan(pace)))
        .collect();
    let none = Pace {
        requests: 1,
        seconds: 400 * 86_400,
        burst: 1,
    };
    plans.insert("free".to_owned(), plan(&none));
    let catalog = json!({
        "schema": 1,
        "product": {"name": "Paced", "default_plan": "free"},
        "rates": {"api": {}},
        "plans": plans,
    });
    let catalog = Catalog::from_json(catalog.to_string()).unwrap();
    testing::without_license(Arc::new(catalog))
}

/// A route that takes as much of the plan's rate as a request says, and of the program's own beside it where there is one.
fn gate(own: Option<Pace>) -> Require {
    let cost = |header: &'static str| {
        move |head: &dyn RequestHead| {
            let said = head.header(header).and_then(|cost| cost.parse().ok());
            said.unwrap_or(1)
        }
    };
    let mut all = Requirement::rate("api").cost_of_head(cost("x-cost"));
    if let Some(pace) = own {
        let per = Duration::from_secs(pace.seconds);
        let own = FixedRate::new("own", pace.requests, per).burst(pace.burst);
        all = all.and_fixed_rate(own).cost_of_head(cost("x-own-cost"));
    }
    Require::new(all)
}

/// A service behind a gate, in the hands of a test.
struct Served {
    engine: TestEngine,
    runtime: tokio::runtime::Runtime,
    own: Option<Pace>,
    micros: u128,
}

#[derive(Debug, Clone, Copy)]
struct Costs {
    api: u64,
    own: u64,
}

impl Served {
    fn new(paces: &[Pace], own: Option<Pace>) -> Self {
        let served = Self {
            engine: engine(paces),
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap(),
            own,
            micros: 0,
        };
        let terms = AccountTerms::on_plan("plan_0");
        let added = served.engine.add_account("acme", "", terms);
        served.runtime.block_on(added).unwrap();
        served
    }

    fn sell(&self, number: usize) {
        let account = AccountId::new("acme");
        let sold = self.engine.change_account(&account, move |_, terms| {
            *terms = AccountTerms::on_plan(format!("plan_{number}"));
        });
        self.runtime.block_on(sold).unwrap();
    }

    fn wait(&mut self, micros: u64) {
        self.micros += u128::from(micros);
        self.engine.clock().advance(Duration::from_micros(micros));
    }

    fn ask(&self, costs: Costs) -> (StatusCode, HeaderMap) {
        let layer = EntitlementsLayer::new(self.engine.entitlements().clone());
        let service = ServiceBuilder::new()
            .layer(layer)
            .layer(gate(self.own))
            .service(service_fn(done));
        let request = Request::get("/")
            .header("x-cost", costs.api)
            .header("x-own-cost", costs.own)
            .extension(AccountId::new("acme"))
            .body(())
            .unwrap();
        let response = self.runtime.block_on(answered(service, request));
        (response.status(), response.headers().clone())
    }

    /// When it says to come again, where it does not let pass.
    fn retry_after(&self, costs: Costs) -> Option<u64> {
        let (status, headers) = self.ask(costs);
        let said = headers.get("retry-after");
        let said = said.map(|seconds| seconds.to_str().unwrap().parse().unwrap());
        let expected = match said {
            None => StatusCode::OK,
            Some(_) => StatusCode::TOO_MANY_REQUESTS,
        };
        assert_eq!(status, expected);
        said
    }
}

fn done(_: Request<()>) -> Ready<Result<Response<String>, Infallible>> {
    std::future::ready(Ok(Response::new(String::new())))
}

async fn answered<S>(service: S, request: Request<()>) -> Response<String>
where
    S: Service<Request<()>, Response = Response<String>, Error = Infallible>,
{
    let Ok(response) = service.oneshot(request).await;
    response
}

#[derive(Debug, Clone)]
struct Step {
    /// Microseconds.
    later: u64,
    costs: Costs,
    sold: Option<Index>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let later = prop_oneof![
        5 => Just(0_u64),
        2 => 1_u64..3_000_000,
        1 => 1_u64..400_000_000,
        1 => select(vec![1, 999_999, 1_000_000, 60_000_000]),
    ];
    let costs = (0_u64..4, 0_u64..4).prop_map(|(api, own)| Costs { api, own });
    let sold = proptest::option::weighted(0.15, any::<Index>());
    let step = (later, costs, sold).prop_map(|(later, costs, sold)| Step { later, costs, sold });
    vec(step, 1..60)
}

/// What passed: when, and how much.
type Passed = Vec<(u128, u64)>;

/// No stretch between two that passed has more than it may.
fn assert_no_window_has_more(passed: &Passed, most_in: impl Fn(u128) -> u128) {
    for (first, (start, _)) in passed.iter().enumerate() {
        let mut sum = 0;
        for (end, units) in passed.iter().skip(first) {
            sum += u128::from(*units);
            let most = most_in(end - start);
            assert!(sum <= most, "{sum} in {} us, not {most}", end - start);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn admitted_never_exceeds_rate_times_time_and_burst_in_any_window(
        pace in pace(), own in proptest::option::of(pace()), steps in steps(),
    ) {
        let mut served = Served::new(&[pace], own);
        let (mut of_plan, mut of_own) = (Passed::new(), Passed::new());
        for Step { later, costs, .. } in steps {
            served.wait(later);
            if served.retry_after(costs).is_none() {
                of_plan.push((served.micros, costs.api));
                of_own.push((served.micros, costs.own));
            }
        }
        assert_no_window_has_more(&of_plan, |micros| pace.most_in(micros));
        if let Some(own) = own {
            assert_no_window_has_more(&of_own, |micros| own.most_in(micros));
        }
    }

    /// However often plans change: never more than the largest burst, and what the fastest of them refills.
    #[test]
    fn no_change_of_plan_admits_more_than_the_fastest_plan_would(
        paces in vec(pace(), 2..4), steps in steps(),
    ) {
        let mut served = Served::new(&paces, None);
        let mut passed = Passed::new();
        for Step { later, costs, sold } in steps {
            served.wait(later);
            if let Some(sold) = sold {
                served.sell(sold.index(paces.len()));
            }
            if served.retry_after(costs).is_none() {
                passed.push((served.micros, costs.api));
            }
        }
        let burst = paces.iter().map(|pace| pace.burst).max().unwrap();
        assert_no_window_has_more(&passed, |micros| {
            let most = paces.iter().map(|pace| Pace { burst, ..*pace }.most_in(micros));
            most.max().unwrap()
        });
    }

    /// What is denied is told when to come again: then it passes, and a second earlier it does not, where nothing else passed meanwhile.
    #[test]
    fn retry_after_is_never_early_and_retrying_right_then_succeeds(
        paces in vec(pace(), 1..4), own in proptest::option::of(pace()), steps in steps(),
    ) {
        let mut served = Served::new(&paces, own);
        for Step { later, costs, sold } in steps {
            served.wait(later);
            if let Some(sold) = sold {
                served.sell(sold.index(paces.len()));
            }
            let Some(seconds) = served.retry_after(costs) else {
                continue;
            };
            prop_assert!(seconds >= 1);
            // What is denied spends nothing: the same again is told the same.
            prop_assert_eq!(served.retry_after(costs), Some(seconds));
            if seconds > 1 {
                served.wait((seconds - 1) * 1_000_000);
                prop_assert_eq!(served.retry_after(costs), Some(1), "after {} s", seconds - 1);
            }
            served.wait(1_000_000);
            prop_assert_eq!(served.retry_after(costs), None, "after {} s", seconds);
        }
    }
}
