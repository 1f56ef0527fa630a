use std::fmt;
use std::pin::Pin;

use super::Hold;
use crate::Denial;
use crate::rate::RateReport;

/// What becomes of a request at a gate.
#[must_use]
pub enum Admission {
    /// It passes.
    Pass,
    /// It passes, and the head of its response says where the rates stand.
    Rated(RateReport),
    /// It passes, and this is held for it until it is done.
    Hold(Hold),
    /// It is denied.
    Deny(Denial),
    /// It has to wait for the answer.
    Later(Pin<Box<dyn Future<Output = Admission> + Send>>),
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("Pass"),
            Self::Rated(report) => f.debug_tuple("Rated").field(report).finish(),
            Self::Hold(hold) => f.debug_tuple("Hold").field(hold).finish(),
            Self::Deny(denial) => f.debug_tuple("Deny").field(denial).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}
