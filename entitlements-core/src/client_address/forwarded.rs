//! One element of `Forwarded` (RFC 7239, section 4).

use std::net::IpAddr;

use super::error::AddressErrorKind;
use super::node;

/// An identifier of more bytes names nothing (X16); an address with any port of use has fewer.
const MOST_LETTERS: usize = 128;

/// Whom an element is for (X15).
pub(super) fn client(element: &[u8]) -> Result<IpAddr, AddressErrorKind> {
    if let Some(address) = alone(element) {
        return node::assigned(Some(address));
    }
    let mut client = None;
    let mut rest = element;
    loop {
        rest = after_spaces(rest);
        // An empty pair is none.
        if !matches!(rest, [] | [b';', ..]) {
            let (name, value, after) = pair(rest).ok_or(AddressErrorKind::MalformedHop)?;
            if name.eq_ignore_ascii_case(b"for") && client.replace(value).is_some() {
                return Err(AddressErrorKind::MalformedHop);
            }
            rest = after_spaces(after);
        }
        rest = match rest {
            [] => break,
            [b';', after @ ..] => after,
            _ => return Err(AddressErrorKind::MalformedHop),
        };
    }
    client.ok_or(AddressErrorKind::NoForHop)?.node()
}

/// What most proxies write, and nothing else: `for=192.0.2.1`.
fn alone(element: &[u8]) -> Option<IpAddr> {
    let (name, address) = element.split_at_checked(b"for=".len())?;
    let address = node::v4(address)?;
    name.eq_ignore_ascii_case(b"for=").then_some(address)
}

/// A value as it is written.
enum Value<'h> {
    Token(&'h [u8]),
    /// What is between the quotes.
    Quoted(&'h [u8]),
}

impl Value<'_> {
    fn node(self) -> Result<IpAddr, AddressErrorKind> {
        match self {
            Self::Quoted(text) if text.contains(&b'\\') => {
                let mut letters = [0; MOST_LETTERS];
                let length = unquoted(text, &mut letters).ok_or(AddressErrorKind::MalformedHop)?;
                node::node(letters.get(..length).unwrap_or_default())
            }
            Self::Token(text) | Self::Quoted(text) if text.len() <= MOST_LETTERS => {
                node::node(text)
            }
            Self::Token(_) | Self::Quoted(_) => Err(AddressErrorKind::MalformedHop),
        }
    }
}

/// A name, its value, and what follows.
fn pair(text: &[u8]) -> Option<(&[u8], Value<'_>, &[u8])> {
    let (name, rest) = token(text)?;
    match rest.strip_prefix(b"=")? {
        [b'"', quoted @ ..] => {
            let end = end_of_string(quoted)?;
            let (value, after) = quoted.split_at_checked(end)?;
            Some((name, Value::Quoted(value), after.strip_prefix(b"\"")?))
        }
        rest => {
            let (value, after) = token(rest)?;
            Some((name, Value::Token(value), after))
        }
    }
}

fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !is_token_letter(*byte));
    let (token, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    (!token.is_empty()).then_some((token, rest))
}

/// Where the quoted string ends; `None` where it does not, or has a control character.
fn end_of_string(text: &[u8]) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            0..=8 | 10..=31 | 127 => return None,
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// Writes what a quoted string means, and says how long it is; `None` where there is no room for it.
fn unquoted(text: &[u8], letters: &mut [u8]) -> Option<usize> {
    let mut length = 0;
    let mut is_escaped = false;
    for byte in text {
        if *byte == b'\\' && !is_escaped {
            is_escaped = true;
            continue;
        }
        is_escaped = false;
        *letters.get_mut(length)? = *byte;
        length += 1;
    }
    Some(length)
}

fn after_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

/// A token of RFC 9110, as names of headers are.
pub(super) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| is_token_letter(*byte))
}

#[inline]
const fn is_token_letter(byte: u8) -> bool {
    // Most letters of a node first.
    matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'-' | b'.')
        || matches!(byte, b'A'..=b'Z' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'^' | b'_' | b'`' | b'|' | b'~')
}
