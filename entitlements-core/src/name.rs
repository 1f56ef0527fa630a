//! Names from the catalog as types, so that a limit's name is not given where a feature's is asked for.
//!
//! [`catalog!`](entitlements_macros::catalog) makes constants of these types; plain strings convert into them.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What every kind of name is inside: a constant, or text that clones share.
#[derive(Clone)]
enum Repr {
    Static(&'static str),
    Shared(Arc<str>),
}

impl Repr {
    #[inline]
    fn as_str(&self) -> &str {
        match self {
            Self::Static(name) => name,
            Self::Shared(name) => name,
        }
    }
}

macro_rules! names {
    ($($(#[$docs:meta])* $type:ident)*) => {$(
        $(#[$docs])*
        #[derive(Clone)]
        pub struct $type(Repr);

        impl $type {
            /// A name known when compiling; costs nothing to make or to clone.
            #[must_use]
            pub const fn from_static(name: &'static str) -> Self {
                Self(Repr::Static(name))
            }

            /// The name as the catalog writes it.
            #[inline]
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl From<&'static str> for $type {
            fn from(name: &'static str) -> Self {
                Self::from_static(name)
            }
        }

        impl From<&String> for $type {
            fn from(name: &String) -> Self {
                Self(Repr::Shared(name.as_str().into()))
            }
        }

        impl From<String> for $type {
            fn from(name: String) -> Self {
                Self(Repr::Shared(name.into()))
            }
        }

        impl From<Arc<str>> for $type {
            fn from(name: Arc<str>) -> Self {
                Self(Repr::Shared(name))
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.as_str().to_owned()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($type)).field(&self.as_str()).finish()
            }
        }

        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $type {}

        impl PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $type {
            fn cmp(&self, other: &Self) -> Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        // INVARIANT: hashes like its text, which `Borrow<str>` promises to maps.
        impl Hash for $type {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl Borrow<str> for $type {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $type {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $type {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
    )*};
}

names! {
    /// The name of a feature: something that is on or off.
    ///
    /// ```
    /// use entitlements_core::FeatureName;
    ///
    /// const SSO: FeatureName = FeatureName::from_static("sso");
    /// assert_eq!(SSO, "sso");
    /// assert_eq!(SSO, FeatureName::from(String::from("sso")));
    /// assert_eq!(SSO.to_string(), "sso");
    /// ```
    FeatureName
    /// The name of a limit: how many of something.
    ///
    /// ```
    /// use entitlements_core::LimitName;
    ///
    /// let users = LimitName::from("users");
    /// assert_eq!(users.as_str(), "users");
    /// assert!(users > LimitName::from("projects"));
    /// ```
    LimitName
    /// The name of a rate: how fast something may be done.
    ///
    /// ```
    /// use entitlements_core::RateName;
    ///
    /// assert_eq!(format!("{:?}", RateName::from("api")), r#"RateName("api")"#);
    /// ```
    RateName
    /// The code of a plan.
    ///
    /// ```
    /// use entitlements_core::PlanName;
    ///
    /// let from_the_database: String = "business".into();
    /// assert_eq!(PlanName::from(from_the_database), "business");
    /// ```
    PlanName
    /// The name of an add-on.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use entitlements_core::AddonName;
    ///
    /// let shared: Arc<str> = "regulated".into();
    /// assert_eq!(AddonName::from(shared), AddonName::from_static("regulated"));
    /// ```
    AddonName
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};
    use std::sync::Arc;

    use super::{FeatureName, LimitName};

    const SSO: FeatureName = FeatureName::from_static("sso");

    /// The same name made in each way.
    fn spellings() -> [FeatureName; 4] {
        [
            SSO,
            "sso".into(),
            String::from("sso").into(),
            Arc::<str>::from("sso").into(),
        ]
    }

    #[test]
    fn a_name_is_its_text_however_it_was_made() {
        for a in spellings() {
            for b in spellings() {
                assert_eq!(a, b);
                assert_eq!(a.cmp(&b), std::cmp::Ordering::Equal);
            }
            assert!(a == "sso" && a == *"sso" && a != "SSO");
            assert_eq!(a.as_str(), AsRef::<str>::as_ref(&a));
        }
    }

    #[test]
    fn a_map_finds_a_name_by_its_text() {
        let map: HashMap<FeatureName, u8> = HashMap::from([(String::from("sso").into(), 1)]);
        assert_eq!(map.get(&SSO), Some(&1));
        assert_eq!(map.get("sso"), Some(&1));
        assert_eq!(map.get("audit"), None);
    }

    #[test]
    fn names_are_in_the_order_of_their_text() {
        let sorted: BTreeSet<LimitName> =
            ["users", "api_calls", "nodes"].map(LimitName::from).into();
        assert!(
            sorted
                .iter()
                .map(LimitName::as_str)
                .eq(["api_calls", "nodes", "users"])
        );
    }

    #[test]
    fn clones_share_their_text() {
        let name = LimitName::from(String::from("users"));
        assert!(std::ptr::eq(name.as_str(), name.clone().as_str()));
    }

    #[test]
    fn displays_bare_and_pads_like_text() {
        assert_eq!(
            format!("{SSO}|{SSO:>5}|{SSO:?}"),
            r#"sso|  sso|FeatureName("sso")"#
        );
    }
}
