//! How a gate is made, and what it is told then.

/// The constructors of a gate, for an `impl` of a type that has `fn of(gate: Gate) -> Self`.
#[doc(hidden)]
#[macro_export]
macro_rules! __gate_constructors {
    () => {
        /// Demands what `requirement` says.
        pub fn new(requirement: $crate::Requirement) -> Self {
            Self::of($crate::adapter::Gate::new(requirement))
        }

        /// Demands one feature.
        pub fn feature(feature: impl Into<$crate::FeatureName>) -> Self {
            Self::new($crate::Requirement::feature(feature))
        }

        /// Demands at least one of several features.
        pub fn any_feature<F: Into<$crate::FeatureName>>(
            features: impl IntoIterator<Item = F>,
        ) -> Self {
            Self::new($crate::Requirement::any_feature(features))
        }

        /// Demands every one of several features.
        pub fn all_features<F: Into<$crate::FeatureName>>(
            features: impl IntoIterator<Item = F>,
        ) -> Self {
            Self::new($crate::Requirement::all_features(features))
        }

        /// Demands a plan or a higher one.
        pub fn plan_at_least(plan: impl Into<$crate::PlanName>) -> Self {
            Self::new($crate::Requirement::plan_at_least(plan))
        }

        /// Demands any plan but the base plan.
        pub fn paid() -> Self {
            Self::new($crate::Requirement::paid())
        }

        /// Demands the highest plan.
        pub fn enterprise() -> Self {
            Self::new($crate::Requirement::enterprise())
        }

        /// Demands that a license is in force where one is held.
        pub fn valid_license() -> Self {
            Self::new($crate::Requirement::valid_license())
        }

        /// Demands that the account's own allowlist lets the client's address pass.
        pub fn ip_allowlist() -> Self {
            Self::new($crate::Requirement::ip_allowlist())
        }

        /// Demands that a list of the application's own lets the client's address pass.
        pub fn fixed_allowlist(list: $crate::allowlist::FixedAllowlist) -> Self {
            Self::new($crate::Requirement::fixed_allowlist(list))
        }

        /// Demands that requests come no faster than the account's plan, or an override, lets them.
        pub fn rate(rate: impl Into<$crate::RateName>) -> Self {
            Self::new($crate::Requirement::rate(rate))
        }

        /// Demands that requests come no faster than the program says.
        pub fn fixed_rate(rate: $crate::rate::FixedRate) -> Self {
            Self::new($crate::Requirement::fixed_rate(rate))
        }

        /// Demands room for one more under a limit, and uses it where the request succeeds (U8). Acts on POST, PUT and PATCH (U9).
        pub fn limit(limit: impl Into<$crate::LimitName>) -> Self {
            Self::new($crate::Requirement::limit(limit))
        }

        /// Gives one back under a limit where the request succeeds. Acts on DELETE (U9).
        pub fn give_back(limit: impl Into<$crate::LimitName>) -> Self {
            Self::new($crate::Requirement::give_back(limit))
        }

        /// Demands a lease of a concurrent limit, until the end of the response's body (U11).
        pub fn lease(limit: impl Into<$crate::LimitName>) -> Self {
            Self::new($crate::Requirement::lease(limit))
        }
    };
}

