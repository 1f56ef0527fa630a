//! Implementations that a license switches between while the program runs.

use std::fmt;
use std::sync::Arc;

use super::{Current, Entitlements};
use crate::catalog::FeatureId;
use crate::decide::UnknownName;
use crate::{AccountId, FeatureName};

/// Two implementations of one thing: what a feature pays for, and what there is without it; from [`Entitlements::when`].
///
/// It asks each time which one holds, and costs what `current.has(…)` costs: no lock, no allocation, and nothing that threads share
/// is written. A license that is activated, expires or is revoked switches it with the next request.
pub struct Switch<T: ?Sized> {
    engine: Entitlements,
    feature: FeatureId,
    on: Arc<T>,
    off: Arc<T>,
}

impl Entitlements {
    /// Picks one of two implementations by whether a feature is there: the open-source way of a product that sells more, without an `if` at
    /// each place.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use std::sync::Arc;
    /// use entitlements_core::testing;
    ///
    /// trait AuditLogger: Send + Sync {
    ///     fn log(&self, what: &str) -> usize;
    /// }
    /// struct Nothing;
    /// impl AuditLogger for Nothing {
    ///     fn log(&self, _: &str) -> usize { 0 }
    /// }
    /// struct Everything;
    /// impl AuditLogger for Everything {
    ///     fn log(&self, what: &str) -> usize { what.len() }
    /// }
    ///
    /// let engine = testing::without_license(testing::catalog());
    /// let audit = engine.when::<dyn AuditLogger>("sso", Arc::new(Everything), Arc::new(Nothing));
    /// let before = engine.current();
    /// assert_eq!(audit.now().log("login"), 0);
    ///
    /// engine.activate(&engine.key(|draft| draft.plan("business"))).await.unwrap();
    /// assert_eq!(audit.now().log("login"), 5);
    /// // A request that began before goes on as it began.
    /// assert_eq!(audit.of(&before).log("login"), 0);
    /// # });
    /// ```
    ///
    /// # Panics
    /// When the catalog lacks the feature: at the start of the program, where a slip of the pen is found. [`try_when`](Self::try_when) does
    /// not.
    #[must_use]
    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "as `on` does: the names of a program are checked when it starts"
    )]
    pub fn when<T: ?Sized>(
        &self,
        feature: impl Into<FeatureName>,
        on: Arc<T>,
        off: Arc<T>,
    ) -> Switch<T> {
        match self.try_when(feature, on, off) {
            Ok(switch) => switch,
            Err(unknown) => panic!("a switch cannot be built: {unknown}"),
        }
    }

    /// As [`when`](Self::when), for names that are not the program's own.
    ///
    /// # Errors
    /// When the catalog lacks the feature.
    pub fn try_when<T: ?Sized>(
        &self,
        feature: impl Into<FeatureName>,
        on: Arc<T>,
        off: Arc<T>,
    ) -> Result<Switch<T>, UnknownName> {
        Ok(Switch {
            engine: self.clone(),
            feature: UnknownName::find_feature(&feature.into(), self.catalog())?,
            on,
            off,
        })
    }
}

impl<T: ?Sized> Switch<T> {
    /// The implementation that holds for a request, from its beginning to its end.
    #[must_use]
    #[inline]
    pub fn of(&self, current: &Current) -> &Arc<T> {
        self.pick(current.has_id(self.feature))
    }

    /// The implementation that holds at this moment for the one account of a self-hosted product, outside of requests. Asked twice it may be
    /// another one.
    #[must_use]
    #[inline]
    pub fn now(&self) -> &Arc<T> {
        let (shared, now) = (&self.engine.shared, self.engine.now());
        let is_on = shared.with_state_of(&AccountId::LOCAL, now, |state| {
            state.set.has_id(self.feature)
        });
        // A store of accounts elsewhere is not waited for: `of` is for whoever knows the account.
        self.pick(is_on.unwrap_or_else(|| self.engine.current_at(now).has_id(self.feature)))
    }

    #[inline]
    const fn pick(&self, is_on: bool) -> &Arc<T> {
        if is_on { &self.on } else { &self.off }
    }
}

impl<T: ?Sized> Clone for Switch<T> {
    fn clone(&self) -> Self {
        Self {
            engine: self.engine.clone(),
            feature: self.feature,
            on: Arc::clone(&self.on),
            off: Arc::clone(&self.off),
        }
    }
}

impl<T: ?Sized> fmt::Debug for Switch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let feature = self.engine.catalog().feature_at(self.feature);
        f.debug_struct("Switch")
            .field("feature", &feature.name())
            .finish_non_exhaustive()
    }
}
