//! What a scenario says is there: keys, revocation lists, the machine; and what the operator does with them.

use entitlements_core::Timestamp;
use entitlements_core::instance::{DEFAULT_SALT, Fingerprint, InstanceId, Machine, MachineId};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::keys::{self, Signer};
use super::model::{parsed_option, yes};

/// The word in the claim `instance` that stands for this machine's fingerprint.
const HERE: &str = "here";

/// A key that is held from the start: claims to sign, a raw text, or neither for a place that cannot be read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldKey {
    #[serde(default)]
    pub claims: Option<Map<String, Value>>,
    #[serde(default)]
    pub by: Signer,
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default, rename = "in")]
    pub place: Place,
}

impl HeldKey {
    /// The key, if there is one.
    #[must_use]
    pub fn text(&self, machine: Option<&MachineSays>) -> Option<String> {
        let signed = self.claims.as_ref();
        let signed = signed.map(|claims| self.by.license(&located(claims, machine)));
        signed.or_else(|| self.key.clone())
    }
}

/// A revocation list: what it says, or a raw text, or neither for a place that cannot be read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldList {
    #[serde(default)]
    revoked: Vec<String>,
    /// `kid`s; the names of signers stand for theirs.
    #[serde(default)]
    revoked_keys: Vec<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    iat: Option<Timestamp>,
    #[serde(default)]
    by: Signer,
    #[serde(default)]
    list: Option<String>,
    #[serde(default, rename = "in")]
    pub place: Place,
    /// Of a step: whether it changes what is revoked.
    #[serde(default = "yes")]
    pub changes: bool,
}

impl HeldList {
    /// The list, if there is one.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let signed = self.iat.map(|iat| {
            let keys: Vec<String> = self.revoked_keys.iter().map(|key| keys::kid(key)).collect();
            self.by.revocations(&self.revoked, &keys, iat)
        });
        signed.or_else(|| self.list.clone())
    }
}

/// Where a key or a list comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    #[default]
    Flag,
    Variable,
    VariableFile,
    File,
}

/// What a machine says of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineSays {
    id: String,
    host_name: String,
}

impl MachineSays {
    #[must_use]
    pub fn machine(&self) -> Machine {
        Machine::of(&self.id, self.host_name.clone())
    }

    fn fingerprint(&self) -> String {
        let id = MachineId::parse(&self.id).expect("the machine has an id");
        let host_name = self.host_name.clone();
        Fingerprint::of(&InstanceId::Machine { id, host_name }, DEFAULT_SALT).to_string()
    }
}

/// What the operator does before the request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(default, deserialize_with = "parsed_option")]
    pub at: Option<Timestamp>,
    #[serde(default)]
    pub activate: Option<Map<String, Value>>,
    /// Who signs the key to activate.
    #[serde(default)]
    pub by: Signer,
    #[serde(default)]
    pub deactivate: Option<String>,
    #[serde(default)]
    pub revoke: Option<HeldList>,
    #[serde(default)]
    pub refused: Option<String>,
}

/// The claims, with this machine's fingerprint where they say `here`.
///
/// # Panics
/// When they do and the scenario has no machine.
#[must_use]
pub fn located(claims: &Map<String, Value>, machine: Option<&MachineSays>) -> Map<String, Value> {
    let mut claims = claims.clone();
    if let Some(instance) = claims.get_mut("instance")
        && instance == HERE
    {
        let machine = machine.expect("a scenario that says `here` has a machine");
        *instance = machine.fingerprint().into();
    }
    claims
}
