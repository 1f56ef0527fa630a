//! JSON Web Keys (RFC 7517), of the kinds that RFC 8037 and RFC 7518 section 6.3 name.

use crate::license::Algorithm;
use crate::license::key::{KeyError, PublicKey};
use crate::strict::base64url;
use crate::strict::json::{self, Value};

/// What only private keys and shared secrets have.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The key, and its `kid` where it has one.
pub(in crate::license::key) fn from_jwk(
    text: &[u8],
) -> Result<(PublicKey, Option<String>), KeyError> {
    let jwk = json::read(text).map_err(|_| KeyError::PublicForm)?;
    if jwk.as_object().is_none() {
        return Err(KeyError::PublicForm);
    }
    if jwk.get("keys").is_some() {
        return Err(KeyError::SeveralKeys);
    }
    if PRIVATE_MEMBERS.iter().any(|name| jwk.get(name).is_some()) {
        return Err(KeyError::PrivateKeyAsPublic);
    }
    let key = match (text_of(&jwk, "kty")?, text_of(&jwk, "crv")) {
        ("OKP", Ok("Ed25519")) => {
            let x = bytes_of(&jwk, "x")?.try_into();
            PublicKey::from_ed25519_bytes(&x.map_err(|_| KeyError::PublicForm)?)?
        }
        ("RSA", _) => {
            // RFC 7518 section 2: Base64urlUInt has no leading zeros.
            let number = |name| match bytes_of(&jwk, name)?.as_slice() {
                [] | [0, ..] => Err(KeyError::PublicForm),
                bytes => Ok(bytes.to_vec()),
            };
            PublicKey::from_rsa_components(&number("n")?, &number("e")?)?
        }
        _ => return Err(KeyError::OtherAlgorithm),
    };
    check_use(&jwk, key.algorithm())?;
    let kid = match jwk.get("kid") {
        None => None,
        Some(Value::String(kid)) if !kid.is_empty() => Some(kid.clone().into_owned()),
        Some(_) => return Err(KeyError::EmptyKeyId),
    };
    Ok((key, kid))
}

/// RFC 7517 sections 4.2 to 4.4: what the key says that it is for must be what it is used for here.
fn check_use(jwk: &Value<'_>, algorithm: Algorithm) -> Result<(), KeyError> {
    let fits = |name, fits: &dyn Fn(&Value<'_>) -> bool| match jwk.get(name) {
        Some(value) if !fits(value) => Err(KeyError::OtherUse(name)),
        _ => Ok(()),
    };
    fits("use", &|usage| usage.as_str() == Some("sig"))?;
    fits(
        "key_ops",
        &|operations| matches!(operations.as_array(), Some([only]) if only.as_str() == Some("verify")),
    )?;
    fits("alg", &|alg| {
        alg.as_str().is_some_and(|alg| algorithm.is_named(alg))
    })
}

fn text_of<'a>(jwk: &'a Value<'_>, name: &str) -> Result<&'a str, KeyError> {
    jwk.get(name)
        .and_then(Value::as_str)
        .ok_or(KeyError::PublicForm)
}

fn bytes_of(jwk: &Value<'_>, name: &str) -> Result<Vec<u8>, KeyError> {
    base64url::decode(text_of(jwk, name)?).map_err(|_| KeyError::PublicForm)
}
