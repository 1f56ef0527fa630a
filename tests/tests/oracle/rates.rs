//! Many requests in a row, with time passing and plans changing between them: both say the same, and the same of rates.

use std::time::Duration;

use entitlements_core::account::AccountTerms;
use entitlements_core::rate::{ApiKeyId, FixedRate, RateHeaders, UserId};
use entitlements_core::testing::TestRequest;
use entitlements_core::{Gate, RateTerm};
use entitlements_tests::oracle::{
    Answer, Asked, CountedBy, RateAsked, Request, Speed, Spent, Told, WhichRate, World,
    answer_in_time,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::worlds::{Held, NOW, Names, held, names, world};

/// Requests, seconds and burst, which few requests use up and few seconds refill.
pub(crate) fn numbers() -> (
    impl Strategy<Value = u64> + use<>,
    impl Strategy<Value = u64> + use<>,
    impl Strategy<Value = Option<u64>> + use<>,
) {
    (
        select(vec![1, 2, 3, 7, 10, 60]),
        select(vec![1, 2, 7, 60, 3_600]),
        option::of(select(vec![1, 2, 3, 5, 10])),
    )
}

fn speed() -> impl Strategy<Value = Speed> {
    numbers().prop_map(|(requests, seconds, burst)| Speed {
        requests,
        seconds,
        burst: burst.unwrap_or(requests),
    })
}

/// What an override makes of a rate.
pub(crate) fn term() -> impl Strategy<Value = RateTerm> {
    let limited = speed().prop_map(|speed| {
        let per = Duration::from_secs(speed.seconds);
        let rate = FixedRate::new("any", speed.requests, per).burst(speed.burst);
        RateTerm::AtMost(*rate.rate())
    });
    prop_oneof![5 => limited, 1 => Just(RateTerm::Unlimited)]
}

/// Of the program's own rates, none has two speeds in one requirement.
fn rates(names: &Names) -> impl Strategy<Value = Vec<RateAsked>> + use<> {
    let mut catalogs = names.rates.clone();
    catalogs.push("ghosts".to_owned());
    let last = catalogs.len() - 1;
    let catalogs = move |nth: Index, is_wrong: bool| {
        let nth = if is_wrong {
            last
        } else {
            nth.index(last.max(1))
        };
        WhichRate::OfPlan(catalogs[nth].clone())
    };
    let by = prop_oneof![
        6 => Just(CountedBy::Account),
        1 => Just(CountedBy::User),
        1 => Just(CountedBy::ApiKey),
        1 => Just(CountedBy::Head),
        2 => select(vec![CountedBy::Network(32, 64), CountedBy::Network(24, 32), CountedBy::Network(0, 128)]),
    ];
    let cost = prop_oneof![
        6 => Just(Some(1)),
        1 => select(vec![0, 2, 3, 5, 11]).prop_map(Some),
        1 => Just(None),
    ];
    let one = (
        any::<Index>(),
        prop::bool::weighted(0.02),
        option::weighted(0.25, select(vec!["own", "api"])),
        by,
        cost,
    );
    let owns = (speed(), speed());
    (vec(one, 1..4), owns).prop_map(move |(all, (first, second))| {
        let all = all.into_iter();
        all.map(|(nth, is_wrong, own, by, cost)| RateAsked {
            rate: match own {
                None => catalogs(nth, is_wrong),
                Some("own") => WhichRate::Own("own".to_owned(), first),
                Some(name) => WhichRate::Own(name.to_owned(), second),
            },
            by,
            cost,
        })
        .collect()
    })
}

/// Mostly rates alone, so that they are what denies.
fn asked(names: &Names) -> impl Strategy<Value = Asked> + use<> {
    let beside = option::weighted(0.3, crate::asking::asked(names));
    (beside, rates(names)).prop_map(|(beside, rates)| Asked {
        rates,
        ..beside.unwrap_or_default()
    })
}

/// How much later a request comes.
#[derive(Debug, Clone, Copy)]
enum Later {
    /// So many microseconds.
    Micros(u64),
    /// When the one before it may be tried again, to the microsecond in which it would be admitted, and so many later.
    WhenAdmitted(i64),
    /// When it was told to.
    WhenTold,
}

fn later() -> impl Strategy<Value = Later> {
    let micros = select(vec![
        1,
        333_333,
        1_000_000,
        8_571_429,
        60_000_000,
        3_599_999_999,
    ]);
    prop_oneof![
        8 => Just(Later::Micros(0)),
        2 => micros.prop_map(Later::Micros),
        2 => (-1..=1_i64).prop_map(Later::WhenAdmitted),
        1 => Just(Later::WhenTold),
    ]
}

#[derive(Debug, Clone)]
struct Step {
    later: Later,
    sold: Option<AccountTerms>,
    route: Index,
    request: Request,
}

fn step(names: &Names) -> impl Strategy<Value = Step> + use<> {
    let request = (
        crate::asking::method(),
        prop::bool::weighted(0.5),
        option::of(select(vec!["ann", "bob"])),
        option::of(select(vec!["k1", "k2"])),
        option::of(select(vec!["ann", "phone"])),
        select(vec![0, 1, 1, 2, 4]),
    );
    let request = request.prop_map(
        |(method, is_preflight, user, api_key, head, cost)| Request {
            method,
            is_preflight,
            user: user.map(str::to_owned),
            api_key: api_key.map(str::to_owned),
            head: head.map(str::to_owned),
            cost,
        },
    );
    let sold = option::weighted(0.15, crate::accounts::terms(names));
    (later(), sold, any::<Index>(), request).prop_map(|(later, sold, route, request)| Step {
        later,
        sold,
        route,
        request,
    })
}

type Route = (Asked, Told, bool);
type Story = (Value, World, Vec<Route>, Vec<Step>);

fn story() -> impl Strategy<Value = Story> {
    crate::products::document().prop_flat_map(|document| {
        let names = names(&document);
        let told = prop_oneof![
            6 => Just(Told::Always),
            1 => Just(Told::Denied),
            1 => Just(Told::Never),
        ];
        let route = (asked(&names), told, prop::bool::weighted(0.2));
        (
            Just(document.clone()),
            world(&document),
            vec(route, 1..3),
            vec(step(&names), 1..40),
        )
    })
}

fn gate((asked, told, legacy): &Route) -> Gate {
    let gate = Gate::new(asked.requirement()).rate_headers(match told {
        Told::Always => RateHeaders::Always,
        Told::Denied => RateHeaders::Denied,
        Told::Never => RateHeaders::Never,
    });
    if *legacy {
        gate.legacy_rate_headers()
    } else {
        gate
    }
}

fn head(held: &Held, request: &Request) -> TestRequest {
    let mut head = held.head(request.method);
    if request.is_preflight {
        head = head.header("origin", "https://app.example");
        head = head.header("access-control-request-method", "POST");
    }
    if let Some(user) = &request.user {
        head = head.extension(UserId::new(user));
    }
    if let Some(key) = &request.api_key {
        head = head.extension(ApiKeyId::new(key));
    }
    if let Some(device) = &request.head {
        head = head.header("x-device", device);
    }
    head.header("x-cost", request.cost.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_shrink_iters: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_library_answers_many_requests_as_the_specification_says((document, mut world, routes, steps) in story()) {
        let mut held = held(&document, &world);
        let gates: Vec<Gate> = routes.iter().map(gate).collect();
        let (mut spent, mut micros) = (Spent::default(), 0_u64);
        let (mut wait, mut retry_after) = (0_u64, 0_u64);
        for (number, step) in steps.iter().enumerate() {
            let passes = match step.later {
                Later::Micros(micros) => micros,
                Later::WhenAdmitted(micros) => wait.saturating_add_signed(micros),
                Later::WhenTold => retry_after * 1_000_000,
            };
            micros += passes;
            world.now = NOW + (micros / 1_000_000) as i64;
            if let Some(sold) = &step.sold {
                world.terms = sold.clone();
            }
            held.move_on(Duration::from_micros(passes), step.sold.as_ref());
            let which = step.route.index(routes.len());
            let (asked, told, legacy) = &routes[which];
            let (answer, headers) = held.answers(&gates[which], &head(&held, &step.request));
            let expected = answer_in_time(
                &world, asked, (*told, *legacy), &step.request, &mut spent, u128::from(micros) * 1_000,
            );
            prop_assert_eq!(
                (&answer, &headers), (&expected.answer, &expected.headers),
                "\nlibrary, then oracle, request {} at {} us: {:?} {:?}\n{}", number, micros, step, asked, document
            );
            let is_counted = ["POST", "PUT", "PATCH"].contains(&step.request.method);
            if answer == Answer::Allow && is_counted {
                for (limit, amount) in &asked.limits {
                    *world.used.get_mut(limit).unwrap() += amount;
                }
            }
            wait = expected.wait.map_or(0, |nanos| nanos.div_ceil(1_000) as u64);
            let told = headers.iter().find(|(name, _)| name == "retry-after");
            retry_after = told.map_or(0, |(_, seconds)| seconds.parse().unwrap());
        }
    }
}
