//! May the request pass (D1 to D13, D19).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::account::{is_above_base, place};
use super::body::{self, Answer, Members};
use super::source::Source;
use super::{Asked, Has, State, Term, World, account, address, limits, rates};

/// The answer to a request with this method, which is no preflight.
#[must_use]
pub fn answer(world: &World, asked: &Asked, method: &str) -> Answer {
    if let Some(answer) = answer_before_counts(world, asked) {
        return answer;
    }
    // U9 and U12
    if ["POST", "PUT", "PATCH"].contains(&method) {
        limits::answer(world, &account::has(world), asked)
    } else {
        Answer::Allow
    }
}

/// The denial of what is asked before limits and rates.
pub(super) fn answer_before_counts(world: &World, asked: &Asked) -> Option<Answer> {
    answer_before_terms(world, asked).or_else(|| {
        let has = account::has(world);
        let terms = asked.in_order();
        let fails = terms.iter().find(|term| !holds(world, &has, term))?;
        Some(denial(world, &has, fails))
    })
}

/// The answer to a preflight: D2, and where addresses are asked for D19.
#[must_use]
pub fn answer_to_preflight(world: &World, asked: &Asked) -> Answer {
    if asked.addresses.is_empty() {
        return Answer::Allow;
    }
    answer_before_terms(world, asked).unwrap_or(Answer::Allow)
}

/// What is asked before the terms: whether the program has mistakes, and from where the request comes.
fn answer_before_terms(world: &World, asked: &Asked) -> Option<Answer> {
    let terms = asked.in_order();
    limits::mistake(world, asked)
        .or_else(|| terms.iter().find_map(|term| mistake(world, term)))
        .or_else(|| rates::mistake(world, asked))
        .or_else(|| address::denial(world, asked))
}

/// D3
fn mistake(world: &World, term: &Term) -> Option<Answer> {
    let product = &world.product;
    let cannot =
        |what: &str| format!("this route asks for {what}, which the catalog cannot answer for");
    match term {
        Term::Enterprise if product.plan_order.is_empty() => Some(body::deny(
            "UNKNOWN_PLAN",
            "this route asks for the highest plan, and the catalog's plans have no order",
            vec![],
        )),
        Term::Plan(name) if place(world, name).is_none() => Some(body::deny(
            "UNKNOWN_PLAN",
            &cannot(&format!("plan `{name}`")),
            vec![("required_plan", json!(name))],
        )),
        Term::Feature(_) | Term::Any(_) | Term::All(_) => {
            let names = features(term);
            let unknown = names
                .iter()
                .find(|name| !product.features.contains(*name))?;
            Some(body::deny(
                "UNKNOWN_FEATURE",
                &cannot(&format!("feature `{unknown}`")),
                vec![("feature", json!(unknown))],
            ))
        }
        _ => None,
    }
}

/// D4 to D10
fn holds(world: &World, has: &Has, term: &Term) -> bool {
    match term {
        Term::ValidLicense => {
            has.licenses.is_empty() || has.licenses.iter().any(|state| state.is_in_force())
        }
        Term::Enterprise | Term::Plan(_) => {
            place(world, &has.plan) >= place(world, &required_plan(world, term))
        }
        Term::Paid => has.plan != account::base_plan(world),
        Term::Feature(_) | Term::Any(_) | Term::All(_) => met_by(term, &has.features),
    }
}

/// Whether a term about features is met by these.
fn met_by(term: &Term, there: &BTreeSet<String>) -> bool {
    match term {
        Term::Feature(name) => there.contains(name),
        Term::Any(names) => names.iter().any(|name| there.contains(name)),
        Term::All(names) => names.iter().all(|name| there.contains(name)),
        _ => false,
    }
}

