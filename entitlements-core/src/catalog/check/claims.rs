use std::collections::BTreeMap;

use super::AllNames;
use super::fields::{Field, Fields};
use super::report::{Report, quoted};
use crate::catalog::document::{Spot, Value};
use crate::catalog::{ClaimNames, CustomerClaim, ExpiryClaim, ExpiryFormat, LimitClaims};
use crate::strict::text::name_fault;

const CLAIMS: [&str; 15] = [
    "id",
    "id_prefix",
    "customer",
    "plan",
    "plan_values",
    "features",
    "limits",
    "rates",
    "addons",
    "expires",
    "grace_days",
    "deployments",
    "instance",
    "trial",
    "unlimited",
];

/// Claims with a meaning of their own (RFC 7519), which are checked and never mapped.
const STANDARD: [&str; 4] = ["iss", "aud", "nbf", "iat"];

/// What is left of an id's 128 bytes beside the UUID that `issue` puts behind the prefix.
const MOST_PREFIX_BYTES: usize = 92;

/// C21 and C22: the table `[license.claims]`.
pub(super) fn read(field: &Field<'_>, names: &AllNames<'_>, report: &mut Report<'_>) -> ClaimNames {
    let mut claims = ClaimNames::default();
    let subject = "`[license.claims]`".to_owned();
    let Some(fields) = Fields::of(&field.node.spot, field.node, subject, &CLAIMS, report) else {
        return claims;
    };
    for (key, claim) in [
        ("id", &mut claims.id),
        ("plan", &mut claims.plan),
        ("features", &mut claims.features),
        ("addons", &mut claims.addons),
        ("grace_days", &mut claims.grace_days),
        ("deployments", &mut claims.deployments),
        ("instance", &mut claims.instance),
        ("trial", &mut claims.trial),
    ] {
        if let Some(name) = fields.get(key).and_then(|field| field.name(report)) {
            name.clone_into(claim);
        }
    }
    if let Some(prefix) = fields
        .get("id_prefix")
        .and_then(|prefix| id_prefix(&prefix, report))
    {
        claims.id_prefix = prefix;
    }
    if let Some(customer) = fields
        .get("customer")
        .and_then(|customer| customer_claim(&customer, report))
    {
        claims.customer = customer;
    }
    if let Some(expires) = fields
        .get("expires")
        .and_then(|expires| expiry_claim(&expires, report))
    {
        claims.expires = expires;
    }
    if let Some(limits) = fields
        .get("limits")
        .and_then(|limits| limit_claims(&limits, names, report))
    {
        claims.limits = limits;
    }
    if let Some(values) = fields.get("plan_values") {
        claims.plan_values = plan_values(&values, names, report);
    }
    if let Some(rates) = fields.get("rates") {
        claims.rates = rate_claims(&rates, names, report);
    }
    if let Some(numbers) = fields.get("unlimited") {
        claims.unlimited = unlimited(&numbers, report);
    }
    check_distinct(&claims, &fields, report);
    claims
}

fn id_prefix(field: &Field<'_>, report: &mut Report<'_>) -> Option<String> {
    let prefix = field.string(report)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if prefix.len() <= MOST_PREFIX_BYTES && prefix.bytes().all(allowed) {
        return Some(prefix.to_owned());
    }
    let message = format!(
        "{}: {} is not at most {MOST_PREFIX_BYTES} of ascii letters, digits and `-_.:`",
        field.what,
        quoted(prefix)
    );
    report.add(&field.node.spot, message);
    None
}

fn customer_claim(field: &Field<'_>, report: &mut Report<'_>) -> Option<CustomerClaim> {
    let (claim, hash) = claim_or_table(field, "hash", report)?;
    let hashed = match hash {
        None => false,
        Some(hash) => hash.word(&[("sha256", true)], report)?,
    };
    Some(CustomerClaim {
        claim: claim.to_owned(),
        hashed,
    })
}

fn expiry_claim(field: &Field<'_>, report: &mut Report<'_>) -> Option<ExpiryClaim> {
    let (claim, format) = claim_or_table(field, "format", report)?;
    let format = match format {
        None => ExpiryFormat::NumericDate,
        Some(format) => format.word(&[("rfc3339", ExpiryFormat::Rfc3339)], report)?,
    };
    Some(ExpiryClaim {
        claim: claim.to_owned(),
        format,
    })
}

/// A claim's name, or a table of `claim` and how it is written.
fn claim_or_table<'d>(
    field: &Field<'d>,
    how: &str,
    report: &mut Report<'_>,
) -> Option<(&'d str, Option<Field<'d>>)> {
    match &field.node.value {
        Value::String(_) => Some((field.name(report)?, None)),
        Value::Table(_) => {
            let known = ["claim", how];
            let fields = Fields::of(
                &field.node.spot,
                field.node,
                field.what.clone(),
                &known,
                report,
            )?;
            let claim = fields.need("claim", report)?.name(report)?;
            Some((claim, fields.get(how)))
        }
        _ => field.wrong(
            &format!("the name of a claim, or a table of `claim` and `{how}`"),
            report,
        ),
    }
}

