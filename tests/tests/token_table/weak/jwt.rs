//! A license check as it is often written around `jsonwebtoken`.

use entitlements_core::Timestamp;
use entitlements_tests::token_table::model::Trust;
use entitlements_tests::token_table::{Case, keys};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

/// Whether the license would be in force.
pub(super) fn takes(case: &Case, token: &str) -> bool {
    let Ok(header) = decode_header(token) else {
        return false;
    };
    // The header says how: a public key is whatever the algorithm needs.
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let trust = case.trust();
    let named = |trust: &&Trust| {
        let kid = trust.kid.as_deref();
        let known = kid.unwrap_or_else(|| keys::kid(&trust.key));
        header.kid.as_deref().is_none_or(|kid| kid == known)
    };
    let claims = trust.iter().filter(named).find_map(|trust| {
        let key = key(&keys::pem(&trust.key), header.alg)?;
        decode::<Value>(token, &key, &validation).ok()
    });
    claims.is_some_and(|data| is_in_force(case, &data.claims))
}

fn key(pem: &str, algorithm: Algorithm) -> Option<DecodingKey> {
    match algorithm.family() {
        AlgorithmFamily::Hmac => Some(DecodingKey::from_secret(pem.as_bytes())),
        AlgorithmFamily::Rsa => DecodingKey::from_rsa_pem(pem.as_bytes()).ok(),
        AlgorithmFamily::Ec => DecodingKey::from_ec_pem(pem.as_bytes()).ok(),
        AlgorithmFamily::Ed => DecodingKey::from_ed_pem(pem.as_bytes()).ok(),
    }
}

/// A minute of leeway for the expiry, and a plan of whatever name.
fn is_in_force(case: &Case, claims: &Value) -> bool {
    let now = case.now.unix_seconds() as f64;
    let seconds = |claim: &Value| match claim {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let time: Option<Timestamp> = text.parse().ok();
            time.map(|time| time.unix_seconds() as f64)
                .or_else(|| text.parse().ok())
        }
        _ => None,
    };
    let expires = ["exp", "expires"]
        .into_iter()
        .find_map(|name| seconds(&claims[name]));
    let plan = ["tier", "edition"]
        .into_iter()
        .any(|name| claims[name].is_string());
    let days = claims["grace_days"].as_f64().unwrap_or(14.0);
    plan && expires.is_some_and(|expires| now < expires + 60.0 + days * 86_400.0)
}
