use std::fmt;

use super::Entitlements;
use crate::decide::{Requirement, UnknownName};

/// Names that requirements use and the catalog lacks, all of them.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownNames {
    names: Vec<(String, UnknownName)>,
}

impl UnknownNames {
    /// Each requirement in words, and the first name of it that the catalog cannot answer for.
    #[must_use]
    pub fn names(&self) -> &[(String, UnknownName)] {
        &self.names
    }
}

impl fmt::Display for UnknownNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (requirement, unknown)) in self.names.iter().enumerate() {
            f.write_str(if index > 0 { "\n" } else { "" })?;
            write!(f, "{requirement}: {unknown}")?;
        }
        Ok(())
    }
}

/// As `Display`: a test that unwraps it shows the sentences.
impl fmt::Debug for UnknownNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for UnknownNames {}

impl Entitlements {
    /// Holds the names of requirements against the catalog, for a test or the start of a program (I12). Takes requirements and
    /// the gates of every framework.
    ///
    /// Gates that got their engine by `on` were checked when they were built; this is for those that find it in requests.
    ///
    /// ```
    /// use entitlements_core::{Requirement, testing};
    ///
    /// let engine = testing::on_plan(testing::catalog(), "community");
    /// engine.check([Requirement::feature("sso"), Requirement::limit("users")]).unwrap();
    ///
    /// let mistake = engine.check([Requirement::feature("ssso")]).unwrap_err();
    /// assert_eq!(
    ///     mistake.to_string(),
    ///     "feature `ssso`: unknown feature `ssso`, did you mean `sso`?",
    /// );
    /// ```
    ///
    /// # Errors
    /// When the catalog lacks a name; each requirement that has one is named.
    pub fn check<R: AsRef<Requirement>>(
        &self,
        requirements: impl IntoIterator<Item = R>,
    ) -> Result<(), UnknownNames> {
        let unknown = requirements.into_iter().filter_map(|requirement| {
            let requirement = requirement.as_ref();
            let unknown = self.bind(requirement).err()?;
            Some((requirement.to_string(), unknown))
        });
        let names: Vec<_> = unknown.collect();
        if names.is_empty() {
            Ok(())
        } else {
            Err(UnknownNames { names })
        }
    }
}
