use std::fmt;

/// What is kept, by kind: each is a table of values by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Collection {
    /// License keys that were handed in, by the license's id.
    Licenses,
    /// Revocation lists that were handed in, by the SHA-256 of the list in hex.
    Revocations,
    /// What the engine knows of time: the newest trusted time, and since when licenses are not where they are bound to (T4, T5, S7a).
    Clock,
    /// Which notices were given, and when (N3).
    Notices,
}

impl Collection {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Licenses,
        Self::Revocations,
        Self::Clock,
        Self::Notices,
    ];

    /// Its name, which files and tables have: `licenses`, `revocations`, `clock` or `notices`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Licenses => "licenses",
            Self::Revocations => "revocations",
            Self::Clock => "clock",
            Self::Notices => "notices",
        }
    }

    /// The name of its file in a data folder.
    pub(super) const fn file_name(self) -> &'static str {
        match self {
            Self::Licenses => "licenses.json",
            Self::Revocations => "revocations.json",
            Self::Clock => "clock.json",
            Self::Notices => "notices.json",
        }
    }
}

impl fmt::Display for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
