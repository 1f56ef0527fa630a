//! The form of a scenario, as `spec/README.md` says; what is held, and what is done with it, is in [`held`](super::held).

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use entitlements_core::rate::{ApiKeyId, UserId};
use entitlements_core::{AccountId, DeploymentMode, PeerAddress, Timestamp};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::accounts::{AccountFrom, Terms};
use super::addresses::{Change, Entries, ToldBy};
use super::counts::{ByLimit, Counted};
use super::held::{HeldKey, HeldList, MachineSays, Step};
use super::require::{Require, Rules};
use super::stores::Kept;

/// One scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub rules: Vec<String>,
    pub says: String,
    #[serde(default = "panel")]
    pub catalog: String,
    #[serde(default)]
    pub mode: Mode,
    #[serde(deserialize_with = "parsed")]
    pub now: Timestamp,
    /// The value of the variable `ENTITLEMENTS_DEPLOYMENT_ID`.
    #[serde(default)]
    pub deployment: Option<String>,
    /// The machine that the product runs on; one that says nothing of itself where absent.
    #[serde(default)]
    pub machine: Option<MachineSays>,
    #[serde(default)]
    pub licenses: Vec<HeldKey>,
    #[serde(default)]
    pub revocations: Vec<HeldList>,
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Whether the engine serves many accounts, or one.
    #[serde(default)]
    pub many: bool,
    #[serde(default)]
    pub accounts: BTreeMap<String, Terms>,
    #[serde(default)]
    pub accounts_are: Kept,
    /// Since when what is known of accounts that are unreachable may be old.
    #[serde(default, deserialize_with = "parsed_option")]
    pub last_known: Option<Timestamp>,
    #[serde(default)]
    pub account_from: Option<AccountFrom>,
    #[serde(default)]
    pub anonymous_plan: Option<String>,
    #[serde(default)]
    pub forbidden_instead_of_payment_required: bool,
    #[serde(default)]
    pub counts_are: Kept,
    #[serde(default)]
    pub used: ByLimit<u64>,
    #[serde(default)]
    pub counted: BTreeMap<String, Counted>,
    #[serde(default)]
    pub leased: ByLimit<Vec<String>>,
    /// How addresses are told; the peer is the client where absent.
    #[serde(default)]
    pub client_address: Option<ToldBy>,
    /// The lists of accounts.
    #[serde(default)]
    pub allowlists: Entries,
    #[serde(default)]
    pub allowlists_are: Kept,
    #[serde(default = "yes")]
    pub layer: bool,
    pub require: Require,
    #[serde(default)]
    pub gate: Rules,
    /// Several requests in a row; else there is one, said by the members below.
    #[serde(default)]
    requests: Vec<Exchange>,
    #[serde(default)]
    request: Request,
    #[serde(default)]
    responds: Responds,
    #[serde(default)]
    expect: Option<Expect>,
    #[serde(default)]
    used_after: ByLimit<u64>,
    #[serde(default)]
    pub set: ExpectedSet,
}

impl Scenario {
    /// Whether the next one to replay it would find something changed: each then needs an engine of its own.
    #[must_use]
    pub fn leaves_traces(&self) -> bool {
        self.requests.len() > 1 || self.require.counts()
    }

    /// The requests, in the order in which they are sent.
    ///
    /// # Panics
    /// When there is none, or it is not said what comes of one.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        match &self.expect {
            None => {
                assert!(!self.requests.is_empty(), "no request: {}", self.says);
                self.requests.clone()
            }
            Some(expect) => {
                assert!(self.requests.is_empty(), "one or several: {}", self.says);
                vec![Exchange {
                    request: self.request.clone(),
                    responds: self.responds.clone(),
                    expect: expect.clone(),
                    used_after: self.used_after.clone(),
                    ..Exchange::default()
                }]
            }
        }
    }
}

/// One request, what happened before it, and what comes of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    #[serde(default, deserialize_with = "parsed_option")]
    pub at: Option<Timestamp>,
    #[serde(default)]
    pub accounts: BTreeMap<String, Terms>,
    #[serde(default)]
    pub used: ByLimit<u64>,
    #[serde(default)]
    pub counted: BTreeMap<String, Counted>,
    #[serde(default)]
    pub leased: ByLimit<Vec<String>>,
    /// Lists that another process changed.
    #[serde(default)]
    pub allowlists: Entries,
    #[serde(default)]
    pub allowlists_are: Option<Kept>,
    /// What is changed of lists through the engine.
    #[serde(default)]
    pub changes: Vec<Change>,
    #[serde(default)]
    pub request: Request,
    #[serde(default)]
    pub responds: Responds,
    pub expect: Expect,
    #[serde(default)]
    pub used_after: ByLimit<u64>,
}

