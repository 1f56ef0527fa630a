//! What the log says about what holds: at the start, and whenever it changes.

use crate::resolve::{EntitlementSet, Notice};

/// At the start: which plan and features, until when, from which source.
pub(super) fn start(set: &EntitlementSet) {
    tracing::info!(
        plan = set.plan_in_force().name(),
        status = %set.status(),
        features = %features(set),
        until = %until(set),
        source = %sources(set),
        "entitlements in force"
    );
    notices(&new_in(set.warnings(), &[]), &new_in(set.errors(), &[]));
}

/// When the set changes: what is different.
pub(super) fn changes(before: &EntitlementSet, after: &EntitlementSet) {
    let same_plan = before.plan_in_force_id() == after.plan_in_force_id();
    if !same_plan || before.status() != after.status() || features(before) != features(after) {
        tracing::info!(
            plan = after.plan_in_force().name(),
            status = %after.status(),
            before = %before.status(),
            features = %features(after),
            until = %until(after),
            source = %sources(after),
            "entitlements changed"
        );
    }
    // What is wrong is told also where it changes nothing: a file that holds no key any more, a list that cannot be kept.
    notices(
        &new_in(after.warnings(), before.warnings()),
        &new_in(after.errors(), before.errors()),
    );
}

/// What was not said before: a change says what changed, not again what did not.
fn new_in<'a>(after: &'a [Notice], before: &[Notice]) -> Vec<&'a Notice> {
    after
        .iter()
        .filter(|notice| !before.contains(notice))
        .collect()
}

fn notices(warnings: &[&Notice], errors: &[&Notice]) {
    for notice in warnings {
        tracing::warn!(
            code = notice.code(),
            action = notice.action(),
            "{}",
            notice.message()
        );
    }
    for notice in errors {
        tracing::error!(
            code = notice.code(),
            action = notice.action(),
            "{}",
            notice.message()
        );
    }
}

fn features(set: &EntitlementSet) -> String {
    let on = set.catalog().features().filter(|(id, _)| set.has_id(*id));
    let names: Vec<_> = on.map(|(_, feature)| feature.name()).collect();
    if names.is_empty() {
        "none".into()
    } else {
        names.join(", ")
    }
}

fn until(set: &EntitlementSet) -> String {
    match (
        !set.is_out_of_force(),
        set.grace_ends_at(),
        set.expires_at(),
    ) {
        (true, Some(grace_ends), Some(expires)) => format!("{expires} (grace until {grace_ends})"),
        _ => "no end".into(),
    }
}

fn sources(set: &EntitlementSet) -> String {
    let in_force = set.licenses().iter().filter(|entry| entry.is_in_force);
    let named: Vec<_> = in_force
        .filter_map(|entry| {
            Some(format!(
                "license `{}` from {}",
                entry.id.as_deref()?,
                entry.source
            ))
        })
        .collect();
    if named.is_empty() {
        "the catalog's base plan".into()
    } else {
        named.join(", ")
    }
}
