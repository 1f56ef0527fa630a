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
    #[inline]
    pub(super) fn add(&mut self, start: usize, name: Cow<'a, str>) -> Step<()> {
        let few = self.open.len() - start <= FEW;
        if few && self.open.iter().skip(start).any(|known| *known == name) {
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

/// By a table of hashes; whoever makes hashes meet gains the cost of sorting.
fn has_duplicates(names: &mut [Cow<'_, str>]) -> bool {
    match look_up_each(names) {
        Some(found) => found,
        None => {
            names.sort_unstable();
            names
                .windows(2)
                .any(|pair| matches!(pair, [a, b] if a == b))
        }
    }
}

/// Nothing where names meet in the table more often than chance would have it.
fn look_up_each(names: &[Cow<'_, str>]) -> Option<bool> {
    let slots = (names.len() * 2).next_power_of_two();
    let mask = slots - 1;
    // One more than the place of a name; zero is nobody's.
    let mut table = vec![0_u32; slots];
    let mut meetings = names.len() * 4;
    for (place, name) in names.iter().enumerate() {
        let mut at = hash(name) as usize & mask;
        loop {
            let slot = table.get_mut(at)?;
            match slot.checked_sub(1) {
                None => {
                    *slot = u32::try_from(place + 1).ok()?;
                    break;
                }
                Some(other) if names.get(other as usize)? == name => return Some(true),
                Some(_) => {
                    meetings = meetings.checked_sub(1)?;
                    at = (at + 1) & mask;
                }
            }
        }
    }
    Some(false)
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
    let hash = step(hash, last);
    // The best bits of a product are the high ones.
    hash >> 32 ^ hash
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{has_duplicates, hash, look_up_each};
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

    #[test]
    fn names_whose_hashes_meet_are_told_apart() {
        // A hash of eight bytes can be undone; it is enough to look for some that meet in a small table.
        let meeting = (0_u32..)
            .map(|n| n.to_string())
            .filter(|name| hash(name) & 0xff == 7)
            .map(Cow::Owned);
        let mut names: Vec<Cow<'_, str>> = meeting.take(100).collect();
        assert_eq!(look_up_each(&names), None);
        assert!(!has_duplicates(&mut names));
        names.push(names[50].clone());
        assert!(has_duplicates(&mut names));
    }
}
