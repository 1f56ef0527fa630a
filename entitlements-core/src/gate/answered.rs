/// What the head of a response tells of what was asked for (U8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    pub(super) success: bool,
    /// Whether a body may follow.
    pub(super) has_body: bool,
}

impl Answered {
    /// By the status, and by gRPC's where the head has one. Success is status 2xx or 3xx, and `grpc-status` absent or 0.
    ///
    /// ```
    /// use entitlements_core::adapter::Answered;
    ///
    /// assert!(Answered::with(201, None).is_success());
    /// assert!(!Answered::with(404, None).is_success());
    /// assert!(!Answered::with(200, Some(b"5")).is_success());
    /// ```
    #[must_use]
    pub fn with(status: u16, grpc_status: Option<&[u8]>) -> Self {
        Self {
            success: (200..400).contains(&status)
                && grpc_status.is_none_or(|status| status == b"0"),
            // RFC 9110, sections 15.3.5 and 15.4.5: servers send nothing of one that is there all the same.
            has_body: !matches!(status, 204 | 304),
        }
    }

    /// Whether what was asked for happened.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.success
    }
}
