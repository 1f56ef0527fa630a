use std::fmt;
use std::path::{Path, PathBuf};

use super::document::Place;

/// Why a catalog cannot be used: everything that is wrong with it, in the order of the text.
///
/// [`Display`](fmt::Display) gives one line a mistake:
///
/// ```
/// use entitlements_core::Catalog;
///
/// let error = Catalog::from_toml("schema = 1\n[product]\nname = 'Acme'\ndefault_plan = 'bsic'\n[plans.basic]").unwrap_err();
/// assert_eq!(error.to_string(), "line 4, column 16: `[product]`: unknown plan `bsic`, did you mean `basic`?");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CatalogError {
    path: Option<PathBuf>,
    /// INVARIANT: not empty.
    mistakes: Vec<Mistake>,
}

impl CatalogError {
    pub(super) const fn new(mistakes: Vec<Mistake>) -> Self {
        Self {
            path: None,
            mistakes,
        }
    }

    pub(super) fn whole(message: impl Into<String>) -> Self {
        Self::new(vec![Mistake::new(Place::Whole, message)])
    }

    pub(super) fn in_file(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// What is wrong: at least one mistake.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// The file that was read, where it was one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

/// As `Display`: a `main` that returns this error ends with the mistakes, not with the insides of the type.
impl fmt::Debug for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.mistakes.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            match &self.path {
                None => write!(f, "{mistake}")?,
                Some(path) if mistake.place == Place::Whole => {
                    write!(f, "{}: {}", path.display(), mistake.message)?;
                }
                Some(path) => write!(f, "{}: {mistake}", path.display())?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for CatalogError {}

/// One thing that is wrong with a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    place: Place,
    message: String,
    suggestion: Option<String>,
}

impl Mistake {
    pub(super) fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            place,
            message: message.into(),
            suggestion: None,
        }
    }

    pub(super) fn suggest(mut self, name: Option<&str>) -> Self {
        self.suggestion = name.map(str::to_owned);
        self
    }

    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// What is wrong there.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The name that was most likely meant, where there is one.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        match &self.suggestion {
            Some(name) => write!(f, ", did you mean `{}`?", shortened(name)),
            None => Ok(()),
        }
    }
}

/// Input as messages repeat it: on one line, and short.
pub(super) fn shortened(input: &str) -> String {
    const LENGTH: usize = 60;
    let mut shown: String = input.chars().take(LENGTH).flat_map(escaped).collect();
    if input.chars().nth(LENGTH).is_some() {
        shown.push('…');
    }
    shown
}

fn escaped(c: char) -> impl Iterator<Item = char> {
    let invisible = crate::strict::text::is_invisible(c);
    let escape = invisible.then(|| c.escape_unicode());
    escape
        .into_iter()
        .flatten()
        .chain((!invisible).then_some(c))
}
