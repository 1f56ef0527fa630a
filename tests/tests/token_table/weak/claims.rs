//! L5 to L11, in the words of the contract.

use entitlements_core::Timestamp;

use super::reader::{Check, Reason};
use super::steps::Reading;
use super::value::Value;

#[derive(Debug)]
pub(super) struct Claims {
    pub(super) id: Option<String>,
    pub(super) expires: i64,
    pub(super) issued: Option<i64>,
    pub(super) begins: Option<i64>,
    pub(super) grace_days: i128,
    pub(super) deployments: Vec<String>,
    /// One or none.
    pub(super) instance: Vec<String>,
}

const LATEST: i128 = 253_402_300_799;

pub(super) fn read(reading: &Reading<'_>, payload: &Value) -> Result<Claims, Reason> {
    let profile = &reading.profile;
    for claim in profile.required {
        let is_there = payload.get(claim).is_some();
        reading.demand(Check::Required, is_there, "missing_claim")?;
    }
    addressed(reading, payload)?;
    let (expires, issued, begins) = times(reading, payload)?;
    let grace_days = grace_days(reading, payload)?;
    let id = id(reading, payload)?;
    text(reading, payload, profile.customer)?;
    plan(reading, payload)?;
    features(reading, payload)?;
    limits(reading, payload)?;
    rate(reading, payload)?;
    addons(reading, payload)?;
    let deployments = match payload.get("deployment_ids") {
        None | Some(Value::Null) => Vec::new(),
        Some(value) => names(reading, Check::Deployments, value)?,
    };
    let instance = text(reading, payload, profile.instance)?;
    if let Some(instance) = &instance {
        name(reading, instance)?;
    }
    let is_trial = matches!(payload.get("trial"), None | Some(Value::Bool(_)));
    reading.demand(Check::Trial, is_trial, "mistyped_claim")?;
    Ok(Claims {
        id,
        expires,
        issued,
        begins,
        grace_days,
        deployments,
        instance: instance.into_iter().collect(),
    })
}

fn addressed(reading: &Reading<'_>, payload: &Value) -> Result<(), Reason> {
    if let Some(issuer) = reading.profile.issuer {
        let is_from = payload.get("iss").and_then(Value::text) == Some(issuer);
        reading.demand(Check::Issuer, is_from, "issuer")?;
    }
    let Some(audience) = reading.profile.audience else {
        return Ok(());
    };
    let aud = payload.get("aud");
    if let Some(Value::List(list)) = aud {
        let strings = list.iter().all(|item| item.text().is_some());
        reading.demand(Check::AudienceList, strings, "audience")?;
    }
    let is_for = match aud {
        Some(Value::Text(aud)) => aud == audience,
        Some(Value::List(list)) => list.iter().any(|item| item.text() == Some(audience)),
        _ => false,
    };
    reading.demand(Check::Audience, is_for, "audience")
}

type Times = (i64, Option<i64>, Option<i64>);

fn times(reading: &Reading<'_>, payload: &Value) -> Result<Times, Reason> {
    let claim = reading.profile.rfc_3339.unwrap_or("exp");
    let far = i64::try_from(LATEST).unwrap();
    let expires = match payload.get(claim) {
        None => {
            reading.demand(Check::Expiry, false, "missing_claim")?;
            far
        }
        Some(value) if reading.profile.rfc_3339.is_some() => rfc_3339(reading, value)?,
        Some(value) => seconds(reading, value)?,
    };
    let optional = |claim| {
        let value = payload.get(claim);
        value.map(|value| seconds(reading, value)).transpose()
    };
    let (issued, begins) = (optional("iat")?, optional("nbf")?);
    for (check, time) in [
        (Check::IssuedAfterExpiry, issued),
        (Check::BeginsAfterExpiry, begins),
    ] {
        let before = time.is_none_or(|time| time <= expires);
        reading.demand(check, before, "expiry_too_early")?;
    }
    Ok((expires, issued, begins))
}

fn seconds(reading: &Reading<'_>, value: &Value) -> Result<i64, Reason> {
    match value {
        Value::Integer(seconds) => {
            let is_in_range = (0..=LATEST).contains(seconds);
            reading.demand(Check::TimeRange, is_in_range, "time")?;
            Ok(i64::try_from(*seconds).unwrap_or(i64::MAX / 4))
        }
        Value::Huge => Err("time"),
        _ => {
            reading.demand(Check::TimeType, false, "mistyped_claim")?;
            Ok(i64::try_from(LATEST).unwrap())
        }
    }
}

/// A capital `T`, `Z` or an offset in hours and minutes, from 1970 to 9999.
fn rfc_3339(reading: &Reading<'_>, value: &Value) -> Result<i64, Reason> {
    let text = value.text().ok_or("mistyped_claim")?;
    let time: Option<Timestamp> = text.parse().ok();
    let is_form = time.is_some_and(|time| time >= Timestamp::UNIX_EPOCH);
    reading.demand(Check::Rfc3339, is_form, "time")?;
    let text = text.to_ascii_uppercase().replace(' ', "T");
    let time = time.or_else(|| text.parse().ok());
    // Rounded up: a fraction of the last second is still before its end.
    Ok(time.map_or(0, |time| {
        (time.unix_micros() + 999_999).div_euclid(1_000_000)
    }))
}

fn grace_days(reading: &Reading<'_>, payload: &Value) -> Result<i128, Reason> {
    match payload.get("grace_days") {
        None => Ok(reading.profile.grace_days),
        Some(Value::Integer(days)) => {
            let is_in_range = (0..=3650).contains(days);
            reading.demand(Check::GraceDays, is_in_range, "grace_days")?;
            Ok(*days)
        }
        Some(Value::Number | Value::Huge) => Err("grace_days"),
        Some(_) => Err("mistyped_claim"),
    }
}

