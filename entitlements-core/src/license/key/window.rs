use crate::Timestamp;
use crate::license::{LicenseError, LicenseErrorKind};

/// When a key was used for signing: licenses issued outside are refused (L4i).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Window {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Window {
    pub(super) const fn from(mut self, time: Timestamp) -> Self {
        self.from = Some(time);
        self
    }

    pub(super) const fn until(mut self, time: Timestamp) -> Self {
        self.until = Some(time);
        self
    }

    /// No time is inside.
    pub(super) fn is_empty(self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if from >= until)
    }

    /// Refuses what was issued outside.
    pub(crate) fn check(self, issued_at: Option<Timestamp>) -> Result<(), LicenseError> {
        if self.allows(issued_at) {
            Ok(())
        } else {
            Err(LicenseError::new(LicenseErrorKind::KeyWindow))
        }
    }

    /// A window says nothing of what does not say when it was issued, so that is outside.
    pub(super) fn allows(self, issued_at: Option<Timestamp>) -> bool {
        if self == Self::default() {
            return true;
        }
        issued_at.is_some_and(|issued_at| {
            self.from.is_none_or(|from| from <= issued_at)
                && self.until.is_none_or(|until| issued_at < until)
        })
    }
}
