//! Licenses, and their states by the rules S.

use serde_json::{Map, Value, json};

use super::{Number, World};

/// What a license key says, by the default names of claims.
#[derive(Debug, Clone, Default)]
pub struct License {
    /// Its id; the digest of the key where it says none.
    pub id: Option<String>,
    /// The plan; needed but with `grants = "listed"`.
    pub plan: Option<String>,
    /// Seconds.
    pub expires: i64,
    /// Of its own.
    pub grace_days: Option<i64>,
    /// Seconds.
    pub not_before: Option<i64>,
    /// Seconds.
    pub issued_at: Option<i64>,
    /// Features that it lists, as given or as taken.
    pub features: Vec<(String, bool)>,
    /// Limits that it names.
    pub limits: Vec<(String, Number)>,
    /// Add-ons.
    pub addons: Vec<String>,
    /// Deployments that it is bound to; none where it is not bound.
    pub deployments: Vec<String>,
}

/// The state of a license, or of all that an account holds: the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// S1
    Unlicensed,
    /// S8
    Invalid,
    /// S6
    Revoked,
    /// S7
    WrongDeployment,
    /// S5
    Expired,
    /// S2
    NotYetValid,
    /// S4
    Grace,
    /// S3
    Active,
}

impl State {
    /// R2
    #[must_use]
    pub fn is_in_force(self) -> bool {
        self == Self::Active || self == Self::Grace
    }
}

pub(super) const DAY: i64 = 86_400;

impl License {
    /// The claims of its key.
    #[must_use]
    pub fn claims(&self) -> Map<String, Value> {
        let mut claims = Map::new();
        let mut say = |name: &str, value: Option<Value>| {
            value.map(|value| claims.insert(name.to_owned(), value));
        };
        say("jti", self.id.as_ref().map(|id| json!(id)));
        say("tier", self.plan.as_ref().map(|plan| json!(plan)));
        say("exp", Some(json!(self.expires)));
        say("grace_days", self.grace_days.map(|days| json!(days)));
        say("nbf", self.not_before.map(|at| json!(at)));
        say("iat", self.issued_at.map(|at| json!(at)));
        let features = self
            .features
            .iter()
            .map(|(name, on)| (name.clone(), json!(on)));
        say("features", Some(Value::Object(features.collect())));
        let limits = self.limits.iter().map(|(name, number)| {
            let number = match number {
                Number::AtMost(most) => json!(most),
                Number::Unlimited => json!(-1),
            };
            (name.clone(), number)
        });
        say("limits", Some(Value::Object(limits.collect())));
        say("addons", Some(json!(self.addons)));
        say("deployment_ids", Some(json!(self.deployments)));
        claims
    }

    /// S2 to S7.
    #[must_use]
    pub fn state(&self, world: &World) -> State {
        if self
            .id
            .as_ref()
            .is_some_and(|id| world.revoked.contains(id))
        {
            return State::Revoked;
        }
        let is_here = |id: &String| self.deployments.contains(id);
        if !self.deployments.is_empty() && !world.deployment.as_ref().is_some_and(is_here) {
            return State::WrongDeployment;
        }
        let ahead =
            |at: Option<i64>| at.is_some_and(|at| at - world.now > world.product.leeway_seconds);
        if ahead(self.not_before) || ahead(self.issued_at) {
            return State::NotYetValid;
        }
        let grace = self.grace_days.unwrap_or(world.product.grace_days) * DAY;
        if world.now < self.expires {
            State::Active
        } else if world.now < self.expires + grace {
            State::Grace
        } else {
            State::Expired
        }
    }
}

/// S10: of two with one id the one issued later counts, then the one that lasts longer.
pub(super) fn counting(world: &World) -> Vec<&License> {
    let all = &world.licenses;
    let loses = |one: &License| {
        let beats = |other: &License| {
            other.id == one.id && (other.issued_at, other.expires) > (one.issued_at, one.expires)
        };
        one.id.is_some() && all.iter().any(beats)
    };
    all.iter().filter(|license| !loses(license)).collect()
}
