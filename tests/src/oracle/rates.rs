//! How fast requests may come (Q7, Q8, Q13 to Q22).

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::json;

use super::body::{self, Answer};
use super::bucket::{Bucket, Speed, Wait};
use super::decision::candidates;
use super::{Asked, Has, Pace, World, account, decision};
use crate::addresses::oracle::canonical;

/// A rate that a route asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateAsked {
    /// Which.
    pub rate: WhichRate,
    /// Whose requests are counted together.
    pub by: CountedBy,
    /// How many units a request is; as many as it says of itself where none.
    pub cost: Option<u64>,
}

/// Which rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichRate {
    /// The catalog's of this name.
    OfPlan(String),
    /// The program's own of this name.
    Own(String, Speed),
}

/// Q15
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedBy {
    /// The account.
    Account,
    /// The verified user.
    User,
    /// The verified API key.
    ApiKey,
    /// The client's address: so many bits of IPv4 and of IPv6.
    Network(u8, u8),
    /// What the program makes of the head.
    Head,
}

/// Which answers say where rates stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// All.
    Always,
    /// Denials for rates.
    Denied,
    /// None.
    Never,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its method.
    pub method: &'static str,
    /// Whether it is a preflight, if its method is that of one.
    pub is_preflight: bool,
    /// The verified user.
    pub user: Option<String>,
    /// The verified API key.
    pub api_key: Option<String>,
    /// What the program makes of its head.
    pub head: Option<String>,
    /// What it says that it costs.
    pub cost: u64,
}

/// What is spent of every rate.
#[derive(Debug, Clone, Default)]
pub struct Spent(BTreeMap<Key, Bucket>);

/// Whether the rate is the program's own, its name, the account, and whose of it.
type Key = (bool, String, Option<String>, String);

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatedAnswer {
    /// As elsewhere.
    pub answer: Answer,
    /// The headers that say something of rates, in the order of names.
    pub headers: Vec<(String, String)>,
    /// After how many nanoseconds it would be admitted, where rates deny it and ever would.
    pub wait: Option<u128>,
}

impl RatedAnswer {
    fn of(answer: Answer) -> Self {
        Self {
            answer,
            headers: Vec::new(),
            wait: None,
        }
    }
}

/// The answer to a request so many nanoseconds after the start; what is admitted is spent.
pub fn answer_in_time(
    world: &World,
    asked: &Asked,
    told: (Told, bool),
    request: &Request,
    spent: &mut Spent,
    now: u128,
) -> RatedAnswer {
    // Q14
    if request.is_preflight && request.method == "OPTIONS" {
        return RatedAnswer::of(decision::answer_to_preflight(world, asked));
    }
    let has = account::has(world);
    let before = match decision::answer_before_counts(world, asked) {
        Some(denial) => denial,
        None => match wishes(world, &has, asked, request) {
            None => {
                let detail = "requests from this address are not allowed";
                body::deny("IP_NOT_ALLOWED", detail, vec![])
            }
            Some(wishes) => match decision::answer(world, asked, request.method) {
                Answer::Allow => return rated(world, &has, told, &wishes, spent, now),
                denial => denial,
            },
        },
    };
    RatedAnswer::of(before)
}

/// D3 for rates.
pub(super) fn mistake(world: &World, asked: &Asked) -> Option<Answer> {
    asked.rates.iter().find_map(|rate| match &rate.rate {
        WhichRate::OfPlan(name) if !world.product.rates.contains(name) => Some(body::deny(
            "UNKNOWN_RATE",
            &format!("this route asks for rate `{name}`, which the catalog cannot answer for"),
            vec![("rate", json!(name))],
        )),
        _ => None,
    })
}

/// What a request asks of one rate.
struct Wish {
    key: Key,
    speed: Speed,
    cost: u64,
}

/// Q15, Q16: what is asked; none where it cannot be told whose it is.
fn wishes(world: &World, has: &Has, asked: &Asked, request: &Request) -> Option<Vec<Wish>> {
    let mut wishes = Vec::new();
    for asked in &asked.rates {
        let (is_own, name, speed) = match &asked.rate {
            WhichRate::Own(name, speed) => (true, name, *speed),
            WhichRate::OfPlan(name) => match has.rates[name] {
                Pace::AtMost(speed) => (false, name, speed),
                Pace::Unlimited => continue,
            },
        };
        let whose = match asked.by {
            CountedBy::Account => "account".to_owned(),
            CountedBy::User => told("user", &request.user),
            CountedBy::ApiKey => told("key", &request.api_key),
            CountedBy::Head => told("head", &request.head),
            CountedBy::Network(v4, v6) => format!("from {:?}", network(world.client?, v4, v6)),
        };
        let is_anybodys = matches!(asked.by, CountedBy::Network(..) | CountedBy::Head);
        let account = (!(is_own && is_anybodys)).then(|| "acme".to_owned());
        wishes.push(Wish {
            key: (is_own, name.clone(), account, whose),
            speed,
            cost: asked.cost.unwrap_or(request.cost),
        });
    }
    Some(wishes)
}

/// Those of whom it is not told count as one, whatever was to be told.
fn told(kind: &str, whose: &Option<String>) -> String {
    match whose {
        Some(whose) => format!("{kind} {whose}"),
        None => "nobody".to_owned(),
    }
}

