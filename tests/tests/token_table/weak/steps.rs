//! The second verifier: the rules of `spec/license.md` one after the other, without the one that it lacks.

use std::collections::BTreeMap;

use entitlements_core::license::TrustedKey;
use entitlements_core::strict::base64url;
use entitlements_tests::encoding::{from_hex, sha256};
use entitlements_tests::token_table::{Case, Expected, keys};

use super::super::library::trusted;
use super::claims::{self, Claims};
use super::profile::{self, Profile};
use super::reader::{Check, Reason};
use super::value::{Value, object};

/// One reading of one token.
pub(super) struct Reading<'a> {
    pub(super) case: &'a Case,
    pub(super) profile: Profile,
    pub(super) without: Option<Check>,
}

pub(super) fn verdict(case: &Case, token: &str, without: Option<Check>) -> Expected {
    let reading = Reading {
        case,
        profile: profile::of(case.catalog.as_deref()),
        without,
    };
    match reading.status(token) {
        Ok(status) => Expected::Status(status.to_owned()),
        Err(reason) => Expected::Refused {
            reason: reason.to_owned(),
        },
    }
}

impl Reading<'_> {
    /// Whether this is looked at.
    pub(super) fn checks(&self, check: Check) -> bool {
        self.without != Some(check)
    }

    /// Refuses for `reason` where something is wrong, and that is looked at.
    pub(super) fn demand(&self, check: Check, fine: bool, reason: Reason) -> Result<(), Reason> {
        if fine || !self.checks(check) {
            Ok(())
        } else {
            Err(reason)
        }
    }

    fn status(&self, token: &str) -> Result<&'static str, Reason> {
        self.demand(Check::Size, token.len() <= 16 * 1024, "too_long")?;
        let parts: Vec<&str> = token.split('.').collect();
        let are_three = parts.len() == 3 && !parts[0].is_empty();
        self.demand(Check::Parts, are_three, "malformed")?;
        let part = |number: usize| parts.get(number).copied().unwrap_or_default();
        let header = object(&self.decode(part(0))?, self.without)?;
        self.header(&header)?;
        let payload = self.decode(part(1))?;
        let signature = self.decode(part(2))?;
        let signed = format!("{}.{}", part(0), part(1));
        let key = self.signer(&header, signed.as_bytes(), &signature)?;
        let payload = object(&payload, self.without)?;
        let claims = claims::read(self, &payload)?;
        self.window(&key, &claims)?;
        let ahead = |time: Option<i64>| {
            time.is_some_and(|time| time > self.case.now.unix_seconds() + self.profile.leeway)
        };
        self.demand(
            Check::IssuedInFuture,
            !ahead(claims.issued),
            "issued_in_future",
        )?;
        Ok(self.state(&claims, token, &key))
    }

    fn decode(&self, part: &str) -> Result<Vec<u8>, Reason> {
        let mut part = part.to_owned();
        if !self.checks(Check::Padding) {
            part = part.trim_end_matches('=').to_owned();
        }
        if !self.checks(Check::Alphabet) {
            part = part.replace('+', "-").replace('/', "_");
        }
        if let (Err(_), false) = (base64url::decode(&part), self.checks(Check::LooseBits)) {
            let last = part.pop();
            let letters = last
                .into_iter()
                .chain('A'..='Z')
                .chain(['g', 'w', '0', '4', '8']);
            let mut tries = letters.map(|letter| format!("{part}{letter}"));
            return tries
                .find_map(|text| base64url::decode(&text).ok())
                .ok_or("encoding");
        }
        base64url::decode(&part).map_err(|_| "encoding")
    }

    fn header(&self, header: &Value) -> Result<(), Reason> {
        let extends = ["crit", "b64", "zip"]
            .iter()
            .any(|name| header.get(name).is_some());
        self.demand(Check::Extension, !extends, "header_parameter")?;
        let is_license = match header.get("typ") {
            None => true,
            Some(Value::Text(typ)) => typ.eq_ignore_ascii_case("JWT") || typ == "license+jwt",
            Some(_) => false,
        };
        self.demand(Check::TokenType, is_license, "token_type")?;
        let alg = header.get("alg").and_then(Value::text);
        self.demand(Check::Algorithm, alg.is_some(), "algorithm")?;
        let is_named = match header.get("kid") {
            None => true,
            Some(kid) => kid.text().is_some_and(|kid| !kid.is_empty()),
        };
        self.demand(Check::KeyIdType, is_named, "key_id")
    }

    fn signer(
        &self,
        header: &Value,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<TrustedKey, Reason> {
        let kid = header
            .get("kid")
            .and_then(Value::text)
            .filter(|_| self.checks(Check::OneKeyByName));
        let keys = trusted(self.case).into_iter();
        let named: Vec<_> = keys
            .filter(|key| kid.is_none_or(|kid| kid == key.kid()))
            .collect();
        let alg = header.get("alg").and_then(Value::text).unwrap_or_default();
        let is_of = |key: &TrustedKey| match key.algorithm().header_name() {
            "EdDSA" => matches!(alg, "EdDSA" | "Ed25519"),
            name => alg == name,
        };
        let fitting: Vec<_> = named
            .iter()
            .filter(|key| is_of(key) || !self.checks(Check::Algorithm))
            .collect();
        let signature = self.repaired(signature);
        let signed_by =
            |key: &&&TrustedKey| key.verify(signed, &signature) || !self.checks(Check::Signature);
        match fitting.iter().find(signed_by) {
            Some(key) => Ok((**key).clone()),
            None if named.is_empty() => Err("unknown_key"),
            None if fitting.is_empty() => Err("algorithm"),
            None => Err("signature"),
        }
    }

    /// What a verifier that takes several signatures for one makes of them.
    fn repaired(&self, signature: &[u8]) -> Vec<u8> {
        let mut signature = signature.to_vec();
        if !self.checks(Check::ByteLength) && signature.len() > 64 {
            signature.truncate(if signature.len() > 512 { 512 } else { 64 });
        }
        if !self.checks(Check::Order) && signature.len() == 64 {
            for _ in 0..16 {
                less_order(&mut signature[32..]);
            }
        }
        signature
    }

    fn window(&self, key: &TrustedKey, claims: &Claims) -> Result<(), Reason> {
        let trust = self.case.trust();
        let keys = trusted(self.case);
        let at = keys.iter().position(|known| known == key);
        let (from, until) = at
            .and_then(|at| trust.get(at))
            .map_or((None, None), |trust| (trust.from, trust.until));
        let inside = |issued: i64| {
            from.is_none_or(|from| from.0.unix_seconds() <= issued)
                && until.is_none_or(|until| issued < until.0.unix_seconds())
        };
        let has_none = from.is_none() && until.is_none();
        let allows = has_none || claims.issued.is_some_and(inside);
        self.demand(Check::Window, allows, "key_window")
    }

    fn state(&self, claims: &Claims, token: &str, key: &TrustedKey) -> &'static str {
        let id = claims.id.clone().unwrap_or_else(|| sha256(token));
        if self.is_revoked(&id, key.kid()) {
            return "revoked";
        }
        let elsewhere = |check, bound: &[String], here: Option<&str>| {
            self.checks(check)
                && !bound.is_empty()
                && here.is_some_and(|here| bound.iter().all(|bound| bound != here))
        };
        let deployment = self.case.row.deployment.as_deref();
        let instance = self.case.row.instance.map(|_| keys::FINGERPRINT.as_str());
        if elsewhere(Check::Deployment, &claims.deployments, deployment)
            || elsewhere(Check::Instance, &claims.instance, instance)
        {
            return "wrong_deployment";
        }
        let now = self.case.now.unix_seconds();
        let begins = claims.begins.max(claims.issued).unwrap_or(0);
        let leeway = if self.checks(Check::LeewayNotOnExpiry) {
            0
        } else {
            self.profile.leeway
        };
        let grace = i64::try_from(claims.grace_days).unwrap_or(0) * 86_400;
        if begins - self.profile.leeway > now && self.checks(Check::NotBefore) {
            "not_yet_valid"
        } else if now < claims.expires + leeway {
            "active"
        } else if now - claims.expires < grace + leeway || !self.checks(Check::GraceEnds) {
            "grace"
        } else {
            "expired"
        }
    }

    /// Whether a list says so: those that are fine, the newest of each key.
    fn is_revoked(&self, id: &str, kid: &str) -> bool {
        let mut newest: BTreeMap<String, (i128, Vec<Value>)> = BTreeMap::new();
        for (list, refused) in self.case.lists() {
            if refused.is_some() {
                continue;
            }
            let parts: Vec<&str> = list.split('.').collect();
            let payload = object(&base64url::decode(parts[1]).unwrap(), None).unwrap();
            let signature = base64url::decode(parts[2]).unwrap();
            let message = format!("{}.{}", parts[0], parts[1]);
            let keys = trusted(self.case);
            let by = keys
                .iter()
                .find(|key| key.verify(message.as_bytes(), &signature))
                .unwrap();
            let Some(Value::Integer(issued)) = payload.get("iat").cloned() else {
                panic!("a list that is taken says when it was issued");
            };
            let known = newest
                .entry(by.kid().to_owned())
                .or_insert((issued, Vec::new()));
            if issued > known.0 {
                *known = (issued, vec![payload]);
            } else if issued == known.0 {
                known.1.push(payload);
            }
        }
        let names = |claim: &str, name: &str| {
            let named = Value::Text(name.to_owned());
            newest.values().flat_map(|(_, lists)| lists).any(
                |list| matches!(list.get(claim), Some(Value::List(names)) if names.contains(&named)),
            )
        };
        (self.checks(Check::RevokedId) && names("revoked", id))
            || (self.checks(Check::RevokedKey) && names("revoked_keys", kid))
    }
}

/// S less the order of the group, where it is not less already.
fn less_order(s: &mut [u8]) {
    let order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    if s.iter().rev().lt(order.iter().rev()) {
        return;
    }
    let mut borrow = 0;
    for (byte, order) in s.iter_mut().zip(order) {
        let rest = i16::from(*byte) - i16::from(order) - borrow;
        borrow = i16::from(rest < 0);
        *byte = rest.to_le_bytes()[0];
    }
}
