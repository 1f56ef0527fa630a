//! Sends a scenario through every front, and tells what differs from what it says.

use std::collections::BTreeMap;

use entitlements_core::Gate;

use super::engine::engine;
use super::fronts::{Answer, Case, FRONTS, Front, Wiring};
use super::model::{Expect, ExpectedDenial, Scenario};
use super::set;

/// What differs; nothing where all is as the scenario says.
///
/// # Panics
/// When the scenario makes no sense.
pub async fn differences(scenario: &Scenario) -> Vec<String> {
    let engine = match engine(scenario).await {
        Ok(engine) => engine,
        Err(step) => return vec![step],
    };
    let mut wrong = set::differences(&scenario.set, &engine.current());
    // What differs in the same way is told once, with all fronts.
    let mut where_from: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let requirement = scenario.require.requirement();
    let wirings: &[Wiring] = if scenario.layer {
        &[Wiring::Layer, Wiring::Own, Wiring::LayerAndOwn]
    } else {
        &[Wiring::Neither]
    };
    for &wiring in wirings {
        if wiring.has_own()
            && let Err(unknown) = Gate::on(requirement.clone(), &engine)
        {
            // Such a gate cannot be built, so there is no front to go through (D3).
            let answer = Answer::of_denial(&unknown.denial());
            for difference in differing(scenario, &answer, false) {
                where_from
                    .entry(difference)
                    .or_default()
                    .push(format!("building the gate ({wiring:?})"));
            }
            continue;
        }
        for front in FRONTS {
            let case = Case {
                engine: engine.clone(),
                requirement: requirement.clone(),
                wiring,
                request: scenario.request.clone(),
            };
            let Front {
                name,
                cuts_head,
                answer,
            } = front;
            let answer = answer(case).await;
            let bodiless = *cuts_head && scenario.request.method == "HEAD";
            for difference in differing(scenario, &answer, bodiless) {
                where_from
                    .entry(difference)
                    .or_default()
                    .push(format!("{name} ({wiring:?})"));
            }
        }
    }
    let told = where_from
        .into_iter()
        .map(|(difference, fronts)| format!("{}: {difference}", fronts.join(", ")));
    wrong.extend(told);
    wrong
}

fn differing(scenario: &Scenario, answer: &Answer, bodiless: bool) -> Vec<String> {
    match &scenario.expect {
        Expect::Allow if answer.status == 200 && answer.handled == 1 => Vec::new(),
        Expect::Allow => vec![format!(
            "should reach the handler once, and did {} times: {} {}",
            answer.handled,
            answer.status,
            String::from_utf8_lossy(&answer.body)
        )],
        Expect::Deny(expected) => denied(expected, answer, bodiless),
    }
}

fn denied(expected: &ExpectedDenial, answer: &Answer, bodiless: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    if answer.handled != 0 {
        wrong.push("reaches the handler, and should be denied".to_owned());
    }
    if answer.status != expected.status {
        wrong.push(format!(
            "status: expected {}, got {}",
            expected.status, answer.status
        ));
    }
    let headers: Vec<_> = expected.headers.clone().into_iter().collect();
    if answer.headers != headers {
        wrong.push(format!(
            "headers:\n    expected {headers:?}\n    got      {:?}",
            answer.headers
        ));
    }
    let body = if bodiless { "" } else { expected.body.get() };
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
