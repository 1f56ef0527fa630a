use std::fmt;
use std::future::ready;
use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::request::Parts;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Access, BoxFuture, Guard, Principal};

/// Shorter tokens can be guessed; they are taken, for development, and the log says so.
const SAFE_TOKEN_BYTES: usize = 16;

/// A [`Guard`] that asks for `Authorization: Bearer TOKEN` (RFC 6750).
///
/// Tokens are compared in constant time, by their hashes, so that neither a token's text nor its length can be measured.
/// What is kept is the hash alone. Several tokens are valid at once while one replaces the other:
///
/// ```
/// use entitlements_admin::BearerToken;
///
/// let operators = BearerToken::new("0b8f7e2a4c6d4e5fa1b2")?.named("operators");
/// let pipeline = BearerToken::new("c1d2e3f4a5b60718293a")?.named("pipeline");
/// let guard = operators.or(pipeline);
/// # let _ = guard;
/// assert!(BearerToken::new("").is_err());
/// # Ok::<(), entitlements_admin::BearerTokenError>(())
/// ```
#[derive(Clone)]
pub struct BearerToken {
    known: Vec<Known>,
}

#[derive(Clone)]
struct Known {
    digest: Arc<SecretBox<[u8; 32]>>,
    principal: Principal,
}

impl BearerToken {
    /// A guard that this token passes, under the name `bearer`.
    ///
    /// # Errors
    /// When the token is empty, or has a character that cannot be sent in a header, such as the line break at the end of a
    /// file.
    pub fn new(secret: impl Into<SecretString>) -> Result<Self, BearerTokenError> {
        let secret = secret.into();
        let token = secret.expose_secret().as_bytes();
        if token.is_empty() {
            Err(BearerTokenError::Empty)
        } else if !token.iter().all(u8::is_ascii_graphic) {
            Err(BearerTokenError::NotSendable)
        } else {
            if token.len() < SAFE_TOKEN_BYTES {
                tracing::warn!(
                    "a bearer token has fewer than {SAFE_TOKEN_BYTES} bytes and can be guessed; use a longer one in production"
                );
            }
            let digest = Arc::new(digest(token));
            Ok(Self {
                known: vec![Known {
                    digest,
                    principal: Principal::new("bearer"),
                }],
            })
        }
    }

    /// Gives whoever has one of these tokens a name, for logs.
    #[must_use]
    pub fn named(mut self, name: impl AsRef<str>) -> Self {
        let principal = Principal::new(name);
        for known in &mut self.known {
            known.principal = principal.clone();
        }
        self
    }

    /// A guard that the tokens of both pass.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.known.extend(other.known);
        self
    }

    fn access(&self, head: &Parts) -> Access {
        let Some(token) = presented(head) else {
            return Access::Unauthenticated;
        };
        let presented = digest(token);
        let mut access = Access::Unauthenticated;
        // Every token is compared, so that the time does not say which one matched.
        for known in &self.known {
            let same = known
                .digest
                .expose_secret()
                .ct_eq(presented.expose_secret());
            if same.into() {
                access = Access::Granted(known.principal.clone());
            }
        }
        access
    }
}

impl Guard for BearerToken {
    fn check<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Access> {
        Box::pin(ready(self.access(head)))
    }
}

/// Says the names, never a token or its hash.
impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.known.iter().map(|known| known.principal.name());
        f.write_str("BearerToken ")?;
        f.debug_list().entries(names).finish()
    }
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BearerTokenError {
    /// There is none.
    #[error("the bearer token is empty")]
    Empty,
    /// It holds a space, a control character or something outside of ASCII.
    #[error(
        "the bearer token holds a space, a line break or another character that no header can carry"
    )]
    NotSendable,
}

fn digest(token: &[u8]) -> SecretBox<[u8; 32]> {
    SecretBox::new(Box::new(Sha256::digest(token).into()))
}

/// The token that a request shows. With several `Authorization` headers it is anyone's guess which one a proxy looked
/// at, so there is none then.
fn presented(head: &Parts) -> Option<&[u8]> {
    let mut values = head.headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.as_bytes().split_at_checked(b"bearer ".len())?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests;
