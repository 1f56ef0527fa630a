use serde::Serialize;

use crate::quote;

/// What the process ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Fine = 0,
    /// Something failed that is neither the command line's fault nor the key's.
    Failed = 1,
    /// The command line is wrong, or a file that it names cannot be used.
    Usage = 2,
    /// The license is genuine, and not in force.
    NotInForce = 3,
    /// The license key is not genuine.
    Rejected = 4,
}

/// Why a command did not do what was asked, and what to do about it. Holds no key.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    #[serde(skip)]
    pub(crate) exit: Exit,
    /// One snake_case word for scripts.
    pub(crate) code: &'static str,
    /// The library's own word for why, where the code does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) action: String,
}

impl Failure {
    pub(crate) fn new(
        exit: Exit,
        code: &'static str,
        message: impl AsRef<str>,
        action: impl Into<String>,
    ) -> Self {
        // Whatever a message is made of, a key that was given in the wrong place ends here.
        let message = quote::without_keys(message.as_ref());
        Self {
            exit,
            code,
            reason: None,
            message,
            action: action.into(),
        }
    }

    pub(crate) fn usage(
        code: &'static str,
        message: impl AsRef<str>,
        action: impl Into<String>,
    ) -> Self {
        Self::new(Exit::Usage, code, message, action)
    }

    pub(crate) fn failed(
        code: &'static str,
        message: impl AsRef<str>,
        action: impl Into<String>,
    ) -> Self {
        Self::new(Exit::Failed, code, message, action)
    }

    pub(crate) const fn with_reason(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    pub(crate) fn with_action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }
}
