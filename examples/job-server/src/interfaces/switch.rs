//! One of two implementations, by what the license gives.

use std::sync::Arc;

use entitlements_axum::{EngineCurrent, Entitlements};

pub(crate) struct Switch<T: ?Sized> {
    entitlements: Entitlements,
    feature: &'static str,
    on: Arc<T>,
    off: Arc<T>,
}

impl<T: ?Sized> Switch<T> {
    pub(crate) fn when(
        entitlements: &Entitlements,
        feature: &'static str,
        on: Arc<T>,
        off: Arc<T>,
    ) -> Self {
        Self {
            entitlements: entitlements.clone(),
            feature,
            on,
            off,
        }
    }

    /// For the length of one request.
    pub(crate) fn of(&self, current: &EngineCurrent) -> &Arc<T> {
        if current.has(self.feature) {
            &self.on
        } else {
            &self.off
        }
    }

    /// Outside of requests.
    pub(crate) fn now(&self) -> &Arc<T> {
        self.of(&self.entitlements.current())
    }
}

impl<T: ?Sized> Clone for Switch<T> {
    fn clone(&self) -> Self {
        Self {
            entitlements: self.entitlements.clone(),
            feature: self.feature,
            on: Arc::clone(&self.on),
            off: Arc::clone(&self.off),
        }
    }
}
