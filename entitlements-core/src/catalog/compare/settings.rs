//! Lines of `[license]` that change what a key gives, and for how long. Those that keep a key from being read are in
//! `keys`.

use super::change::{Change, ChangeKind, Findings, Subject, Verdict};
use super::plan::days;
use crate::catalog::{Catalog, Grants};

pub(super) fn compare(before: &Catalog, after: &Catalog, findings: &mut Findings) {
    let (old, next) = (before.license(), after.license());
    for (name, pair) in [
        ("license.grace_days", (old.grace_days(), next.grace_days())),
        (
            "license.binding_grace_days",
            (old.binding_grace_days(), next.binding_grace_days()),
        ),
    ] {
        days(
            &Subject::Everyone,
            ChangeKind::Setting,
            name,
            pair,
            findings,
        );
    }
    let mut add = |verdict, name: &str, old: Option<String>, next: Option<String>| {
        let change = Change::new(&Subject::Everyone, ChangeKind::Setting, name);
        findings.add_if_told(verdict, change.from(old).to(next));
    };
    let seconds = |seconds: u32| Some(format!("{seconds} s"));
    let leeway = (old.leeway_seconds(), next.leeway_seconds());
    add(
        Verdict::Neither,
        "license.leeway_seconds",
        seconds(leeway.0),
        seconds(leeway.1),
    );
    let verdict = match (old.grants(), next.grants()) {
        (Grants::PlanAndListed, Grants::Listed) => Verdict::Loss,
        (Grants::Listed, Grants::PlanAndListed) => Verdict::Gain,
        _ => Verdict::Neither,
    };
    let grants = |grants: Grants| {
        Some(match grants {
            Grants::PlanAndListed => "a key gives its plan and what it lists".to_owned(),
            Grants::Listed => "a key gives what it lists alone".to_owned(),
        })
    };
    add(
        verdict,
        "license.grants",
        grants(old.grants()),
        grants(next.grants()),
    );
    // Asking for less refuses nobody; asking for more is told of the keys.
    let text = |text: Option<&str>| text.map(str::to_owned);
    if next.issuer().is_none() {
        add(Verdict::Neither, "license.issuer", text(old.issuer()), None);
    }
    if next.audience().is_none() {
        add(
            Verdict::Neither,
            "license.audience",
            text(old.audience()),
            None,
        );
    }
    for claim in old
        .required()
        .iter()
        .filter(|claim| !next.required().contains(claim))
    {
        add(
            Verdict::Neither,
            "license.required",
            Some(claim.clone()),
            None,
        );
    }
}
