//! `LicenseVerifier`, as whoever embeds it calls it.

use std::collections::BTreeMap;

use entitlements_core::license::{
    Deployment, LicenseVerifier, Revocations, TrustedKey, compact_key,
};
use entitlements_core::{License, Limit};
use entitlements_tests::token_table::expand::Terms;
use entitlements_tests::token_table::model::Trust;
use entitlements_tests::token_table::{Case, Verdict, catalog, keys};
use serde_json::{Map, Value, json};

pub(crate) fn verdict(case: &Case, token: &str) -> Result<Verdict, String> {
    let mut verifier = LicenseVerifier::new(trusted(case)).unwrap();
    if let Some(name) = &case.catalog {
        verifier = verifier.with_catalog(catalog(name));
    }
    let mut revocations = Revocations::new();
    for (list, refused) in case.lists() {
        let read = verifier.verify_revocations(&list, case.now);
        let reason = read.as_ref().err().map(|error| error.reason());
        if reason != refused {
            return Err(format!(
                "the list is refused as {reason:?}, not {refused:?}"
            ));
        }
        if let Ok(list) = read {
            revocations.add(list);
        }
    }
    let given = if case.row.compacted {
        compact_key(token.as_bytes())
    } else {
        Ok(token.to_owned())
    };
    let license = match given.and_then(|given| verifier.verify(&given, case.now)) {
        Ok(license) => license,
        Err(error) => {
            return Ok(Verdict::refused(error.reason()).writing(error.to_string()));
        }
    };
    let mut here = Deployment::unchecked();
    if let Some(id) = &case.row.deployment {
        here = here.with_id(id);
    }
    if case.row.instance.is_some() {
        here = here.with_instance(keys::FINGERPRINT.as_str());
    }
    let status = license.status(case.now, &here, &revocations);
    Ok(Verdict::status(status.as_str(), shows(&license)))
}

/// The keys that the row trusts.
pub(crate) fn trusted(case: &Case) -> Vec<TrustedKey> {
    let name = |kid: &str| {
        let terms = Terms {
            now: case.now,
            token: None,
        };
        terms.text(kid)
    };
    let key = |trust: &Trust| {
        let mut key = keys::trusted(&trust.key, trust.form.as_deref());
        if let Some(kid) = &trust.kid {
            key = key.with_kid(name(kid)).unwrap();
        }
        if let Some(from) = trust.from {
            key = key.valid_from(from.0);
        }
        if let Some(until) = trust.until {
            key = key.valid_until(until.0);
        }
        key
    };
    case.trust().iter().map(key).collect()
}

/// As the command line shows it.
fn shows(license: &License) -> Map<String, Value> {
    let numbers = |limits: &[(String, Limit)]| {
        let by_name = |(name, limit): &(String, Limit)| (name.clone(), limit.at_most());
        limits.iter().map(by_name).collect::<BTreeMap<_, _>>()
    };
    let features: BTreeMap<_, _> = license.features().iter().cloned().collect();
    let shows = json!({
        "id": license.id(),
        "customer": license.customer(),
        "plan": license.plan(),
        "features": features,
        "limits": numbers(license.limits()),
        "rates": numbers(license.rates()),
        "addons": license.addons(),
        "deployments": license.deployments(),
        "instance": license.instance(),
        "trial": license.is_trial(),
    });
    shows.as_object().unwrap().clone()
}
