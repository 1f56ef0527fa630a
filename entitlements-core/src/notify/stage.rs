use std::time::Duration;

use crate::Timestamp;
use crate::license::License;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A threshold in the end of a license (N1), the earliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Days30,
    Days15,
    Days7,
    Days3,
    Days1,
    /// It expires.
    Expiry,
    /// Its days of grace are over.
    EndOfGrace,
}

impl Stage {
    const ALL: [Self; 7] = [
        Self::Days30,
        Self::Days15,
        Self::Days7,
        Self::Days3,
        Self::Days1,
        Self::Expiry,
        Self::EndOfGrace,
    ];

    /// How many days before the expiry; none are left from it on.
    pub(crate) const fn days(self) -> u32 {
        match self {
            Self::Days30 => 30,
            Self::Days15 => 15,
            Self::Days7 => 7,
            Self::Days3 => 3,
            Self::Days1 => 1,
            Self::Expiry | Self::EndOfGrace => 0,
        }
    }

    /// Its name where it is kept.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Days30 => "30",
            Self::Days15 => "15",
            Self::Days7 => "7",
            Self::Days3 => "3",
            Self::Days1 => "1",
            Self::Expiry => "0",
            Self::EndOfGrace => "end_of_grace",
        }
    }

    /// Those of a license: of a trial only the last week's, and no end of grace where there is none.
    pub(crate) fn of(license: &License) -> impl Iterator<Item = Self> {
        let (is_trial, has_grace) = (license.is_trial(), license.grace_days() > 0);
        Self::ALL.into_iter().filter(move |stage| match stage {
            Self::Days30 | Self::Days15 => !is_trial,
            Self::EndOfGrace => has_grace,
            _ => true,
        })
    }

    /// When it is reached.
    pub(crate) fn reached_at(self, license: &License) -> Timestamp {
        match self {
            Self::EndOfGrace => license.grace_ends_at(),
            _ => license.expires_at().saturating_sub(DAY * self.days()),
        }
    }

    /// The tightest that is reached.
    pub(crate) fn reached(license: &License, now: Timestamp) -> Option<Self> {
        Self::of(license)
            .filter(|stage| stage.reached_at(license) <= now)
            .last()
    }

    /// When the next one is reached.
    pub(crate) fn next_at(license: &License, now: Timestamp) -> Option<Timestamp> {
        let stages = Self::of(license).map(|stage| stage.reached_at(license));
        stages.filter(|reached_at| *reached_at > now).min()
    }
}
