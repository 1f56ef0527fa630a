//! A change as a line that says what it is to whom it is about.

use entitlements_core::catalog::{Change, ChangeKind, Subject};

/// Whom the lines below it are about.
pub(super) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Plan(plan) => format!("plan `{plan}`"),
        Subject::Addon(addon) => format!("add-on `{addon}`"),
        Subject::Unlicensed => "those who hold nothing".to_owned(),
        Subject::UnlicensedSelfHosted => {
            "those who hold nothing and run the product themselves".to_owned()
        }
        _ => "everybody".to_owned(),
    }
}

pub(super) fn sentence(change: &Change) -> String {
    let name = change.name();
    let (before, after) = (change.before(), change.after());
    match change.kind() {
        ChangeKind::Plan => come_or_gone("the plan", before, after),
        ChangeKind::Addon => come_or_gone("the add-on", before, after),
        ChangeKind::Feature => match (before, after) {
            (None, Some("included" | "in the catalog")) | (Some(_), None) => {
                format!("feature `{name}`")
            }
            _ => format!("feature `{name}`: {}", turn(before, after, "none")),
        },
        ChangeKind::Requires => match after {
            None => format!("can no longer be added to plan `{name}`"),
            Some(_) => format!("can be added to plan `{name}`"),
        },
        ChangeKind::PlanOrder => match after {
            Some("below") => format!("no longer passes gates that ask for at least `{name}`"),
            _ => format!("passes gates that ask for at least `{name}`"),
        },
        ChangeKind::HighestPlan if after == Some(name) => "is the highest plan".to_owned(),
        ChangeKind::HighestPlan => match after {
            Some(other) => format!("is no longer the highest plan, which is `{other}`"),
            None => "is no longer the highest plan".to_owned(),
        },
        ChangeKind::Paid => match after {
            Some("paid") => "counts as paid".to_owned(),
            _ => "no longer counts as paid: it is the default plan".to_owned(),
        },
        ChangeKind::Limit => format!("limit `{name}`: {}", turn(before, after, "not limited")),
        ChangeKind::LimitKind => format!("limit `{name}`: {}", turn(before, after, "none")),
        ChangeKind::Rate => format!("rate `{name}`: {}", turn(before, after, "not limited")),
        ChangeKind::Retention => format!("retention `{name}`: {}", turn(before, after, "none")),
        ChangeKind::TrialDays => format!("trial: {}", turn(before, after, "none")),
        ChangeKind::PastDueGraceDays => {
            format!("kept while past due: {}", turn(before, after, "none"))
        }
        ChangeKind::Price => format!("price: {}", turn(before, after, "none")),
        ChangeKind::StripePrice => {
            format!("Stripe price `{name}`: {}", turn(before, after, "nothing"))
        }
        ChangeKind::DefaultPlan => format!("their plan: {}", turn(before, after, "none")),
        ChangeKind::Setting => format!("`{name}`: {}", turn(before, after, "none")),
        ChangeKind::Title => format!("name of `{name}`: {}", turn(before, after, "none")),
        ChangeKind::Description => {
            format!("description of `{name}`: {}", turn(before, after, "none"))
        }
        kind => format!(
            "{} `{name}`: {}",
            kind.as_str(),
            turn(before, after, "none")
        ),
    }
}

fn turn(before: Option<&str>, after: Option<&str>, none: &str) -> String {
    format!("{} → {}", before.unwrap_or(none), after.unwrap_or(none))
}

fn come_or_gone(what: &str, before: Option<&str>, after: Option<&str>) -> String {
    match (before, after) {
        (None, _) => format!("{what} is new"),
        (_, None) => format!("{what} is gone"),
        (_, Some(instead)) => format!("{what} is gone; {instead}"),
    }
}