/// The first bits of the address, as many as there are.
fn network(address: IpAddr, v4: u8, v6: u8) -> (bool, String) {
    let (is_v4, digits, bits) = match canonical(address) {
        IpAddr::V4(address) => (true, format!("{:032b}", address.to_bits()), v4),
        IpAddr::V6(address) => (false, format!("{:0128b}", address.to_bits()), v6),
    };
    (is_v4, digits.chars().take(bits.into()).collect())
}

/// Q7: all of it or nothing.
fn rated(
    world: &World,
    has: &Has,
    (told, legacy): (Told, bool),
    wishes: &[Wish],
    spent: &mut Spent,
    now: u128,
) -> RatedAnswer {
    if wishes.is_empty() {
        return RatedAnswer::of(Answer::Allow);
    }
    let mut waits = Vec::new();
    for (place, wish) in wishes.iter().enumerate() {
        let bucket = bucket(spent, wish, now);
        let before = wishes.iter().take(place).filter(|it| it.key == wish.key);
        let cost = wish.cost + before.map(|it| it.cost).sum::<u64>();
        waits.push(bucket.ask(wish.speed, cost));
    }
    // Of equals the last in the order of writing.
    let slowest = (0..waits.len()).max_by_key(|place| waits[*place]);
    let slowest = slowest.expect("there is one");
    let is_denied = waits[slowest] != Wait::For(0);
    let mut members = Vec::new();
    for (wish, wait) in wishes.iter().zip(&waits) {
        let bucket = bucket(spent, wish, now);
        if !is_denied {
            bucket.spend(wish.speed, wish.cost);
        }
        let left = bucket.left(wish.speed);
        let one = bucket.clone().ask(wish.speed, 1);
        let until = match (*wait, one) {
            (Wait::For(wait), Wait::For(one)) => seconds(wait.max(one)),
            (Wait::Forever, Wait::For(one)) => seconds(one),
            (_, Wait::Forever) => panic!("no burst here is 0"),
        };
        let reset = if left > 0 { wish.speed.window() } else { until };
        members.push((wish, left, reset));
    }
    let mut headers = BTreeMap::new();
    if told == Told::Always || (told == Told::Denied && is_denied) {
        headers = said(&members, legacy);
    }
    let wish = &wishes[slowest];
    let retry_after = match waits[slowest] {
        Wait::For(wait) => seconds(wait),
        Wait::Forever => wish.speed.window().max(1),
    };
    if is_denied {
        headers.insert("retry-after".to_owned(), retry_after.to_string());
    }
    RatedAnswer {
        answer: match is_denied {
            true => denial(world, has, &wish.key, retry_after),
            false => Answer::Allow,
        },
        headers: headers.into_iter().collect(),
        wait: match waits[slowest] {
            Wait::For(wait) if is_denied => Some(wait),
            _ => None,
        },
    }
}

fn bucket<'a>(spent: &'a mut Spent, wish: &Wish, now: u128) -> &'a mut Bucket {
    let bucket = spent.0.entry(wish.key.clone());
    let bucket = bucket.or_insert_with(|| Bucket::full(wish.speed, now));
    bucket.wait_until(now);
    bucket
}

/// Rounded up, and at least one.
fn seconds(nanos: u128) -> u128 {
    nanos.div_ceil(1_000_000_000).max(1)
}

/// Q20 to Q22
fn said(members: &[(&Wish, u128, u128)], legacy: bool) -> BTreeMap<String, String> {
    let list = |member: &dyn Fn(&(&Wish, u128, u128)) -> String| {
        let members: Vec<_> = members.iter().map(member).collect();
        members.join(", ")
    };
    let policy = list(&|(wish, ..)| {
        let (name, speed) = (&wish.key.1, wish.speed);
        format!("\"{name}\";q={};w={}", speed.burst, speed.window())
    });
    let now = list(&|(wish, left, reset)| format!("\"{}\";r={left};t={reset}", wish.key.1));
    let mut headers = vec![("ratelimit-policy", policy), ("ratelimit", now)];
    if legacy {
        let mut members = members.to_vec();
        members.sort_by_key(|(_, left, _)| *left);
        let (wish, left, reset) = members[0];
        headers.extend([
            ("x-ratelimit-limit", wish.speed.burst.to_string()),
            ("x-ratelimit-remaining", left.to_string()),
            ("x-ratelimit-reset", reset.to_string()),
        ]);
    }
    let headers = headers.into_iter();
    headers
        .map(|(name, line)| (name.to_owned(), line))
        .collect()
}

/// Q17
fn denial(world: &World, has: &Has, (is_own, name, ..): &Key, retry_after: u128) -> Answer {
    let mut members = vec![
        ("rate", json!(name)),
        ("retry_after_seconds", json!(retry_after as u64)),
    ];
    if !is_own {
        let is_faster = |plan: &String| world.product.plans[plan].pace(name) > has.rates[name];
        let plans = candidates(world, has).into_iter();
        let is_overridden = has.overridden_rates.contains(name);
        let plans: Vec<_> = plans
            .filter(|plan| !is_overridden && is_faster(plan))
            .collect();
        members.extend([
            ("plan", json!(has.plan)),
            body::available(&plans),
            ("upgrade_url", json!(world.product.upgrade_url)),
        ]);
    }
    let detail = format!("rate `{name}` exceeded: try again in {retry_after} s");
    body::deny("RATE_LIMITED", &detail, members)
}
