//! Sends a scenario through every front, and tells what differs from what it says.

use std::collections::BTreeMap;

use entitlements_core::Gate;

use super::engine::engine;
use super::fronts::{Answer, Case, FRONTS, Front, Wiring};
use super::model::{Exchange, Expect, ExpectedDenial, Scenario};
use super::stage::Stage;
use super::{counts, grpc, rates};

/// What differs; nothing where all is as the scenario says.
///
/// # Panics
/// When the scenario makes no sense.
pub async fn differences(scenario: &Scenario) -> Vec<String> {
    let stage = match engine(scenario).await {
        Ok(stage) => stage,
        Err(step) => return vec![step],
    };
    let mut wrong = stage.set_differences(&scenario.set).await;
    // What differs in the same way is told once, with all fronts.
    let mut where_from: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let requirement = scenario.require.requirement();
    for &wiring in wirings(scenario) {
        if wiring.has_own()
            && let Err(unknown) = Gate::on(requirement.clone(), &stage.engine)
        {
            // Such a gate cannot be built, so there is no front to go through (D3).
            let answer = Answer::of_denial(&unknown.denial());
            for exchange in scenario.exchanges() {
                for difference in differing(&exchange, &answer, false, false) {
                    let front = format!("building the gate ({wiring:?})");
                    where_from.entry(difference).or_default().push(front);
                }
            }
            continue;
        }
        for front in FRONTS {
            for (front, difference) in through(front, wiring, scenario, &stage).await {
                where_from.entry(difference).or_default().push(front);
            }
        }
    }
    let told = where_from
        .into_iter()
        .map(|(difference, fronts)| format!("{}: {difference}", fronts.join(", ")));
    wrong.extend(told);
    wrong
}

/// The ways to the engine that a scenario can take: only its layer tells accounts as the program says.
fn wirings(scenario: &Scenario) -> &'static [Wiring] {
    if !scenario.layer {
        &[Wiring::Neither]
    } else if scenario.account_from.is_some() || scenario.anonymous_plan.is_some() {
        &[Wiring::Layer, Wiring::LayerAndOwn]
    } else {
        &[Wiring::Layer, Wiring::Own, Wiring::LayerAndOwn]
    }
}

/// What differs at one front, over HTTP and over gRPC.
async fn through(
    front: &Front,
    wiring: Wiring,
    scenario: &Scenario,
    stage: &Stage,
) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    for &is_grpc in front.speaks {
        let how = if is_grpc { "gRPC, " } else { "" };
        let name = format!("{} ({how}{wiring:?})", front.name);
        let stage = if scenario.leaves_traces() {
            match engine(scenario).await {
                Ok(stage) => stage,
                Err(step) => return vec![(name, step)],
            }
        } else {
            stage.clone()
        };
        let mut exchanges = scenario.exchanges();
        if is_grpc {
            for exchange in &mut exchanges {
                exchange.request = exchange.request.over_grpc();
            }
        }
        let case = Case {
            stage,
            requirement: scenario.require.requirement(),
            rules: scenario.gate.clone(),
            account_from: scenario.account_from.clone(),
            anonymous_plan: scenario.anonymous_plan.clone(),
            wiring,
            exchanges: exchanges.clone(),
        };
        let answers = (front.answers)(case).await;
        assert_eq!(
            answers.len(),
            exchanges.len(),
            "{name} answers each request"
        );
        for (number, (exchange, answer)) in exchanges.iter().zip(&answers).enumerate() {
            let bodiless = front.cuts_head && exchange.request.method == "HEAD";
            for difference in differing(exchange, answer, bodiless, is_grpc) {
                let which = match exchanges.len() {
                    1 => String::new(),
                    _ => format!("request {}: ", number + 1),
                };
                wrong.push((name.clone(), which + &difference));
            }
        }
    }
    wrong
}

fn differing(exchange: &Exchange, answer: &Answer, bodiless: bool, is_grpc: bool) -> Vec<String> {
    let mut wrong = match &exchange.expect {
        Expect::Allow(rates) => allowed(exchange, rates, answer, bodiless),
        Expect::Deny(expected) => denied(expected, answer, bodiless, is_grpc),
    };
    if let Some(used) = &answer.used {
        for (expected, got) in counts::expected(&exchange.used_after).iter().zip(used) {
            if expected != got {
                let ((what, expected), (_, got)) = (expected, got);
                wrong.push(format!(
                    "used of limit {what}: expected {expected}, got {got}"
                ));
            }
        }
    }
    wrong
}

/// The answer is the handler's own, but for what it says of rates.
fn allowed(
    exchange: &Exchange,
    rates: &BTreeMap<String, String>,
    answer: &Answer,
    bodiless: bool,
) -> Vec<String> {
    let body = if bodiless { "" } else { "welcome" };
    let is_its_own = answer.status == exchange.responds.status
        && answer.handled == 1
        && answer.body == body.as_bytes();
    if is_its_own {
        let expected: Vec<_> = rates.clone().into_iter().collect();
        let said = rates::said(&answer.headers);
        let differs = said != expected;
        return differs
            .then(|| format!("rates: expected {expected:?}, got {said:?}"))
            .into_iter()
            .collect();
    }
    vec![format!(
        "should reach the handler once, and did {} times: {} {}",
        answer.handled,
        answer.status,
        String::from_utf8_lossy(&answer.body)
    )]
}

fn denied(
    expected: &ExpectedDenial,
    answer: &Answer,
    bodiless: bool,
    is_grpc: bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if answer.handled != 0 {
        wrong.push("reaches the handler, and should be denied".to_owned());
    }
    let (status, headers, body) = if is_grpc {
        (200, grpc::headers(expected), "")
    } else {
        let headers = expected.headers.clone().into_iter().collect();
        (expected.status, headers, expected.body.get())
    };
    if answer.status != status {
        wrong.push(format!("status: expected {status}, got {}", answer.status));
    }
    if answer.headers != headers {
        wrong.push(format!(
            "headers:\n    expected {headers:?}\n    got      {:?}",
            answer.headers
        ));
    }
    let body = if bodiless { "" } else { body };
    if answer.body != body.as_bytes() {
        let got = String::from_utf8_lossy(&answer.body);
        let same = body
            .chars()
            .zip(got.chars())
            .take_while(|(a, b)| a == b)
            .count();
        let caret = " ".repeat(same);
        wrong.push(format!(
            "body:\n    expected {body}\n    got      {got}\n             {caret}^"
        ));
    }
    wrong
}