/// What a gate is told after it was made, for an `impl` of a type that has `fn gate(&self) -> &Gate` and
/// `fn with_gate(self, gate: Gate) -> Self`.
#[doc(hidden)]
#[macro_export]
macro_rules! __gate_builders {
    () => {
        /// Also demands one feature.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_feature(self, feature: impl Into<$crate::FeatureName>) -> Self {
            self.also(|requirement| requirement.and_feature(feature))
        }

        /// Also demands at least one of several features.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_any_feature<F: Into<$crate::FeatureName>>(
            self,
            features: impl IntoIterator<Item = F>,
        ) -> Self {
            self.also(|requirement| requirement.and_any_feature(features))
        }

        /// Also demands every one of several features.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_all_features<F: Into<$crate::FeatureName>>(
            self,
            features: impl IntoIterator<Item = F>,
        ) -> Self {
            self.also(|requirement| requirement.and_all_features(features))
        }

        /// Also demands a plan or a higher one.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_plan_at_least(self, plan: impl Into<$crate::PlanName>) -> Self {
            self.also(|requirement| requirement.and_plan_at_least(plan))
        }

        /// Also demands any plan but the base plan.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_paid(self) -> Self {
            self.also($crate::Requirement::and_paid)
        }

        /// Also demands the highest plan.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_enterprise(self) -> Self {
            self.also($crate::Requirement::and_enterprise)
        }

        /// Also demands that a license is in force where one is held.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_valid_license(self) -> Self {
            self.also($crate::Requirement::and_valid_license)
        }

        /// Also demands that the account's own allowlist lets the client's address pass.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_ip_allowlist(self) -> Self {
            self.also($crate::Requirement::and_ip_allowlist)
        }

        /// Also demands that a list of the application's own lets the client's address pass.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_fixed_allowlist(self, list: $crate::allowlist::FixedAllowlist) -> Self {
            self.also(|requirement| requirement.and_fixed_allowlist(list))
        }

        /// Also demands that requests come no faster than the account's plan, or an override, lets them; several rates are all or nothing.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_rate(self, rate: impl Into<$crate::RateName>) -> Self {
            self.also(|requirement| requirement.and_rate(rate))
        }

        /// Also demands that requests come no faster than the program says.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_fixed_rate(self, rate: $crate::rate::FixedRate) -> Self {
            self.also(|requirement| requirement.and_fixed_rate(rate))
        }

        /// Says whose requests the rate that was named last counts together, instead of the account's (Q15).
        ///
        /// Where no rate was named it is a mistake in the program like a name that the catalog lacks; so with costs.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and no rate was named.
        #[track_caller]
        pub fn by(self, key: $crate::rate::RateKey) -> Self {
            self.also(|requirement| requirement.by(key))
        }

        /// Says how much a request takes, instead of one, of the rate that was named last.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and no rate was named.
        #[track_caller]
        pub fn cost(self, units: u64) -> Self {
            self.also(|requirement| requirement.cost(units))
        }

        /// Says by a request's head how much it takes of the rate that was named last.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and no rate was named.
        #[track_caller]
        pub fn cost_of_head(
            self,
            tell: impl Fn(&dyn $crate::RequestHead) -> u64 + Send + Sync + 'static,
        ) -> Self {
            self.also(|requirement| requirement.cost_of_head(tell))
        }

        /// Says which answers tell where the rates stand (Q20): all of them, unless this says otherwise.
        pub fn headers(self, when: $crate::rate::RateHeaders) -> Self {
            let gate = self.gate().rate_headers(when);
            self.with_gate(gate)
        }

        /// Lets answers that tell where the rates stand tell it in `x-ratelimit-limit`, `-remaining` and `-reset` too (Q22), for clients that
        /// know nothing else.
        pub fn legacy_headers(self) -> Self {
            let gate = self.gate().legacy_rate_headers();
            self.with_gate(gate)
        }

        /// Also demands room for one more under a limit; several limits are reserved all together or not at all (U4).
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_limit(self, limit: impl Into<$crate::LimitName>) -> Self {
            self.also(|requirement| requirement.and_limit(limit))
        }

        /// Also gives one back under a limit where the request succeeds.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_give_back(self, limit: impl Into<$crate::LimitName>) -> Self {
            self.also(|requirement| requirement.and_give_back(limit))
        }

        /// Also demands a lease of a concurrent limit.
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
        #[track_caller]
        pub fn and_lease(self, limit: impl Into<$crate::LimitName>) -> Self {
            self.also(|requirement| requirement.and_lease(limit))
        }

        /// Says how many, instead of one, of the limit that was named last.
        ///
        /// An amount where no limit was named, or of a lease, which is always one, is a mistake in the program like a name that the
        /// catalog lacks (U4).
        ///
        /// # Panics
        /// As [`on`](Self::on), where the gate already has its engine and the amount is of nothing.
        #[track_caller]
        pub fn amount(self, amount: u64) -> Self {
            self.also(|requirement| requirement.amount(amount))
        }

        /// Acts on these methods only, and on each of them (D15), in place of what is usual for what is demanded. `GET` stands for
        /// `HEAD` too, which servers let the same handler answer.
        pub fn on_methods<M: Into<String>>(self, methods: impl IntoIterator<Item = M>) -> Self {
            let gate = self.gate().on_methods(methods);
            self.with_gate(gate)
        }

        /// Decides, counts decisions and logs what it would deny, and lets everything pass (D17): to see whom a gate would
        /// stop before it does.
        pub fn shadow(self) -> Self {
            let gate = self.gate().shadow();
            self.with_gate(gate)
        }

        /// Says what happens where the answer cannot be determined (D16); 503 unless this says otherwise.
        pub fn on_unavailable(self, then: $crate::OnUnavailable) -> Self {
            let gate = self.gate().on_unavailable(then);
            self.with_gate(gate)
        }

        /// Says when it is known whether a request succeeded (U8): at the head of the response unless this says otherwise.
        pub fn settle(self, when: $crate::Settle) -> Self {
            let gate = self.gate().settle(when);
            self.with_gate(gate)
        }

        /// Asks this engine, so that no [`EntitlementsLayer`](crate::EntitlementsLayer) is needed, and looks the names up
        /// at once.
        ///
        /// Where the request passed that engine's layer all the same, what the layer says of it counts. Where it did not, it
        /// is that of the `AccountId` in its extensions; without one, of the one account of a self-hosted product.
        ///
        /// A layer of another engine between the two takes the place of what that engine's layer said, the account included:
        /// a request has one `Current`, the innermost layer's. The gate then tells the account itself, as if there were no layer, and so not
        /// by that layer's `account_from`.
        ///
        /// # Panics
        /// When the engine's catalog lacks a name: a mistake in the program, found when it starts and not by a customer
        /// (I12). Use [`try_on`](Self::try_on) for names that are not in the program's text.
        #[track_caller]
        #[expect(
            clippy::panic,
            reason = "a mistake in the program; `try_on` is there for names from elsewhere"
        )]
        pub fn on(self, entitlements: &$crate::Entitlements) -> Self {
            match self.try_on(entitlements) {
                Ok(require) => require,
                Err(unknown) => panic!("a gate cannot be built: {unknown}"),
            }
        }

        /// Asks this engine, as [`on`](Self::on) does.
        ///
        /// # Errors
        /// When the engine's catalog lacks a name, or cannot compare plans where that is demanded.
        pub fn try_on(
            self,
            entitlements: &$crate::Entitlements,
        ) -> Result<Self, $crate::UnknownName> {
            let gate = self.gate().with_engine(entitlements)?;
            Ok(self.with_gate(gate))
        }

        /// What is demanded.
        #[must_use]
        pub fn requirement(&self) -> &$crate::Requirement {
            self.gate().requirement()
        }

        /// The same gate with another requirement.
        #[track_caller]
        #[expect(clippy::panic, reason = "a mistake in the program, as for `on`")]
        fn also(self, extend: impl FnOnce($crate::Requirement) -> $crate::Requirement) -> Self {
            let requirement = extend(self.gate().requirement().clone());
            match self.gate().with_requirement(requirement) {
                Ok(gate) => self.with_gate(gate),
                Err(unknown) => panic!("a gate cannot be built: {unknown}"),
            }
        }
    };
}
