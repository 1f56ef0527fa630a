//! The names of an object's members, which must differ.

use std::borrow::Cow;

use super::error::{JsonErrorKind, Step};

/// Objects up to this size are searched for duplicates name by name.
const FEW: usize = 16;

/// The names of all objects that are open, the innermost one's last: so none of them needs a list of its own.
#[derive(Default)]
pub(super) struct Names<'a> {
    open: Vec<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    /// Where the names of an object begin that is opened now.
    pub(super) fn start(&self) -> usize {
        self.open.len()
    }

    /// Takes a name into the object that began at `start`. Among a few a duplicate is found at once.
    pub(super) fn add(&mut self, start: usize, name: Cow<'a, str>) -> Step<()> {
        let known = self.open.get(start..).unwrap_or_default();
        if known.len() <= FEW && known.contains(&name) {
            return Err(JsonErrorKind::DuplicateMember);
        }
        self.open.push(name);
        Ok(())
    }

    /// Closes the object that began at `start`, if its names differ. A hostile one of thousands must not cost the square of
    /// that.
    pub(super) fn close(&mut self, start: usize) -> Step<()> {
        let names = self.open.get_mut(start..).unwrap_or_default();
        if names.len() > FEW && has_duplicates(names) {
            return Err(JsonErrorKind::DuplicateMember);
        }
        self.open.truncate(start);
        Ok(())
    }
}

/// By hashes, which sort fast, and by name where two meet. Whoever makes them meet gains the cost of sorting by name.
fn has_duplicates(names: &mut [Cow<'_, str>]) -> bool {
    let mut hashes: Vec<u64> = names.iter().map(|name| hash(name)).collect();
    hashes.sort_unstable();
    if !hashes
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a == b))
    {
        return false;
    }
    names.sort_unstable();
    names
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a == b))
}

/// Multiplies and rotates eight bytes at a time: nothing rests on it but speed.
fn hash(name: &str) -> u64 {
    let step = |hash: u64, word: [u8; 8]| {
        (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    };
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let hash = words.iter().copied().fold(name.len() as u64, step);
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    step(hash, last)
}

#[cfg(test)]
mod tests {
    use crate::strict::json::{JsonErrorKind, read};

    fn object(names: impl IntoIterator<Item = String>) -> Option<JsonErrorKind> {
        let members: Vec<String> = names
            .into_iter()
            .map(|name| format!("\"{name}\":1"))
            .collect();
        let text = format!("{{{}}}", members.join(","));
        read(text.as_bytes()).err().map(|error| error.kind())
    }

    #[test]
    fn a_duplicate_is_found_wherever_it_is_among_however_many() {
        for count in [2, 16, 17, 18, 19, 40, 1_000] {
            let names = || (0..count).map(|n| format!("name-{n}"));
            assert_eq!(object(names()), None, "{count}");
            for twice in [0, count / 2, count - 1] {
                let more = std::iter::once(format!("name-{twice}"));
                assert_eq!(
                    object(names().chain(more)),
                    Some(JsonErrorKind::DuplicateMember),
                    "{twice} of {count}"
                );
                let first = std::iter::once(format!("\\u006eame-{twice}"));
                assert_eq!(
                    object(first.chain(names())),
                    Some(JsonErrorKind::DuplicateMember),
                    "{twice} of {count}, spelled otherwise"
                );
            }
        }
    }
}
