//! A requirement in words: for the log, and for a metric's label.

use std::fmt;

use super::Requirement;
use super::requirement::{Counted, Term};
use crate::FeatureName;
use crate::rate::RateKey;

impl Requirement {
    /// The requirement as one short word, for a metric's label: `feature:sso`, `plan:business+any:sso|scim`.
    #[must_use]
    pub fn label(&self) -> String {
        let joined = |names: &[FeatureName]| {
            names
                .iter()
                .map(FeatureName::as_str)
                .collect::<Vec<_>>()
                .join("|")
        };
        let terms = self.terms.iter().map(|term| match term {
            Term::ValidLicense => "valid_license".to_owned(),
            Term::Enterprise => "enterprise".to_owned(),
            Term::PlanAtLeast(plan) => format!("plan:{plan}"),
            Term::Paid => "paid".to_owned(),
            Term::Feature(feature) => format!("feature:{feature}"),
            Term::AnyFeature(features) => format!("any:{}", joined(features)),
            Term::AllFeatures(features) => format!("all:{}", joined(features)),
        });
        let counted = self.counted.iter().map(|counted| match counted {
            Counted {
                what,
                limit,
                amount: 1,
            } => format!("{}:{limit}", what.label()),
            Counted {
                what,
                limit,
                amount,
            } => format!("{}:{limit}*{amount}", what.label()),
        });
        let addresses = self.addresses.labels().map(str::to_owned);
        let rates = self.rates.iter().map(|rate| {
            let (name, by) = (rate.what.name(), &rate.by);
            if *by == RateKey::account() {
                format!("rate:{name}")
            } else {
                format!("rate:{name}/{by}")
            }
        });
        let parts = addresses.chain(terms).chain(counted).chain(rates);
        parts.collect::<Vec<_>>().join("+")
    }
}

/// In words, for the log; [`label`](Requirement::label) is for metrics.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Parts { f, is_first: true };
        for words in self.addresses.in_words() {
            parts.next()?.write_str(words)?;
        }
        for term in &self.terms {
            let f = parts.next()?;
            match term {
                Term::ValidLicense => f.write_str("a valid license")?,
                Term::Enterprise => f.write_str("the highest plan")?,
                Term::PlanAtLeast(plan) => write!(f, "plan at least `{plan}`")?,
                Term::Paid => f.write_str("a paid plan")?,
                Term::Feature(feature) => write!(f, "feature `{feature}`")?,
                Term::AnyFeature(features) => list(f, "any feature of", features)?,
                Term::AllFeatures(features) => list(f, "every feature of", features)?,
            }
        }
        for counted in &self.counted {
            let f = parts.next()?;
            write!(f, "{} `{}`", counted.what.in_words(), counted.limit)?;
            if counted.amount != 1 {
                write!(f, " for {}", counted.amount)?;
            }
        }
        for rate in &self.rates {
            write!(parts.next()?, "rate `{}`", rate.what.name())?;
        }
        Ok(())
    }
}

/// Writes parts with commas between them.
struct Parts<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    is_first: bool,
}

impl<'f> Parts<'_, 'f> {
    fn next(&mut self) -> Result<&mut fmt::Formatter<'f>, fmt::Error> {
        if !std::mem::replace(&mut self.is_first, false) {
            self.f.write_str(", ")?;
        }
        Ok(self.f)
    }
}

fn list(f: &mut fmt::Formatter<'_>, what: &str, features: &[FeatureName]) -> fmt::Result {
    f.write_str(what)?;
    for (index, feature) in features.iter().enumerate() {
        write!(f, "{} `{feature}`", if index > 0 { "," } else { "" })?;
    }
    Ok(())
}