/// What the handler answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responds {
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub grpc_status: Option<String>,
}

impl Default for Responds {
    fn default() -> Self {
        Self {
            status: ok(),
            grpc_status: None,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    SelfHosted,
    Cloud,
}

impl From<Mode> for DeploymentMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::SelfHosted => Self::SelfHosted,
            Mode::Cloud => Self::Cloud,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[serde(default = "get")]
    pub method: String,
    #[serde(default = "root")]
    pub path: String,
    #[serde(default)]
    headers: BTreeMap<String, Lines>,
    /// Whom the application's authentication put into the request.
    #[serde(default)]
    pub account: Option<String>,
    /// The user and the API key that it verified.
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    api_key: Option<String>,
    /// The other end of the connection; nobody says what it is where absent.
    #[serde(default)]
    peer: Option<IpAddr>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Lines {
    One(String),
    Several(Vec<String>),
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: get(),
            path: root(),
            headers: BTreeMap::new(),
            account: None,
            user: None,
            api_key: None,
            peer: None,
        }
    }
}

impl Request {
    /// The other end of the connection, as a server tells it.
    #[must_use]
    pub fn peer(&self) -> Option<PeerAddress> {
        self.peer
            .map(|address| PeerAddress(SocketAddr::new(address, 4711)))
    }

    /// Every line of every header.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().flat_map(|(name, lines)| {
            let lines = match lines {
                Lines::One(line) => std::slice::from_ref(line),
                Lines::Several(lines) => lines,
            };
            lines.iter().map(|line| (name.as_str(), line.as_str()))
        })
    }

    /// The same as a gRPC client sends it.
    #[must_use]
    pub fn over_grpc(&self) -> Self {
        let mut request = self.clone();
        let kind = Lines::One("application/grpc+proto".to_owned());
        request.headers.insert("content-type".to_owned(), kind);
        request
    }

    #[must_use]
    pub fn is_grpc(&self) -> bool {
        self.headers.contains_key("content-type")
    }

    /// Whom the application's authentication put into the request.
    #[must_use]
    pub fn authenticated(&self) -> Option<AccountId> {
        self.account.as_ref().map(AccountId::new)
    }

    /// Which of the account's users that is.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        self.user.as_ref().map(UserId::new)
    }

    /// Which of the account's API keys that is.
    #[must_use]
    pub fn api_key(&self) -> Option<ApiKeyId> {
        self.api_key.as_ref().map(ApiKeyId::new)
    }
}

/// What comes of it.
#[derive(Debug, Clone)]
pub enum Expect {
    /// It reaches the handler, and the answer says this of rates.
    Allow(BTreeMap<String, String>),
    Deny(ExpectedDenial),
}

impl Default for Expect {
    fn default() -> Self {
        Self::Allow(BTreeMap::new())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedAllow {
    allow: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedDenial {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    /// As it stands in the file, byte for byte.
    pub body: Box<RawValue>,
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        match raw.get() {
            r#""allow""# => Ok(Self::default()),
            allow if allow.starts_with(r#"{"allow""#) => serde_json::from_str(allow)
                .map(|ExpectedAllow { allow }| Self::Allow(allow))
                .map_err(D::Error::custom),
            denial => serde_json::from_str(denial)
                .map(Self::Deny)
                .map_err(D::Error::custom),
        }
    }
}

/// What the account has; what is left out is not compared. Lists are in the order of names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedSet {
    /// Whose; that of the one account where absent.
    pub account: Option<String>,
    pub status: Option<Value>,
    pub plan: Option<Value>,
    pub plan_in_force: Option<Value>,
    pub features: Option<Value>,
    pub grace_features: Option<Value>,
    pub limits: Option<Value>,
    pub rates: Option<Value>,
    pub retention: Option<Value>,
    pub warnings: Option<Value>,
    pub errors: Option<Value>,
}

pub(super) fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> Result<T, D::Error> {
    String::deserialize(deserializer)?
        .parse()
        .map_err(D::Error::custom)
}

pub(super) fn parsed_option<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    parsed(deserializer).map(Some)
}

fn panel() -> String {
    "panel.toml".to_owned()
}

fn root() -> String {
    "/".to_owned()
}

const fn ok() -> u16 {
    200
}

fn get() -> String {
    "GET".to_owned()
}

pub(super) const fn yes() -> bool {
    true
}
