//! Room under limits (U2, U4, U10).

use serde_json::{Value, json};

use super::body::{self, Answer};
use super::catalog::Term;
use super::decision::candidates;
use super::{Asked, Has, Number, World, account};

/// D3 for limits.
pub(super) fn mistake(world: &World, asked: &Asked) -> Option<Answer> {
    let mut names = asked.limits.iter().map(|(name, _)| name);
    let unknown = names.find(|name| !world.product.limits.contains(*name))?;
    Some(body::deny(
        "UNKNOWN_LIMIT",
        &format!("this route asks for limit `{unknown}`, which the catalog cannot answer for"),
        vec![("limit", json!(unknown))],
    ))
}

/// U4: all of them fit, or the first that does not, in the order of writing, is the denial.
pub(super) fn answer(world: &World, has: &Has, asked: &Asked) -> Answer {
    for (name, amount) in &asked.limits {
        let used = world.used.get(name).copied().unwrap_or(0);
        let needed = u128::from(used) + u128::from(*amount);
        if let Number::AtMost(allowed) = has.limits[name]
            && !has.limits[name].has_room_for(needed)
        {
            return denial(world, has, name, (allowed, used, needed));
        }
    }
    Answer::Allow
}

/// U10
fn denial(
    world: &World,
    has: &Has,
    limit: &str,
    (allowed, used, needed): (u64, u64, u128),
) -> Answer {
    let is_overridden = has.overridden_limits.contains(limit);
    let allowed_enough = has.expired.iter().filter(|source| {
        let number = source.gives.limits.get(limit);
        !is_overridden && number.is_some_and(|number| number.has_room_for(needed))
    });
    let expired_at = allowed_enough.map(|source| source.expires).max();
    let would_have_room = |plan: &String| {
        let base = account::base(world).limits[limit];
        match world.product.plans[plan].limits[limit] {
            Term::Fixed(number) => number.max(base).has_room_for(needed),
            Term::Licensed { .. } | Term::Quantity { .. } => true,
        }
    };
    let plans = candidates(world, has).into_iter();
    let available: Vec<_> = plans
        .filter(|plan| !is_overridden && would_have_room(plan))
        .collect();
    let expired_at = expired_at.map_or(Value::Null, |at| json!(body::time(at)));
    body::deny(
        "LIMIT_EXCEEDED",
        &format!("limit `{limit}` reached: {used} of {allowed} in use"),
        vec![
            ("limit", json!(limit)),
            ("allowed", json!(allowed)),
            ("used", json!(used)),
            ("plan", json!(has.plan)),
            body::available(&available),
            ("expired_at", expired_at),
            ("upgrade_url", json!(world.product.upgrade_url)),
        ],
    )
}
