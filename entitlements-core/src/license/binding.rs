//! Where a license may be used: the deployments, or the instance, that its key is bound to.

use super::License;
use crate::strict::text::escaped_start;

/// Where a product runs, as far as that is known: what a bound license is compared with.
///
/// ```
/// use entitlements_core::license::Deployment;
/// use entitlements_core::testing::{self, TestVendor};
///
/// let license = TestVendor::new().license(&testing::catalog(), |draft| {
///     draft.plan("business").deployment("eu-1").deployment("eu-2")
/// });
/// assert!(license.belongs_to(&Deployment::unknown().with_id("eu-2")));
/// assert!(!license.belongs_to(&Deployment::unknown().with_id("us-1")));
/// assert!(!license.belongs_to(&Deployment::unknown()));
/// // Whoever looks at a key from outside does not compare what was not said.
/// assert!(license.belongs_to(&Deployment::unchecked()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    id: Known,
    instance: Known,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    Is(String),
    /// Nothing that is bound belongs here.
    No,
    /// Nobody asks.
    Unchecked,
}

impl Deployment {
    /// A deployment of which nothing is known: no license that is bound belongs to it.
    #[must_use]
    pub const fn unknown() -> Self {
        Self {
            id: Known::No,
            instance: Known::No,
        }
    }

    /// No deployment in particular: what is not said is not compared.
    #[must_use]
    pub const fn unchecked() -> Self {
        Self {
            id: Known::Unchecked,
            instance: Known::Unchecked,
        }
    }

    /// Its id, which the claim `deployment_ids` may list.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Known::Is(id.into());
        self
    }

    /// Its fingerprint ([`Fingerprint`](crate::instance::Fingerprint)), which the claim `instance` may name.
    #[must_use]
    pub fn with_instance(mut self, fingerprint: impl Into<String>) -> Self {
        self.instance = Known::Is(fingerprint.into());
        self
    }
}

/// Nothing is known.
impl Default for Deployment {
    fn default() -> Self {
        Self::unknown()
    }
}

impl Known {
    fn shown(&self, unknown: &str, known: &str) -> String {
        match self {
            Self::Is(here) => format!("{known} `{}`", escaped_start(here, 80)),
            Self::No | Self::Unchecked => unknown.to_owned(),
        }
    }

    fn fits(&self, bound_to: &[impl AsRef<str>]) -> bool {
        match self {
            _ if bound_to.is_empty() => true,
            Self::Is(here) => bound_to.iter().any(|bound| bound.as_ref() == here),
            Self::No => false,
            Self::Unchecked => true,
        }
    }
}

impl License {
    /// Whether the key allows its use in this deployment: it is not bound, or bound to this one. Ids are compared byte
    /// for byte (S7).
    #[must_use]
    pub fn belongs_to(&self, here: &Deployment) -> bool {
        here.id.fits(self.deployments()) && here.instance.fits(self.instance().as_slice())
    }

    /// What the key is bound to and where this is, as the end of a sentence about it, and what to do. Nothing where it belongs
    /// here.
    pub(crate) fn mismatch(&self, here: &Deployment) -> Option<(String, &'static str)> {
        if !here.id.fits(self.deployments()) {
            let bound_to = some_of(self.deployments());
            let here = here
                .id
                .shown("and this deployment has no id", "and this one is");
            Some((
                format!("is bound to the deployment {bound_to}, {here}"),
                "set `ENTITLEMENTS_DEPLOYMENT_ID` to an id that it lists, or ask the vendor for a license for this deployment",
            ))
        } else if !here.instance.fits(self.instance().as_slice()) {
            let bound_to = some_of(self.instance().as_slice());
            let here = here
                .instance
                .shown("and which one this is cannot be told", "and this one is");
            Some((
                format!("is bound to the instance {bound_to}, {here}"),
                "ask the vendor for a license for this instance; `entitlements fingerprint` says which it is",
            ))
        } else {
            None
        }
    }
}

/// The first few, for a message.
fn some_of(names: &[impl AsRef<str>]) -> String {
    const FEW: usize = 3;
    let shown: Vec<String> = names
        .iter()
        .take(FEW)
        .map(|name| format!("`{}`", escaped_start(name.as_ref(), 80)))
        .collect();
    match names.len().saturating_sub(FEW) {
        0 => shown.join(" or "),
        more => format!("{} or {more} more", shown.join(", ")),
    }
}
