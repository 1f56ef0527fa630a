//! How an engine's layer tells callers apart.

/// What an engine's layer is told after it was made, for an `impl` of `EntitlementsLayer<R>` with the field `callers`.
#[doc(hidden)]
#[macro_export]
macro_rules! __layer_builders {
    () => {
        /// Tells accounts in another way, such as by API key or host name.
        pub fn account_from<T: $crate::ResolveAccount>(self, resolver: T) -> EntitlementsLayer<T> {
            EntitlementsLayer {
                callers: self.callers.told_by(resolver),
            }
        }

        /// Puts callers whom no account can be told of on a plan, instead of answering them 401 at the gates.
        ///
        /// # Panics
        /// When the catalog lacks the plan: a mistake in the program, found when it starts. Use
        /// [`try_anonymous_on_plan`](Self::try_anonymous_on_plan) for names that are not in the program's text.
        #[track_caller]
        #[expect(
            clippy::panic,
            reason = "a mistake in the program; `try_anonymous_on_plan` is there for names from elsewhere"
        )]
        pub fn anonymous_on_plan(self, plan: impl Into<$crate::PlanName>) -> Self
        where
            R: Clone,
        {
            match self.try_anonymous_on_plan(plan) {
                Ok(layer) => layer,
                Err(unknown) => panic!("a layer cannot be built: {unknown}"),
            }
        }

        /// Puts callers whom no account can be told of on a plan.
        ///
        /// # Errors
        /// When the catalog lacks the plan.
        pub fn try_anonymous_on_plan(self, plan: impl Into<$crate::PlanName>) -> Result<Self, $crate::UnknownName>
        where
            R: Clone,
        {
            Ok(Self {
                callers: self.callers.try_anonymous_on_plan(plan)?,
            })
        }
    };
}
