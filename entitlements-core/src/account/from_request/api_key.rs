use std::fmt;
use std::sync::Arc;

use papaya::HashMap;
use sha2::{Digest, Sha256};

use super::ResolveAccount;
use crate::{AccountId, RequestHead};

/// The API keys of accounts. Clones share one table, which can change while it is read.
///
/// Of a key only its SHA-256 is kept, so the table holds no secret, and how long a look-up takes says nothing about the keys in it.
///
/// They tell the account, and not which of its keys it was: rates [by API key](crate::rate::RateKey::api_key) go by an
/// [`ApiKeyId`](crate::rate::ApiKeyId), which a layer of the application's own inserts.
///
/// ```
/// use entitlements_core::account::ApiKeys;
///
/// let keys = ApiKeys::default();
/// keys.insert("sk_live_5Yk2…", "acme");
/// let resolver = keys.from_bearer(); // `Authorization: Bearer sk_live_5Yk2…`
/// keys.remove("sk_live_5Yk2…");
/// # let _ = resolver;
/// ```
#[derive(Clone, Default)]
pub struct ApiKeys {
    accounts: Arc<HashMap<[u8; 32], AccountId, foldhash::fast::RandomState>>,
}

impl ApiKeys {
    /// Lets a key stand for an account, in place of whichever it stood for.
    pub fn insert(&self, key: impl AsRef<str>, account: impl Into<AccountId>) {
        self.accounts
            .pin()
            .insert(digest(key.as_ref()), account.into());
    }

    /// Forgets a key; false where it was not known.
    pub fn remove(&self, key: impl AsRef<str>) -> bool {
        self.accounts.pin().remove(&digest(key.as_ref())).is_some()
    }

    /// Tells accounts by `Authorization: Bearer <key>` (RFC 6750).
    #[must_use]
    pub fn from_bearer(&self) -> ApiKeyAccount {
        self.reading(Place::Bearer)
    }

    /// Tells accounts by a header that holds the key alone, such as `x-api-key`.
    #[must_use]
    pub fn from_header(&self, name: impl Into<String>) -> ApiKeyAccount {
        let mut name = name.into();
        name.make_ascii_lowercase();
        self.reading(Place::Header(name))
    }

    fn reading(&self, place: Place) -> ApiKeyAccount {
        ApiKeyAccount {
            keys: self.clone(),
            place,
        }
    }

    fn account(&self, key: &str) -> Option<AccountId> {
        self.accounts.pin().get(&digest(key)).cloned()
    }
}

impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeys({} of them)", self.accounts.len())
    }
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The account whose API key the request carries; from [`ApiKeys`].
#[derive(Debug, Clone)]
pub struct ApiKeyAccount {
    keys: ApiKeys,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Bearer,
    Header(String),
}

impl ResolveAccount for ApiKeyAccount {
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        let key = match &self.place {
            Place::Bearer => bearer(head.header("authorization")?)?,
            Place::Header(name) => head.header(name)?,
        };
        self.keys.account(key)
    }
}

/// What follows the scheme, whose case does not matter (RFC 9110, section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| key.trim_start_matches(' '))
}
