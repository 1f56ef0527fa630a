use super::BodyHold;

/// A body on its way, and what is held until its end (U8): adapters say what they see of it.
///
/// Where as much was sent as the head announced, a server need not ask the body further: dropped then, it has ended. Dropped
/// before that, it has failed.
///
/// ```
/// use entitlements_core::adapter::BodyProgress;
///
/// # fn of(hold: entitlements_core::adapter::BodyHold) {
/// let mut progress = BodyProgress::new(hold, Some(5));
/// progress.sent(5);
/// drop(progress); // all of it was sent: what is held is settled
/// # }
/// ```
#[derive(Debug)]
#[must_use = "what is held is settled or released when this is dropped"]
pub struct BodyProgress {
    hold: Option<BodyHold>,
    /// How much is still to come, where that is known.
    left: Option<u64>,
}

impl BodyProgress {
    /// At the beginning of a body of this length in bytes, where it is known.
    pub const fn new(hold: BodyHold, length: Option<u64>) -> Self {
        Self {
            hold: Some(hold),
            left: length,
        }
    }

    /// So many bytes were sent.
    pub const fn sent(&mut self, bytes: u64) {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(bytes);
        }
    }

    /// Its trailers are there: its end, and a failure where they have another `grpc-status` than 0.
    pub fn trailers(&mut self, grpc_status: Option<&[u8]>) {
        match grpc_status {
            None | Some(b"0") => self.end(),
            Some(_) => self.fail(),
        }
    }

    /// It says that it has ended.
    pub fn end(&mut self) {
        if let Some(hold) = self.hold.take() {
            hold.end();
        }
    }

    /// It failed: what is held is released.
    pub fn fail(&mut self) {
        self.hold = None;
    }
}

impl Drop for BodyProgress {
    fn drop(&mut self) {
        if self.left == Some(0) {
            self.end();
        }
    }
}
