use crate::license::LicenseStatus;

/// What one source did to one feature, limit or rate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step<T> {
    /// Who did it.
    pub source: StepSource,
    /// Which add-on of the source, where it was not the source itself.
    pub addon: Option<String>,
    /// What was done.
    pub effect: Effect,
    /// What the source has for it by then, whether or not that counts.
    pub value: T,
}

/// Who took a step towards what an account has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepSource {
    /// The base plan, by its code.
    BasePlan(String),
    /// A license, by its id.
    License(String),
    /// The account's subscription.
    Subscription,
    /// An override, by its id.
    Override(String),
}

impl StepSource {
    /// The kind of source as one snake_case word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::BasePlan(_) => "base_plan",
            Self::License(_) => "license",
            Self::Subscription => "subscription",
            Self::Override(_) => "override",
        }
    }

    /// Which one of its kind: the plan's code, or the id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::BasePlan(id) | Self::License(id) | Self::Override(id) => Some(id),
            Self::Subscription => None,
        }
    }
}

/// What a source did to a feature, limit or rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// It gave the feature, or the first number.
    Gave,
    /// It gave more than there was.
    Raised,
    /// It gave no more than there was.
    NoHigher,
    /// It took the feature: a license from what its own plan gives, an override from the account.
    Took,
    /// An override stands in place of the number that there was.
    Replaced,
    /// It did nothing, for this reason.
    Ignored(IgnoredBecause),
}

impl Effect {
    /// The effect as one snake_case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gave => "gave",
            Self::Raised => "raised",
            Self::NoHigher => "no_higher",
            Self::Took => "took",
            Self::Replaced => "replaced",
            Self::Ignored(_) => "ignored",
        }
    }

    /// Why it was ignored, as one snake_case word; none where it was not.
    #[must_use]
    pub const fn because(self) -> Option<&'static str> {
        match self {
            Self::Ignored(because) => Some(because.as_str()),
            _ => None,
        }
    }
}

/// Why what a source says does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IgnoredBecause {
    /// The source is not in force (R2).
    Status(LicenseStatus),
    /// The license stands for the account's subscription, which is known (R2).
    SignedForSubscription,
    /// The source's plan cannot have the add-on (R3).
    RequiresUnmet,
    /// Of this vendor's keys only the features and limits that they list count (R4).
    OnlyListed,
    /// The plan does not mark the limit `licensed`, and the key's number is smaller than the plan's (R4).
    NotLicensed,
    /// The override has ended (R6).
    Ended,
    /// A newer override is in force (R6).
    Superseded,
}

impl IgnoredBecause {
    /// The reason as one snake_case word; a status is its own.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status(status) => status.as_str(),
            Self::SignedForSubscription => "signed_for_subscription",
            Self::RequiresUnmet => "requires_unmet",
            Self::OnlyListed => "only_listed",
            Self::NotLicensed => "not_licensed",
            Self::Ended => "ended",
            Self::Superseded => "superseded",
        }
    }
}
