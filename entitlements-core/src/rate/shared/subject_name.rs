use std::fmt::{self, Write as _};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::rate::{Part, Subject};

/// The longest text that is written as it is.
const LONGEST: usize = 64;

/// Whose requests are counted together, as a store that processes share knows it.
///
/// It is made of letters and digits of ASCII and of `.`, `_`, `-`, `:`, `@`, `#` and `/`, so it needs no escaping; what is written otherwise, or
/// is longer than 64 bytes, is there as its SHA-256. Different subjects have different names.
///
/// ```
/// use entitlements_core::AccountId;
/// use entitlements_core::rate::{Part, Subject, SubjectName};
///
/// let account = AccountId::new("acc_42");
/// let name = SubjectName::of(&Subject::Within(&account, Part::User("mona")));
/// assert_eq!((name.slot(), name.as_str()), ("a:acc_42", "a:acc_42/u:mona"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubjectName {
    whole: String,
    /// Where the slot's name ends.
    slot: usize,
}

impl SubjectName {
    /// The name of a subject.
    #[must_use]
    pub fn of(subject: &Subject<'_>) -> Self {
        match subject {
            Subject::Account(account) => Self::alone(written('a', account.as_str())),
            Subject::Overall(part) => Self::alone(part.written()),
            Subject::Within(account, part) => {
                let mut whole = written('a', account.as_str());
                let slot = whole.len();
                whole.push('/');
                whole.push_str(&part.written());
                Self { whole, slot }
            }
        }
    }

    const fn alone(whole: String) -> Self {
        let slot = whole.len();
        Self { whole, slot }
    }

    /// What all names have in common of which something may be asked at once: the account, where there is one. In a cluster they lie together.
    #[must_use]
    pub fn slot(&self) -> &str {
        self.whole.get(..self.slot).unwrap_or(&self.whole)
    }

    /// All of it; it begins with the [`slot`](Self::slot).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.whole
    }
}

impl fmt::Display for SubjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)
    }
}

impl Part<'_> {
    fn written(&self) -> String {
        match self {
            Self::Address(address) => format!("i:{address}"),
            Self::Network(first, bits) => format!("i:{first}/{bits}"),
            Self::ApiKey(id) => written('k', id),
            Self::User(id) => written('u', id),
            Self::Custom(subject) => written('c', subject),
            Self::Nobody => "n".to_owned(),
        }
    }
}

/// The name of a rate of the catalog.
pub(crate) fn name_of_rate(name: &Arc<str>) -> Arc<str> {
    if is_plain(name, "") {
        return Arc::clone(name);
    }
    digest(name).into()
}

/// The name of a rate of the program's own, which is never one of a catalog's.
pub(crate) fn name_of_own_rate(name: &str) -> Arc<str> {
    if is_plain(name, "") {
        return format!("@{name}").into();
    }
    format!("@{}", digest(name)).into()
}

fn written(kind: char, text: &str) -> String {
    if is_plain(text, "@:") {
        return format!("{kind}:{text}");
    }
    format!("{kind}:{}", digest(text))
}

/// No text that is written as it is has a `#` in it.
fn digest(text: &str) -> String {
    let mut written = String::with_capacity(65);
    written.push('#');
    for byte in Sha256::digest(text) {
        // Writing to a string does not fail.
        let _ = write!(written, "{byte:02x}");
    }
    written
}

fn is_plain(text: &str, also: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c) || also.contains(c);
    (1..=LONGEST).contains(&text.len()) && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AccountId;

    #[test]
    fn q25_subjects_that_differ_have_names_that_differ() {
        let (one, other) = (AccountId::new("1"), AccountId::new("1/u:2"));
        let long = "x".repeat(LONGEST + 1);
        let digest_of_a = digest("ä");
        let subjects = [
            Subject::Account(&one),
            Subject::Account(&other),
            Subject::Within(&one, Part::User("2")),
            Subject::Within(&one, Part::ApiKey("2")),
            Subject::Within(&one, Part::Custom("2")),
            Subject::Within(&one, Part::Custom("")),
            Subject::Within(&one, Part::Custom(&long)),
            Subject::Within(&one, Part::Custom("ä")),
            Subject::Within(&one, Part::Custom(&digest_of_a)),
            Subject::Within(&one, Part::Custom("a}b{c")),
            Subject::Within(&one, Part::Nobody),
            Subject::Overall(Part::Nobody),
            Subject::Overall(Part::Custom("n")),
            Subject::Overall(Part::Custom("203.0.113.7")),
            Subject::Overall(Part::Address("203.0.113.7".parse().unwrap())),
            Subject::Overall(Part::Address("2001:db8::".parse().unwrap())),
            Subject::Overall(Part::Network("2001:db8::".parse().unwrap(), 32)),
            Subject::Overall(Part::Network("2001:db8::".parse().unwrap(), 64)),
            Subject::Within(&one, Part::Network("2001:db8::".parse().unwrap(), 64)),
        ];
        let names: std::collections::HashSet<_> = subjects
            .iter()
            .map(|subject| SubjectName::of(subject).to_string())
            .collect();
        assert_eq!(names.len(), subjects.len());
        for name in names {
            let is_safe = |c: char| c.is_ascii_alphanumeric() || "._-:@#/".contains(c);
            assert!(
                name.chars().all(is_safe) && name.len() <= 2 * 67 + 1,
                "{name}"
            );
        }
    }

    #[test]
    fn q25_rates_of_the_program_are_none_of_the_catalog() {
        let name = |name: &str| name_of_rate(&name.into());
        assert_eq!((&*name("api"), &*name_of_own_rate("api")), ("api", "@api"));
        assert_ne!(name("@api"), name_of_own_rate("api"));
        assert_ne!(name("a b"), name("a  b"));
    }
}
