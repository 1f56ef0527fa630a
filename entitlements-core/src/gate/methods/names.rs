//! `RequireFeature` and its like: names for the parts of a gate.

/// Names for the parts of a gate, where `Require` is in scope; `$from` is the crate that they are used from, for the examples.
#[doc(hidden)]
#[macro_export]
macro_rules! __named_gates {
    ($from:literal) => {
        /// Demands features: a name for [`Require`]'s part about them.
        #[derive(Debug, Clone, Copy)]
        pub struct RequireFeature(());

        #[expect(
            clippy::new_ret_no_self,
            reason = "every gate is one `Require`; this is a name for a part of it"
        )]
        impl RequireFeature {
            /// Demands one feature.
            ///
            /// ```
            #[doc = concat!("use ", $from, "::RequireFeature;")]
            ///
            /// let layer = RequireFeature::new("sso");
            /// ```
            pub fn new(feature: impl Into<$crate::FeatureName>) -> Require {
                Require::feature(feature)
            }

            /// Demands at least one of several features.
            pub fn any_of<F: Into<$crate::FeatureName>>(
                features: impl IntoIterator<Item = F>,
            ) -> Require {
                Require::any_feature(features)
            }

            /// Demands every one of several features.
            pub fn all_of<F: Into<$crate::FeatureName>>(
                features: impl IntoIterator<Item = F>,
            ) -> Require {
                Require::all_features(features)
            }
        }

        /// Demands a plan: a name for [`Require`]'s part about it.
        #[derive(Debug, Clone, Copy)]
        pub struct RequirePlan(());

        impl RequirePlan {
            /// Demands a plan or a higher one in the catalog's `plan_order`.
            ///
            /// ```
            #[doc = concat!("use ", $from, "::RequirePlan;")]
            ///
            /// let layer = RequirePlan::at_least("business");
            /// ```
            pub fn at_least(plan: impl Into<$crate::PlanName>) -> Require {
                Require::plan_at_least(plan)
            }
        }

        $crate::__named_gates! { @plain
            /// Demands any plan but the base plan; a trial is paid.
            RequirePaid, paid;
            /// Demands the highest plan of the catalog's `plan_order`.
            RequireEnterprise, enterprise;
            /// Demands that a license is in force where one is held; whoever holds none passes.
            RequireValidLicense, valid_license;
        }

        $crate::__named_gates! { @limit $from,
            /// Demands room for one more under a limit, and uses it where the request succeeds. Acts on POST, PUT and PATCH:
            /// reading and deleting stay open (U9).
            RequireLimit, limit, "users";
            /// Gives one back under a limit where the request succeeds. Acts on DELETE (U9). A handler that finds nothing to
            /// delete must say so, as with 404: where it answers 204, who deletes nothing makes room for one more.
            ReleaseLimit, give_back, "users";
            /// Holds one of a concurrent limit for as long as a request takes, until the end of the response's body
            /// (U11). Acts on every method. Handlers that go on beyond that, such as on an upgraded connection, take a clone of the
            /// `HeldLease` in the request's extensions along.
            Lease, lease, "connections";
        }
    };
    (@plain $($(#[$docs:meta])* $name:ident, $constructor:ident;)*) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name(());

        #[expect(clippy::new_ret_no_self, reason = "every gate is one `Require`; this is a name for a part of it")]
        impl $name {
            /// The layer.
            pub fn new() -> Require {
                Require::$constructor()
            }
        }
    )*};
    (@limit $from:literal, $($(#[$docs:meta])* $name:ident, $constructor:ident, $example:literal;)*) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name(());

        #[expect(clippy::new_ret_no_self, reason = "every gate is one `Require`; this is a name for a part of it")]
        impl $name {
            /// The layer, for one; [`Require::amount`] says another number.
            ///
            /// ```
            #[doc = concat!("use ", $from, "::", stringify!($name), ";")]
            ///
            #[doc = concat!("let layer = ", stringify!($name), "::new(\"", $example, "\");")]
            /// ```
            pub fn new(limit: impl Into<$crate::LimitName>) -> Require {
                Require::$constructor(limit)
            }
        }
    )*};
}
