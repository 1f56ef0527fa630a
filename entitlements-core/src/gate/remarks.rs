//! What a gate says once in the log.

use std::sync::atomic::{AtomicU8, Ordering};

use super::Gate;

/// Each is said by itself: what one client's request is the cause of must not silence what is said of all others.
#[derive(Clone, Copy)]
pub(super) enum Remark {
    /// Something the program has wrong, whoever asks.
    Mistake,
    /// X20: why an address cannot be told.
    NoPeer,
    UnixSocket,
    NoHeader,
    OnlyTrusted,
    TooFewHops,
    /// Q17
    TooCostly,
}

/// What was said, each a bit.
#[derive(Default)]
pub(super) struct Remarks(AtomicU8);

impl Gate {
    pub(super) fn is_first(&self, remark: Remark) -> bool {
        let bit = 1 << remark as u8;
        self.inner.remarks.0.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }
}