/// D11 to D13
fn denial(world: &World, has: &Has, term: &Term) -> Answer {
    let missing: Vec<String> = features(term)
        .into_iter()
        .filter(|name| !has.features.contains(name))
        .collect();
    let (what, member): (String, (&str, Value)) = match term {
        Term::ValidLicense => ("no license is in force".to_owned(), ("", Value::Null)),
        Term::Paid => ("no paid plan is in force".to_owned(), ("", Value::Null)),
        Term::Enterprise | Term::Plan(_) => {
            let plan = required_plan(world, term);
            let what = format!("plan `{plan}` or a higher one is not in force");
            (what, ("required_plan", json!(plan)))
        }
        Term::Feature(name) => (
            format!("feature `{name}` is not in force"),
            ("feature", json!(name)),
        ),
        Term::Any(names) if names.is_empty() => (
            "no feature is named that could be in force".to_owned(),
            ("features", json!(names)),
        ),
        Term::Any(_) => (
            format!(
                "none of the features {} is in force",
                body::quoted(&missing)
            ),
            ("features", json!(missing)),
        ),
        Term::All(_) => {
            let what = match missing.as_slice() {
                [one] => format!("feature `{one}` is not in force"),
                several => format!("the features {} are not in force", body::quoted(several)),
            };
            (what, ("features", json!(missing)))
        }
    };
    // D11: of several the last to expire.
    let expired = has
        .expired
        .iter()
        .filter(|source| would_have_met(world, has, term, source));
    let expired_at = expired.map(|source| source.expires).max();
    let (code, why): (&str, (&str, Value)) = match (expired_at, license_status(has.status)) {
        (Some(at), _) => ("LICENSE_EXPIRED", ("expired_at", json!(body::time(at)))),
        (None, Some((status, _))) => ("LICENSE_REQUIRED", ("license_status", json!(status))),
        (None, None) => ("LICENSE_REQUIRED", ("", Value::Null)),
    };
    let detail = match (expired_at, license_status(has.status)) {
        (Some(at), _) => format!("{what}: the license expired at {}", body::time(at)),
        (None, Some((_, words))) => format!("{what}: {words}"),
        (None, None) => what,
    };
    let plans = candidates(world, has);
    let available: Vec<_> = plans
        .into_iter()
        .filter(|plan| would_meet(world, has, term, plan))
        .collect();
    let members: Members = vec![
        member,
        ("plan", json!(has.plan)),
        body::available(&available),
        why,
        ("upgrade_url", json!(world.product.upgrade_url)),
    ];
    body::deny(code, &detail, members)
}

/// D12
fn license_status(status: State) -> Option<(&'static str, &'static str)> {
    match status {
        State::Revoked => Some(("revoked", "the license was revoked")),
        State::WrongDeployment => {
            Some(("wrong_deployment", "the license is for another deployment"))
        }
        State::NotYetValid => Some(("not_yet_valid", "the license is not valid yet")),
        State::Invalid => Some(("invalid", "the license key is not valid")),
        _ => None,
    }
}

/// D11, and the end of R6.
fn would_have_met(world: &World, has: &Has, term: &Term, source: &Source) -> bool {
    let overridden = &has.overridden_features;
    let gave = &source.gives.features;
    match term {
        Term::ValidLicense => source.plan.is_some() || source.is_license,
        Term::Enterprise | Term::Plan(_) => {
            let plan = source.plan.as_deref().and_then(|plan| place(world, plan));
            plan >= place(world, &required_plan(world, term))
        }
        Term::Paid => {
            let plan = source.plan.as_deref();
            plan.is_some_and(|plan| is_above_base(world, plan))
        }
        Term::All(names) => {
            let missing = names.iter().filter(|name| !has.features.contains(*name));
            missing
                .into_iter()
                .all(|name| gave.contains(name) && !overridden.contains(name))
        }
        _ => met_by(term, &gave.difference(overridden).cloned().collect()),
    }
}

/// D13: with the base plan.
fn would_meet(world: &World, has: &Has, term: &Term, plan: &str) -> bool {
    match term {
        Term::ValidLicense => false,
        Term::Enterprise | Term::Plan(_) => {
            place(world, plan) >= place(world, &required_plan(world, term))
        }
        Term::Paid => is_above_base(world, plan),
        _ => {
            let mut there = world.product.plans[plan].features.clone();
            there.extend(account::base(world).features);
            // R6: of what an override takes, no plan is said to have it.
            for name in has.overridden_features.difference(&has.features) {
                there.remove(name);
            }
            met_by(term, &there)
        }
    }
}

/// D13: with a `plan_order` the plans above the one in force, low to high; without one all but that one, by name.
pub(super) fn candidates(world: &World, has: &Has) -> Vec<String> {
    let order = &world.product.plan_order;
    if order.is_empty() {
        let plans = world.product.plans.keys();
        return plans.filter(|plan| **plan != has.plan).cloned().collect();
    }
    let now = place(world, &has.plan);
    let above = order.iter().filter(|plan| place(world, plan) > now);
    above.cloned().collect()
}

/// D9
fn required_plan(world: &World, term: &Term) -> String {
    match term {
        Term::Plan(name) => name.clone(),
        _ => world.product.plan_order.last().expect("D3").clone(),
    }
}

fn features(term: &Term) -> Vec<String> {
    match term {
        Term::Feature(name) => vec![name.clone()],
        Term::Any(names) | Term::All(names) => names.clone(),
        _ => Vec::new(),
    }
}