fn text(reading: &Reading<'_>, payload: &Value, claim: &str) -> Result<Option<String>, Reason> {
    match payload.get(claim) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(_) => reading
            .demand(Check::Text, false, "mistyped_claim")
            .map(|()| None),
    }
}

fn id(reading: &Reading<'_>, payload: &Value) -> Result<Option<String>, Reason> {
    let profile = &reading.profile;
    let Some(id) = text(reading, payload, profile.id)? else {
        let may_lack = profile.id_prefix.is_empty();
        reading.demand(Check::IdRequired, may_lack, "missing_claim")?;
        return Ok(None);
    };
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.:".contains(letter);
    let is_id = !id.is_empty() && id.len() <= 128 && id.chars().all(allowed);
    reading.demand(Check::IdForm, is_id, "id")?;
    let has_prefix = id.starts_with(profile.id_prefix);
    reading.demand(Check::IdPrefix, has_prefix, "id_prefix")?;
    Ok(Some(id))
}

fn name(reading: &Reading<'_>, name: &str) -> Result<(), Reason> {
    // Of Cc, Cf, Zl and Zp what an attacker would take; the library has them all.
    let invisible = |letter: char| {
        letter.is_control()
            || matches!(letter,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
    };
    reading.demand(Check::NameEmpty, !name.is_empty(), "name")?;
    reading.demand(Check::NameCharacters, !name.chars().any(invisible), "name")
}

fn names(reading: &Reading<'_>, check: Check, value: &Value) -> Result<Vec<String>, Reason> {
    let Value::List(items) = value else {
        return reading
            .demand(check, false, "mistyped_claim")
            .map(|()| Vec::new());
    };
    let mut names = Vec::new();
    for item in items {
        match item {
            Value::Text(text) => {
                name(reading, text)?;
                names.push(text.clone());
            }
            _ => reading.demand(check, false, "mistyped_claim")?,
        }
    }
    Ok(names)
}

fn plan(reading: &Reading<'_>, payload: &Value) -> Result<(), Reason> {
    let profile = &reading.profile;
    let Some(plan) = text(reading, payload, profile.plan)? else {
        let may_lack = !profile.needs_plan || payload.get(profile.plan).is_some();
        return reading.demand(Check::PlanRequired, may_lack, "missing_claim");
    };
    name(reading, &plan)?;
    let folded = if reading.checks(Check::PlanCase) {
        plan
    } else {
        plan.to_ascii_lowercase()
    };
    let is_mapped = |(word, _): &&(&str, &str)| *word == folded;
    let mapped = profile.plan_values.iter().find(is_mapped);
    let code = mapped.map_or(folded.as_str(), |(_, code)| code);
    let is_known = profile.plans.is_none_or(|plans| plans.contains(&code));
    reading.demand(Check::PlanKnown, is_known, "unknown_plan")
}

fn features(reading: &Reading<'_>, payload: &Value) -> Result<(), Reason> {
    let check = Check::FeatureTypes;
    match payload.get("features") {
        None => Ok(()),
        Some(list @ Value::List(_)) => names(reading, check, list).map(|_| ()),
        Some(Value::Map(members)) => members.iter().try_for_each(|(feature, on)| {
            reading.demand(check, matches!(on, Value::Bool(_)), "mistyped_claim")?;
            name(reading, feature)
        }),
        Some(_) => reading.demand(check, false, "mistyped_claim"),
    }
}

fn limits(reading: &Reading<'_>, payload: &Value) -> Result<(), Reason> {
    let flat = reading.profile.flat_limits;
    if !flat.is_empty() {
        return flat
            .iter()
            .filter_map(|claim| payload.get(claim))
            .try_for_each(|value| limit(reading, value));
    }
    let rate = reading.profile.rate.unwrap_or_default();
    match payload.get("limits") {
        None => Ok(()),
        Some(Value::Map(members)) => members
            .iter()
            .filter(|(member, _)| rate != ["limits", member])
            .try_for_each(|(member, value)| {
                name(reading, member)?;
                limit(reading, value)
            }),
        Some(_) => reading.demand(Check::LimitsObject, false, "mistyped_claim"),
    }
}

fn limit(reading: &Reading<'_>, value: &Value) -> Result<(), Reason> {
    match value {
        Value::Null => reading.demand(Check::Unlimited, true, "limit_value"),
        Value::Integer(number) if reading.profile.unlimited.contains(number) => {
            if reading.checks(Check::Unlimited) {
                Ok(())
            } else {
                Err("limit_value")
            }
        }
        Value::Integer(number) => {
            let is_in_range = u64::try_from(*number).is_ok();
            reading.demand(Check::LimitRange, is_in_range, "limit_value")
        }
        _ => reading.demand(Check::LimitIntegers, false, "limit_value"),
    }
}

fn rate(reading: &Reading<'_>, payload: &Value) -> Result<(), Reason> {
    let Some(path) = reading.profile.rate else {
        return Ok(());
    };
    let mut value = payload;
    for step in path {
        let is_object = matches!(value, Value::Map(_));
        reading.demand(Check::RatePath, is_object, "mistyped_claim")?;
        match value.get(step) {
            Some(next) => value = next,
            None => return Ok(()),
        }
    }
    limit(reading, value)
}

fn addons(reading: &Reading<'_>, payload: &Value) -> Result<(), Reason> {
    let Some(value) = payload.get("addons") else {
        return Ok(());
    };
    let addons = names(reading, Check::AddonList, value)?;
    let known = |addon: &String| reading.profile.addons.contains(&addon.as_str());
    let are_known = reading.profile.plans.is_none() || addons.iter().all(known);
    reading.demand(Check::AddonKnown, are_known, "unknown_addon")
}
