//! From a row to its token.

use entitlements_core::strict::base64url::encode;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha512};

use super::expand::Terms;
use super::model::{Case, List, Making, Over};
use super::{keys, sign, then};

impl Case {
    /// The token that the row describes, with the white space that it may have.
    ///
    /// # Panics
    /// When the row cannot be understood, or something that should change the token does not.
    #[must_use]
    pub fn token(&self) -> String {
        let terms = Terms {
            now: self.now,
            token: None,
        };
        make(&self.row.token, terms, &[])
    }

    /// The row's revocation lists, each with the reason for which it is not taken.
    #[must_use]
    pub fn lists(&self) -> Vec<(String, Option<&str>)> {
        let token = self.token();
        let terms = Terms {
            now: self.now,
            token: Some(&token),
        };
        let list = |list: &List| {
            let typ = ("typ", json!("entitlements-revocations+jwt"));
            make(&list.token, terms, &[typ])
        };
        let lists = self.row.revocations.iter();
        lists
            .map(|described| (list(described), described.refused.as_deref()))
            .collect()
    }

    /// What the license's members are, as the command line shows them.
    ///
    /// # Panics
    /// When the row's text is no JSON.
    #[must_use]
    pub fn shown(&self) -> Map<String, Value> {
        let token = self.token();
        let terms = Terms {
            now: self.now,
            token: Some(&token),
        };
        let text = terms.text(&Value::Object(self.row.shows.clone()).to_string());
        serde_json::from_str(&text).expect("what is shown is an object")
    }
}

fn make(making: &Making, terms: Terms<'_>, usual_header: &[(&str, Value)]) -> String {
    if let Some(raw) = &making.raw {
        return terms.text(raw);
    }
    let sign_with = making.sign_with.as_deref().unwrap_or("vendor");
    let workshop = Workshop { terms, sign_with };
    let mut header = match &making.header {
        Some(header) => workshop.bytes(header),
        None => workshop.bytes(&usual(sign_with, usual_header, &making.header_with)),
    };
    let claims = || Value::Object(making.claims.clone());
    let mut payload = workshop.bytes(&making.payload.clone().unwrap_or_else(claims));
    if let Some(size) = making.size {
        (header, payload) = padded(&header, &payload, size, sign_with);
    }
    let token = workshop.token(&header, &payload, making.over);
    let of_others = |claims: &Map<String, Value>| {
        let mut all = making.claims.clone();
        all.extend(claims.clone());
        workshop.token(&header, &workshop.bytes(&Value::Object(all)), Over::Text)
    };
    making.then.iter().fold(token, |token, change| {
        let changed = then::apply(&token, change, &workshop, &of_others);
        assert_ne!(token, changed, "{change:?} changes nothing");
        changed
    })
}

/// What signs, and what its texts refer to.
pub(super) struct Workshop<'a> {
    terms: Terms<'a>,
    sign_with: &'a str,
}

impl Workshop<'_> {
    /// Text as it stands, or an object as JSON.
    pub(super) fn bytes(&self, value: &Value) -> Vec<u8> {
        match value {
            Value::String(text) => self.terms.expand(text),
            value => self.terms.expand(&value.to_string()),
        }
    }

    pub(super) fn text(&self, text: &str) -> String {
        self.terms.text(text)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        sign::signature(self.sign_with, message)
    }

    fn token(&self, header: &[u8], payload: &[u8], over: Over) -> String {
        let text = format!("{}.{}", encode(header), encode(payload));
        let message = match over {
            Over::Text => text.clone().into_bytes(),
            Over::Decoded => [header, b".", payload].concat(),
            Over::Payload => encode(payload).into_bytes(),
            Over::NoDot => text.replace('.', "").into_bytes(),
            Over::TrailingDot => format!("{text}.").into_bytes(),
            Over::Sha512 => Sha512::digest(text.as_bytes()).to_vec(),
        };
        format!("{text}.{}", encode(&self.sign(&message)))
    }
}

/// The header that an issuer writes, and more.
fn usual(sign_with: &str, more: &[(&str, Value)], with: &Map<String, Value>) -> Value {
    let mut header = Map::new();
    header.insert("alg".to_owned(), json!(sign::algorithm(sign_with)));
    if sign_with != "none" {
        header.insert("kid".to_owned(), json!(keys::kid(sign_with)));
    }
    let more = more
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    header.extend(more);
    header.extend(with.clone());
    Value::Object(header)
}

/// Header and payload with members that nobody reads, so that the token has `size` bytes.
fn padded(header: &[u8], payload: &[u8], size: usize, sign_with: &str) -> (Vec<u8>, Vec<u8>) {
    let in_base64 = |bytes: usize| (bytes * 4).div_ceil(3);
    let signature = in_base64(sign::signature(sign_with, b"").len());
    let with = |object: &[u8], pad: usize| {
        let before = object.strip_suffix(b"}").expect("an object");
        let member = format!(r#","pad":"{}"}}"#, "p".repeat(pad));
        [before, member.as_bytes()].concat()
    };
    for in_header in 0..3 {
        let header = with(header, in_header);
        let room = size - in_base64(header.len()) - signature - 2;
        let empty = with(payload, 0).len();
        for in_payload in (room / 4 * 3 - empty)..(room - empty) {
            if in_base64(empty + in_payload) == room {
                return (header, with(payload, in_payload));
            }
        }
    }
    panic!("no token has {size} bytes");
}
