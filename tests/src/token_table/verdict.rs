//! What a reader of keys says of a token, and whether that is what the table says.

use serde_json::{Map, Value};

use super::model::{Case, Expected, Front};

/// What a front says of a token.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub said: Expected,
    /// Of a license that verifies, what the front shows of it.
    pub shows: Map<String, Value>,
    /// Everything that it wrote, to look for the key in.
    pub wrote: String,
}

impl Verdict {
    /// It verifies, and has this status.
    #[must_use]
    pub fn status(status: impl Into<String>, shows: Map<String, Value>) -> Self {
        Self {
            said: Expected::Status(status.into()),
            shows,
            wrote: String::new(),
        }
    }

    /// It is refused.
    #[must_use]
    pub fn refused(reason: impl Into<String>) -> Self {
        Self {
            said: Expected::Refused {
                reason: reason.into(),
            },
            shows: Map::new(),
            wrote: String::new(),
        }
    }

    /// With what the front wrote.
    #[must_use]
    pub fn writing(mut self, text: impl Into<String>) -> Self {
        self.wrote = text.into();
        self
    }

    /// What differs from the row, if anything.
    #[must_use]
    pub fn fault(&self, case: &Case, token: &str, front: Front) -> Option<String> {
        let expected = expected(case, front);
        if self.said != expected {
            return Some(format!(
                "{front:?} says {}, not {}",
                word(&self.said),
                word(&expected)
            ));
        }
        if let Expected::Refused { .. } = self.said {
            let echo = token
                .split(['.', '\n', ' '])
                .filter_map(|part| part.get(..20))
                .find(|part| self.wrote.contains(part));
            return echo.map(|part| format!("{front:?} echoes the key: {part:?}"));
        }
        let shown = case.shown();
        let wrong = shown.iter().find(|(name, value)| {
            // The management API shows less.
            let known = self.shows.get(name.as_str());
            known.map_or(front != Front::Rest, |shown| shown != *value)
        });
        wrong.map(|(name, value)| {
            format!(
                "{front:?} shows {name} as {}, not {value}",
                self.shows.get(name).unwrap_or(&Value::Null)
            )
        })
    }
}

/// What the table says that a front says. An engine does not take what would not be in force, and says why.
fn expected(case: &Case, front: Front) -> Expected {
    if front != Front::Rest {
        return case.row.expect.clone();
    }
    let engine = case.row.engine.as_ref().unwrap_or(&case.row.expect);
    match engine {
        Expected::Status(status)
            if matches!(status.as_str(), "expired" | "revoked" | "wrong_deployment") =>
        {
            Expected::Refused {
                reason: status.clone(),
            }
        }
        engine => engine.clone(),
    }
}

fn word(said: &Expected) -> String {
    match said {
        Expected::Status(status) => format!("`{status}`"),
        Expected::Refused { reason } => format!("refused as `{reason}`"),
    }
}
