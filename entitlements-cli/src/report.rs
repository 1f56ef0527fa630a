use serde::Serialize;

use crate::failure::{Exit, Failure};

/// What a command has to say, in both forms, and how it ends.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) text: String,
    pub(crate) json: String,
    /// Remarks for people, one line each.
    pub(crate) notes: Vec<String>,
    pub(crate) verdict: Verdict,
}

/// How a command that has something to say ends.
#[derive(Debug)]
pub(crate) enum Verdict {
    Fine,
    /// The license is genuine, and not in force.
    NotInForce,
    /// There is a result, and it is bad: both are said.
    Bad(Failure),
}

impl Report {
    pub(crate) fn new(text: String, json: &impl Serialize) -> Result<Self, Failure> {
        let json = serde_json::to_string(json).map_err(|_| {
            Failure::failed(
                "internal",
                "the result has no form in JSON",
                "leave out `--json`",
            )
        })?;
        Ok(Self::of_json(text, json))
    }

    /// Of JSON that is written already.
    pub(crate) fn of_json(text: String, json: String) -> Self {
        Self {
            text,
            json,
            notes: Vec::new(),
            verdict: Verdict::Fine,
        }
    }

    pub(crate) fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }

    pub(crate) fn with_verdict(mut self, verdict: Verdict) -> Self {
        self.verdict = verdict;
        self
    }
}

impl Verdict {
    pub(crate) const fn exit(&self) -> Exit {
        match self {
            Self::Fine => Exit::Fine,
            Self::NotInForce => Exit::NotInForce,
            Self::Bad(failure) => failure.exit,
        }
    }
}
