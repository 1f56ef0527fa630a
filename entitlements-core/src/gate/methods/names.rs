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

        /// Demands that a client's address is on an allowlist: a name for [`Require`]'s part about it.
        ///
        /// Addresses are asked for before everything but the account, and nothing passes by its method, preflights included (D19): put CORS
        /// layers outside. Which address is a client's says the engine's `client_address`: without it that of the connection's other end.
        #[derive(Debug, Clone, Copy)]
        pub struct IpAllowlist(());

        impl IpAllowlist {
            /// Demands that the account's own list lets it pass: one without active entries lets everybody (W3). It stands after the
            /// authentication, which says whose request it is.
            ///
            /// ```
            #[doc = concat!("use ", $from, "::IpAllowlist;")]
            ///
            /// let layer = IpAllowlist::per_account();
            /// ```
            pub fn per_account() -> Require {
                Require::ip_allowlist()
            }

            /// Demands that one of these ranges holds it: texts such as `192.0.2.0/24`, single addresses, `Cidr`s. It asks for no
            /// account, so that it may stand before the authentication; then give it the engine with [`Require::on`].
            ///
            /// ```
            #[doc = concat!("use ", $from, "::IpAllowlist;")]
            ///
            /// let layer = IpAllowlist::fixed(["192.0.2.0/24", "2001:db8::/32"]);
            /// ```
            ///
            /// # Panics
            /// When one of them is no range, and where there is none: a mistake in the program, found when it starts. Ranges from a
            /// setting are for [`try_fixed`](Self::try_fixed), which is told what an empty one means.
            #[track_caller]
            #[expect(
                clippy::panic,
                reason = "a mistake in the program; `try_fixed` is there for ranges from elsewhere"
            )]
            pub fn fixed<R>(ranges: impl IntoIterator<Item = R>) -> Require
            where
                R: TryInto<$crate::client_address::Cidr>,
                $crate::client_address::CidrError: From<R::Error>,
            {
                match $crate::allowlist::FixedAllowlist::new(ranges, $crate::allowlist::WhenEmpty::DenyAll) {
                    Ok(list) if list.is_empty() => panic!(
                        "a gate cannot be built: an allowlist without a range lets nobody pass, or was meant to let everybody: say which with `IpAllowlist::try_fixed(ranges, when_empty)`"
                    ),
                    Ok(list) => Require::fixed_allowlist(list),
                    Err(wrong) => panic!("a gate cannot be built: {wrong}"),
                }
            }

            /// Demands that one of these ranges holds it, as [`fixed`](Self::fixed) does; for ranges that come from a setting.
            ///
            /// # Errors
            /// When one of them is no range.
            pub fn try_fixed<R>(
                ranges: impl IntoIterator<Item = R>,
                when_empty: $crate::allowlist::WhenEmpty,
            ) -> Result<Require, $crate::client_address::CidrError>
            where
                R: TryInto<$crate::client_address::Cidr>,
                $crate::client_address::CidrError: From<R::Error>,
            {
                let list = $crate::allowlist::FixedAllowlist::new(ranges, when_empty)?;
                Ok(Require::fixed_allowlist(list))
            }
        }

        /// Demands that requests do not come too fast: a name for [`Require`]'s part about it.
        ///
        /// What comes too fast is answered 429 with `Retry-After`, and spends nothing. Requests are counted by account, unless
        /// [`Require::by`] says otherwise.
        #[derive(Debug, Clone, Copy)]
        pub struct RateLimit(());

        #[expect(
            clippy::new_ret_no_self,
            reason = "every gate is one `Require`; this is a name for a part of it"
        )]
        impl RateLimit {
            /// As fast as the account's plan, or an override, lets requests come. A plan that does not name the rate lets them come as fast as
            /// they like (C15).
            ///
            /// ```
            #[doc = concat!("use ", $from, "::RateLimit;")]
            ///
            /// let layer = RateLimit::new("api");
            /// ```
            pub fn new(rate: impl Into<$crate::RateName>) -> Require {
                Require::rate(rate)
            }

            /// As fast as the program says, for everybody alike. By client address it asks for no account, and may stand before the
            /// authentication; then give it the engine with [`Require::on`].
            ///
            /// ```
            #[doc = concat!("use ", $from, "::RateLimit;")]
            /// use entitlements_core::rate::{FixedRate, RateKey};
            ///
            /// let logins = FixedRate::per_minute("login", 5).burst(10);
            /// let layer = RateLimit::fixed(logins).by(RateKey::client_address());
            /// ```
            pub fn fixed(rate: $crate::rate::FixedRate) -> Require {
                Require::fixed_rate(rate)
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
