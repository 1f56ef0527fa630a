//! The elements of a list, from the right, without looking at more of it than needed.

use super::error::AddressErrorKind;

/// The most elements of a header that are looked at, from the right (X9).
pub const MOST_HOPS: u8 = u8::MAX;

/// The most bytes of a header that are looked at, from the right (X9).
pub const MOST_BYTES: usize = 8192;

/// Whether commas can be quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    Plain,
    Quoted,
}

/// Elements from the right, each with its number.
pub(super) struct FromTheRight<'h, L> {
    lines: L,
    /// What is left of the line.
    line: Option<&'h [u8]>,
    quotes: Quotes,
    hop: u8,
    bytes: usize,
}

impl<'h, L: DoubleEndedIterator<Item = &'h [u8]>> FromTheRight<'h, L> {
    pub(super) fn new(lines: L, quotes: Quotes) -> Self {
        Self {
            lines,
            line: None,
            quotes,
            hop: 0,
            bytes: MOST_BYTES,
        }
    }

    /// The next element to the left, without the spaces around it; `None` where there is none.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<(u8, &'h [u8])>, AddressErrorKind> {
        // X5: a line ends an element.
        let Some(line) = self.line.take().or_else(|| self.lines.next_back()) else {
            return Ok(None);
        };
        // X9
        let hop = self.hop.checked_add(1).ok_or(AddressErrorKind::TooLong)?;
        let beyond = line.len().saturating_sub(self.bytes);
        let (_, seen) = line.split_at_checked(beyond).unwrap_or_default();
        let comma = match self.quotes {
            Quotes::Plain => seen.iter().rposition(|byte| *byte == b','),
            Quotes::Quoted => unquoted_comma(seen),
        };
        let element = match comma {
            None if beyond > 0 => return Err(AddressErrorKind::TooLong),
            None => line,
            Some(comma) => {
                let (rest, element) = line.split_at_checked(beyond + comma).unwrap_or((line, &[]));
                self.line = Some(rest);
                element.strip_prefix(b",").unwrap_or(element)
            }
        };
        self.hop = hop;
        // The comma or the end of the line counts too, so that empty lines cost something.
        self.bytes = self.bytes.saturating_sub(element.len() + 1);
        Ok(Some((hop, trimmed(element))))
    }
}

/// The last comma that is in no quoted string (X15).
///
/// Read from the right, a quote opens a string where none is open, and closes it unless it is quoted itself, which an odd
/// number of backslashes before it says. In an element that is well formed these are the strings that it has from the left
/// too; one that is not is refused by who reads it.
fn unquoted_comma(text: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    for (at, byte) in text.iter().enumerate().rev() {
        match byte {
            b',' if !is_quoted => return Some(at),
            b'"' if !is_quoted => is_quoted = true,
            b'"' => {
                let before = text.get(..at).unwrap_or_default();
                let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
                is_quoted = backslashes.count() % 2 == 1;
            }
            _ => {}
        }
    }
    None
}

/// Without the spaces and tabs at both ends (`OWS` of RFC 9110); no other space counts as one.
#[inline]
pub(super) fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
