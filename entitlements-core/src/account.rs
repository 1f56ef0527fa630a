//! Who an entitlement belongs to.

use std::fmt;
use std::sync::Arc;

/// The identity of an account: the billing entity whose entitlements a request is judged by.
///
/// A self-hosted product has one, [`AccountId::LOCAL`]. Cheap to clone.
///
/// ```
/// use entitlements_core::AccountId;
///
/// assert_eq!(AccountId::LOCAL.as_str(), "local");
/// assert_eq!(AccountId::new("acc_42").to_string(), "acc_42");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Repr);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    Local,
    Shared(Arc<str>),
}

impl AccountId {
    /// The one account of a self-hosted product.
    pub const LOCAL: Self = Self(Repr::Local);

    /// The account with this id.
    #[must_use]
    pub fn new(id: impl AsRef<str>) -> Self {
        match id.as_ref() {
            "local" => Self::LOCAL,
            id => Self(Repr::Shared(id.into())),
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Local => "local",
            Repr::Shared(id) => id,
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({:?})", self.as_str())
    }
}
