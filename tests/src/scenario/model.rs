//! The form of a scenario, as `spec/README.md` says; what is held, and what is done with it, is in [`held`](super::held).

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use entitlements_core::{DeploymentMode, Timestamp};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::held::{HeldKey, HeldList, MachineSays, Step};
use super::require::Require;

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
    #[serde(default)]
    pub request: Request,
    #[serde(default = "yes")]
    pub layer: bool,
    pub require: Require,
    pub expect: Expect,
    #[serde(default)]
    pub set: ExpectedSet,
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
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: get(),
            headers: BTreeMap::new(),
        }
    }
}

/// What comes of it.
#[derive(Debug, Clone)]
pub enum Expect {
    Allow,
    Deny(ExpectedDenial),
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
            r#""allow""# => Ok(Self::Allow),
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

fn get() -> String {
    "GET".to_owned()
}

pub(super) const fn yes() -> bool {
    true
}
