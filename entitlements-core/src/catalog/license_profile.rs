use std::collections::BTreeMap;

/// The most days of grace, of a catalog and of a key (C20, L6).
pub(crate) const MOST_GRACE_DAYS: u32 = 3650;

/// How this vendor's license keys look: the `[license]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseProfile {
    pub(crate) env: String,
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) required: Vec<String>,
    pub(crate) grace_days: u32,
    pub(crate) binding_grace_days: u32,
    pub(crate) leeway_seconds: u32,
    pub(crate) grants: Grants,
    pub(crate) claims: ClaimNames,
}

impl LicenseProfile {
    /// The environment variable that holds a key; with `_FILE` behind it, the one that holds a path to a key.
    #[must_use]
    pub fn env(&self) -> &str {
        &self.env
    }

    /// What `iss` must be, if anything.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// What `aud` must be or contain, if anything.
    #[must_use]
    pub fn audience(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    /// Further claims that a key must have.
    #[must_use]
    pub fn required(&self) -> &[String] {
        &self.required
    }

    /// Days of grace after expiry where the key does not say.
    #[must_use]
    pub const fn grace_days(&self) -> u32 {
        self.grace_days
    }

    /// Days for which a key whose binding is lost stays in force. Engines do not grant them yet: it is not in force at once.
    #[must_use]
    pub const fn binding_grace_days(&self) -> u32 {
        self.binding_grace_days
    }

    /// How far ahead of the clock `iat` and `nbf` may be.
    #[must_use]
    pub const fn leeway_seconds(&self) -> u32 {
        self.leeway_seconds
    }

    /// What a key grants.
    #[must_use]
    pub const fn grants(&self) -> Grants {
        self.grants
    }

    /// Which claim says what.
    #[must_use]
    pub const fn claims(&self) -> &ClaimNames {
        &self.claims
    }
}

impl Default for LicenseProfile {
    fn default() -> Self {
        Self {
            env: "ENTITLEMENTS_LICENSE_KEY".into(),
            issuer: None,
            audience: None,
            required: Vec::new(),
            grace_days: 14,
            binding_grace_days: 14,
            leeway_seconds: 60,
            grants: Grants::PlanAndListed,
            claims: ClaimNames::default(),
        }
    }
}

/// What a license grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Grants {
    /// What its plan has, and what it lists.
    #[default]
    PlanAndListed,
    /// What it lists, on top of the base plan; its plan is only shown and compared.
    Listed,
}

/// Which claim says what: `[license.claims]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    pub(crate) id: String,
    pub(crate) id_prefix: String,
    pub(crate) customer: CustomerClaim,
    pub(crate) plan: String,
    /// What the key calls a plan, to what the catalog calls it.
    pub(crate) plan_values: BTreeMap<String, String>,
    pub(crate) features: String,
    pub(crate) limits: LimitClaims,
    /// A rate's name to the path of the claim that holds its requests, `limits.api_rate` being two steps.
    pub(crate) rates: BTreeMap<String, String>,
    pub(crate) addons: String,
    pub(crate) expires: ExpiryClaim,
    pub(crate) grace_days: String,
    pub(crate) deployments: String,
    pub(crate) instance: String,
    pub(crate) trial: String,
    /// Numbers in limits that mean unlimited, beside null.
    pub(crate) unlimited: Vec<i128>,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            id: "jti".into(),
            id_prefix: String::new(),
            customer: CustomerClaim {
                claim: "sub".into(),
                hashed: false,
            },
            plan: "tier".into(),
            plan_values: BTreeMap::new(),
            features: "features".into(),
            limits: LimitClaims::Object("limits".into()),
            rates: BTreeMap::new(),
            addons: "addons".into(),
            expires: ExpiryClaim {
                claim: "exp".into(),
                format: ExpiryFormat::NumericDate,
            },
            grace_days: "grace_days".into(),
            deployments: "deployment_ids".into(),
            instance: "instance".into(),
            trial: "trial".into(),
            unlimited: vec![-1],
        }
    }
}

/// Where the customer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CustomerClaim {
    pub(crate) claim: String,
    /// The claim holds the SHA-256 of the trimmed lower-case value, in hex.
    pub(crate) hashed: bool,
}

/// Where limits are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LimitClaims {
    /// One claim that is an object of them.
    Object(String),
    /// A claim for each: a limit's name to the claim's.
    Flat(BTreeMap<String, String>),
}

/// Where the expiry is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExpiryClaim {
    pub(crate) claim: String,
    pub(crate) format: ExpiryFormat,
}

/// How the expiry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExpiryFormat {
    /// Whole seconds since 1970.
    NumericDate,
    /// RFC 3339.
    Rfc3339,
}