fn limit_claims(
    field: &Field<'_>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) -> Option<LimitClaims> {
    match &field.node.value {
        Value::String(_) => field
            .name(report)
            .map(|claim| LimitClaims::Object(claim.to_owned())),
        Value::Table(_) => {
            let mut claims = BTreeMap::new();
            for (entry, claim) in field.entries(report) {
                let known = names
                    .limits
                    .look_up(&entry.key, &field.what, &entry.spot, report);
                if let Some(claim) = claim.name(report).filter(|_| known.is_some()) {
                    claims.insert(entry.key.clone(), claim.to_owned());
                }
            }
            Some(LimitClaims::Flat(claims))
        }
        _ => field.wrong(
            "the name of a claim, or a table of limits and claims",
            report,
        ),
    }
}

fn plan_values(
    field: &Field<'_>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (entry, plan) in field.entries(report) {
        if names.plans.of(&plan, &field.what, report).is_none() {
            continue;
        }
        let Some(name) = plan.string(report) else {
            continue;
        };
        // The catalog's own names stay valid, so one of them cannot mean another plan.
        if names.plans.find(&entry.key).is_some() && entry.key != name {
            let message = format!(
                "{} is a plan itself and cannot mean {}",
                plan.what,
                quoted(name)
            );
            report.add(&entry.spot, message);
        }
        values.insert(entry.key.clone(), name.to_owned());
    }
    values
}

fn rate_claims(
    field: &Field<'_>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    for (entry, path) in field.entries(report) {
        let known = names
            .rates
            .look_up(&entry.key, &field.what, &entry.spot, report);
        let Some(text) = path.string(report) else {
            continue;
        };
        if let Some(fault) = text.split('.').find_map(name_fault) {
            let message = format!(
                "{}: {} is not a path such as `limits.api_rate`: {fault}",
                path.what,
                quoted(text)
            );
            report.add(&path.node.spot, message);
        } else if known.is_some() {
            paths.insert(entry.key.clone(), text.to_owned());
        }
    }
    paths
}

fn unlimited(field: &Field<'_>, report: &mut Report<'_>) -> Vec<i128> {
    let mut numbers = Vec::new();
    for item in field.items(report) {
        let Value::Integer(number) = item.node.value else {
            item.refuse("a list of integers", report);
            continue;
        };
        if numbers.contains(&number) {
            report.add(
                &item.node.spot,
                format!("{} lists `{number}` twice", field.what),
            );
        }
        numbers.push(number);
    }
    numbers
}

/// C22: each claim says one thing, and the standard ones what they always say.
fn check_distinct(claims: &ClaimNames, fields: &Fields<'_>, report: &mut Report<'_>) {
    let mut mapped: Vec<(String, &str, &str)> = [
        ("id", &claims.id),
        ("customer", &claims.customer.claim),
        ("plan", &claims.plan),
        ("features", &claims.features),
        ("addons", &claims.addons),
        ("expires", &claims.expires.claim),
        ("grace_days", &claims.grace_days),
        ("deployments", &claims.deployments),
        ("instance", &claims.instance),
        ("trial", &claims.trial),
    ]
    .into_iter()
    .map(|(key, claim)| (format!("`{key}`"), key, claim.as_str()))
    .collect();
    match &claims.limits {
        LimitClaims::Object(claim) => mapped.push(("`limits`".into(), "limits", claim)),
        LimitClaims::Flat(flat) => {
            let named = |limit: &String| format!("limit {}", quoted(limit));
            mapped.extend(
                flat.iter()
                    .map(|(limit, claim)| (named(limit), "limits", claim.as_str())),
            );
        }
    }
    mapped.extend(
        claims
            .rates
            .iter()
            .map(|(rate, path)| (format!("rate {}", quoted(rate)), "rates", path.as_str())),
    );
    // What the catalog says comes after the defaults, so that the place of a clash is a line of the catalog.
    mapped.sort_by_key(|(_, key, _)| fields.key(key).is_some());
    let mut owners = BTreeMap::new();
    for (what, key, claim) in mapped {
        let spot: &Spot = fields
            .get(key)
            .map_or(fields.spot, |field| &field.node.spot);
        if STANDARD.contains(&claim.split('.').next().unwrap_or_default()) {
            let message = format!(
                "{what} cannot be read from {}, which has a meaning of its own",
                quoted(claim)
            );
            report.add(spot, fields.about(&message));
        }
        if let Some(other) = owners.insert(claim, what.clone()) {
            let message = format!(
                "{other} and {what} cannot both be read from {}",
                quoted(claim)
            );
            report.add(spot, fields.about(&message));
        }
    }
}
