use std::time::Duration;

use crate::rate::RateHeaders;

/// What a gate does where the answer cannot be determined (D16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnUnavailable {
    /// Answers 503. The default: what cannot be determined is not granted.
    #[default]
    Deny,
    /// Lets the request pass, and counts nothing.
    Allow,
    /// Judges by what was last known of the account, where that is not older than this; answers 503 else, also where the clock
    /// is further behind it than this, for the clock was set. What is counted is never judged by an old count.
    LastKnown(Duration),
}

/// When it is known whether a request succeeded (U8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Settle {
    /// When the head of the response is there. The default: most bodies are made before their head is sent.
    #[default]
    AtHead,
    /// When the body was sent to its end, for streams that may fail on their way.
    AtBodyEnd,
}

/// How a gate acts, whatever it demands.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    /// Which methods it answers; all, and those of U9 for limits, where it does not say.
    pub(super) methods: Option<Box<[Box<str>]>>,
    pub(super) shadow: bool,
    pub(super) on_unavailable: OnUnavailable,
    pub(super) settle: Settle,
    pub(super) rate_headers: RateHeaders,
    pub(super) legacy_rate_headers: bool,
}

impl Rules {
    /// D15: whether it answers requests of this method. `HEAD` runs what answers `GET`, so that one gate is for both.
    pub(super) fn answers(&self, method: &str) -> bool {
        let is_named =
            |name: &str, methods: &[Box<str>]| methods.iter().any(|known| **known == *name);
        self.methods.as_ref().is_none_or(|methods| {
            is_named(method, methods) || (method == "HEAD" && is_named("GET", methods))
        })
    }

    /// U9: whether it reserves on this method.
    pub(super) fn reserves_on(&self, method: &str) -> bool {
        self.methods.is_some() || matches!(method, "POST" | "PUT" | "PATCH")
    }

    /// U9: whether it gives back on this method.
    pub(super) fn gives_back_on(&self, method: &str) -> bool {
        self.methods.is_some() || method == "DELETE"
    }
}
