use super::Stage;
use crate::Timestamp;
use crate::license::License;
use crate::strict::json::ObjectWriter;

/// What is told of the end of a license.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseNotice {
    stage: Stage,
    license: String,
    plan: Option<String>,
    is_trial: bool,
    expires_at: Timestamp,
    grace_ends_at: Timestamp,
    at: Timestamp,
    message: String,
}

/// Whether the license is about to expire, or has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoticeKind {
    /// It will expire.
    LicenseExpiry,
    /// It has expired, or its grace is over.
    LicenseExpired,
}

impl NoticeKind {
    /// The kind as snake_case words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LicenseExpiry => "license_expiry",
            Self::LicenseExpired => "license_expired",
        }
    }
}

/// How urgent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// Something will end.
    High,
    /// Something has ended.
    Critical,
}

impl Priority {
    /// The priority as one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl LicenseNotice {
    pub(super) fn of(license: &License, stage: Stage, now: Timestamp) -> Self {
        Self {
            stage,
            license: license.id().to_owned(),
            plan: license.plan().map(str::to_owned),
            is_trial: license.is_trial(),
            expires_at: license.expires_at(),
            grace_ends_at: license.grace_ends_at(),
            at: now,
            message: message(license, stage),
        }
    }

    /// What is kept of it, by a name that no other notice has.
    pub(crate) fn entry(&self) -> String {
        super::given::entry(&self.license, self.expires_at, self.stage.name())
    }

    /// Whether it will expire, or has.
    #[must_use]
    pub const fn kind(&self) -> NoticeKind {
        match self.stage {
            Stage::Expiry | Stage::EndOfGrace => NoticeKind::LicenseExpired,
            _ => NoticeKind::LicenseExpiry,
        }
    }

    /// How urgent it is.
    #[must_use]
    pub const fn priority(&self) -> Priority {
        match self.kind() {
            NoticeKind::LicenseExpiry => Priority::High,
            NoticeKind::LicenseExpired => Priority::Critical,
        }
    }

    /// The license's id.
    #[must_use]
    pub fn license(&self) -> &str {
        &self.license
    }

    /// The license's plan, if it names one.
    #[must_use]
    pub fn plan(&self) -> Option<&str> {
        self.plan.as_deref()
    }

    /// Whether the license is for a trial.
    #[must_use]
    pub const fn is_trial(&self) -> bool {
        self.is_trial
    }

    /// The threshold, in days before the expiry: 30, 15, 7, 3, 1, or 0 from the expiry on.
    #[must_use]
    pub const fn days(&self) -> u32 {
        self.stage.days()
    }

    /// Whether it is the end of grace that is told of.
    #[must_use]
    pub const fn ends_grace(&self) -> bool {
        matches!(self.stage, Stage::EndOfGrace)
    }

    /// When the license expires.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// When its grace ends.
    #[must_use]
    pub const fn grace_ends_at(&self) -> Timestamp {
        self.grace_ends_at
    }

    /// When it is told.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// What is the matter, as a sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self.kind() {
            NoticeKind::LicenseExpiry => "renew the license before that day",
            NoticeKind::LicenseExpired => "renew the license; nothing is deleted meanwhile",
        }
    }

    /// The notice as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut notice = ObjectWriter::new();
        notice.string("type", self.kind().as_str());
        notice.string("priority", self.priority().as_str());
        notice.string("license", &self.license);
        if let Some(plan) = &self.plan {
            notice.string("plan", plan);
        }
        notice.boolean("trial", self.is_trial);
        notice.number("days", self.days());
        notice.boolean("ends_grace", self.ends_grace());
        notice.string("expires_at", &self.expires_at.to_string());
        notice.string("grace_ends_at", &self.grace_ends_at.to_string());
        notice.string("at", &self.at.to_string());
        notice.string("message", &self.message);
        notice.string("action", self.action());
        notice.finish()
    }
}

fn message(license: &License, stage: Stage) -> String {
    let (id, expires_at) = (license.id(), license.expires_at());
    let what = if license.is_trial() {
        "trial license"
    } else {
        "license"
    };
    match stage {
        Stage::EndOfGrace => format!(
            "the grace of {what} `{id}` ended at {}; the base plan holds",
            license.grace_ends_at()
        ),
        Stage::Expiry if license.grace_days() > 0 => format!(
            "{what} `{id}` expired at {expires_at}; it stays in force until {}",
            license.grace_ends_at()
        ),
        Stage::Expiry => format!("{what} `{id}` expired at {expires_at}; the base plan holds"),
        Stage::Days1 => format!("{what} `{id}` expires at {expires_at}, within a day"),
        stage => format!(
            "{what} `{id}` expires at {expires_at}, within {} days",
            stage.days()
        ),
    }
}
