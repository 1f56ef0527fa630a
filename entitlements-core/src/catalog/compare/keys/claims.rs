//! Claims that are looked for elsewhere, or read otherwise.

use super::{KeyChange, KeyEffect};
use crate::catalog::{ExpiryClaim, ExpiryFormat, Grants, LicenseProfile, LimitClaims};

pub(super) fn compare(old: &LicenseProfile, next: &LicenseProfile, changes: &mut Vec<KeyChange>) {
    expires(old, next, changes);
    plan(old, next, changes);
    id(old, next, changes);
    let (old, next) = (&old.claims, &next.claims);
    for (key, what, old, next) in [
        (
            "customer",
            "the customer",
            &old.customer.claim,
            &next.customer.claim,
        ),
        ("features", "features", &old.features, &next.features),
        ("addons", "add-ons", &old.addons, &next.addons),
        (
            "grace_days",
            "days of grace",
            &old.grace_days,
            &next.grace_days,
        ),
        (
            "deployments",
            "the deployments it is bound to",
            &old.deployments,
            &next.deployments,
        ),
        (
            "instance",
            "the instance it is bound to",
            &old.instance,
            &next.instance,
        ),
        ("trial", "whether it is a trial", &old.trial, &next.trial),
    ] {
        if old != next {
            let setting = format!("license.claims.{key}");
            changes.push(unread(setting, what, old, Some(next)));
        }
    }
    limits(&old.limits, &next.limits, changes);
    for (rate, path) in &old.rates {
        let now = next.rates.get(rate);
        if now != Some(path) {
            let what = format!("the rate `{rate}`");
            changes.push(unread(
                format!("license.claims.rates.{rate}"),
                &what,
                path,
                now,
            ));
        }
    }
    unlimited(&old.unlimited, &next.unlimited, changes);
}

/// What a key says in a claim that nobody looks at any more.
fn unread(setting: String, what: &str, old: &str, next: Option<&String>) -> KeyChange {
    let message =
        format!("what keys already issued say in `{old}` ({what}) would no longer be read");
    KeyChange::new(KeyEffect::Ignored, setting, message)
        .from(Some(old))
        .to(next)
}

fn expires(old: &LicenseProfile, next: &LicenseProfile, changes: &mut Vec<KeyChange>) {
    let (old, next) = (&old.claims.expires, &next.claims.expires);
    if old == next {
        return;
    }
    let text = |expires: &ExpiryClaim| match expires.format {
        ExpiryFormat::NumericDate => expires.claim.clone(),
        ExpiryFormat::Rfc3339 => format!("{} as rfc3339", expires.claim),
    };
    let message = format!(
        "keys already issued would be refused: the expiry is read from `{}`",
        text(next)
    );
    let change = KeyChange::new(KeyEffect::Refused, "license.claims.expires", message);
    changes.push(change.from(Some(text(old))).to(Some(text(next))));
}

fn plan(old: &LicenseProfile, next: &LicenseProfile, changes: &mut Vec<KeyChange>) {
    let (claim, next_claim) = (&old.claims.plan, &next.claims.plan);
    if claim != next_claim {
        let setting = "license.claims.plan";
        let change = match next.grants() {
            // A key need not name a plan.
            Grants::Listed => unread(setting.to_owned(), "the plan", claim, Some(next_claim)),
            Grants::PlanAndListed => {
                let message = format!(
                    "keys already issued would be refused: the plan is read from `{next_claim}`"
                );
                KeyChange::new(KeyEffect::Refused, setting, message)
                    .from(Some(claim))
                    .to(Some(next_claim))
            }
        };
        changes.push(change);
    } else if (old.grants(), next.grants()) == (Grants::Listed, Grants::PlanAndListed) {
        let message = "keys already issued without a plan would be refused";
        let change = KeyChange::new(KeyEffect::Refused, "license.grants", message);
        changes.push(change.from(Some("listed")).to(Some("plan_and_listed")));
    }
}

fn id(old: &LicenseProfile, next: &LicenseProfile, changes: &mut Vec<KeyChange>) {
    let (old, next) = (&old.claims, &next.claims);
    if old.id != next.id {
        let setting = "license.claims.id";
        let change = if next.id_prefix.is_empty() {
            let message = format!(
                "keys already issued would be known by a digest, not by `{}`: revocation lists that name \
                 their ids would miss them",
                old.id
            );
            KeyChange::new(KeyEffect::Changed, setting, message)
        } else {
            let message = format!(
                "keys already issued would be refused: the id is read from `{}`",
                next.id
            );
            KeyChange::new(KeyEffect::Refused, setting, message)
        };
        changes.push(change.from(Some(&old.id)).to(Some(&next.id)));
    }
    // An id that begins with the longer prefix begins with the shorter one too.
    if !old.id_prefix.starts_with(&next.id_prefix) {
        let message = format!(
            "keys already issued would be refused: their id must begin with `{}`",
            next.id_prefix
        );
        let change = KeyChange::new(KeyEffect::Refused, "license.claims.id_prefix", message);
        let before = Some(&old.id_prefix).filter(|prefix| !prefix.is_empty());
        changes.push(change.from(before).to(Some(&next.id_prefix)));
    }
}

fn limits(old: &LimitClaims, next: &LimitClaims, changes: &mut Vec<KeyChange>) {
    match (old, next) {
        (LimitClaims::Object(old), LimitClaims::Object(next)) if old == next => {}
        (LimitClaims::Object(old), next) => {
            let next = match next {
                LimitClaims::Object(next) => Some(next.clone()),
                LimitClaims::Flat(_) => Some("a claim for each limit".to_owned()),
            };
            changes.push(unread(
                "license.claims.limits".to_owned(),
                "limits",
                old,
                next.as_ref(),
            ));
        }
        (LimitClaims::Flat(old), next) => {
            for (limit, claim) in old {
                let now = match next {
                    LimitClaims::Flat(next) => next.get(limit).cloned(),
                    LimitClaims::Object(next) => Some(format!("{next}.{limit}")),
                };
                if now.as_ref() != Some(claim) {
                    let what = format!("the limit `{limit}`");
                    changes.push(unread(
                        format!("license.claims.limits.{limit}"),
                        &what,
                        claim,
                        now.as_ref(),
                    ));
                }
            }
        }
    }
}

/// Numbers that meant any number, or come to mean it.
fn unlimited(old: &[i128], next: &[i128], changes: &mut Vec<KeyChange>) {
    let setting = "license.claims.unlimited";
    for number in old.iter().filter(|number| !next.contains(number)) {
        // Below 0 nothing else can be meant.
        let (effect, message) = if *number < 0 {
            (
                KeyEffect::Refused,
                format!("keys already issued with a limit of `{number}` would be refused"),
            )
        } else {
            let message = format!(
                "a limit of `{number}` in keys already issued would be that many, not unlimited"
            );
            (KeyEffect::Changed, message)
        };
        changes.push(KeyChange::new(effect, setting, message).from(Some(number)));
    }
    for number in next
        .iter()
        .filter(|number| **number >= 0 && !old.contains(number))
    {
        let message = format!("a limit of `{number}` in keys already issued would mean unlimited");
        changes.push(KeyChange::new(KeyEffect::Changed, setting, message).to(Some(number)));
    }
}
