use crate::Timestamp;

/// The time for which a set is the answer: from its first moment to the one after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    /// Nothing is to come, so that it also holds at the latest time there is, which nothing is after.
    pub(crate) endless: bool,
}

impl Span {
    /// The span around `now` in which none of the boundaries lies; a boundary belongs to what comes after it.
    pub(super) fn around(now: Timestamp, boundaries: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut span = Self {
            from: Timestamp::MIN,
            until: Timestamp::MAX,
            endless: true,
        };
        for boundary in boundaries {
            if boundary <= now {
                span.from = span.from.max(boundary);
            } else {
                span.until = span.until.min(boundary);
                span.endless = false;
            }
        }
        span
    }
}
