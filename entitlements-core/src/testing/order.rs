use std::collections::BTreeSet;
use std::fmt;

use crate::OrderMistake;

/// A step of a path that no product has a route for.
const NOBODYS: &str = "entitlements-check-3f1c1e7a-nobody-has-a-route-here";

/// What is wrong with the order of an application's layers, each with what to do.
///
/// The framework crates' checks answer it (`check_router`, `check_app`). `Debug` is as `Display`, so that a test which unwraps it
/// shows the sentences.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderMistakes {
    found: Vec<(String, OrderMistake)>,
}

impl OrderMistakes {
    /// The request that showed it, and the mistake.
    #[must_use]
    pub fn found(&self) -> &[(String, OrderMistake)] {
        &self.found
    }

    /// For the checks of the framework crates.
    ///
    /// # Errors
    /// Where something was found.
    #[doc(hidden)]
    pub fn none(found: Vec<(String, OrderMistake)>) -> Result<(), Self> {
        if found.is_empty() {
            Ok(())
        } else {
            Err(Self { found })
        }
    }
}

impl fmt::Display for OrderMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (request, mistake)) in self.found.iter().enumerate() {
            f.write_str(if index > 0 { "\n" } else { "" })?;
            write!(f, "{request}: {mistake}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for OrderMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for OrderMistakes {}

/// Paths beside these that nobody has a route for: for each step of each of them, another step in its place; and one at the top.
/// For the checks of the framework crates.
#[doc(hidden)]
pub fn paths_beside<'a>(paths: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut beside = BTreeSet::from([format!("/{NOBODYS}")]);
    for path in paths {
        let places = path.char_indices().filter(|(_, letter)| *letter == '/');
        let starts = places.filter_map(|(place, _)| path.get(..=place));
        beside.extend(starts.map(|start| format!("{start}{NOBODYS}")));
    }
    beside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_of_a_path_has_one_beside_it() {
        let beside = paths_beside(["/api/users/7"]);
        let expected = ["/", "/api/", "/api/users/"].map(|start| format!("{start}{NOBODYS}"));
        assert_eq!(beside, expected.into());
        assert_eq!(paths_beside([]), [format!("/{NOBODYS}")].into());
    }
}
