//! The text of an address, strictly, with the port that may follow it.

use std::net::{IpAddr, Ipv4Addr};

use super::error::AddressErrorKind;
use super::v6::v6;

/// An address alone, with a port, or in brackets (X14).
#[inline]
pub(super) fn plain(text: &[u8]) -> Result<IpAddr, AddressErrorKind> {
    assigned(match text {
        [b'[', ..] => bracketed(text, is_port),
        _ => v4_with_port(text, is_port).or_else(|| v6(text)),
    })
}

/// A node of RFC 7239, section 6 (X16).
#[inline]
pub(super) fn node(text: &[u8]) -> Result<IpAddr, AddressErrorKind> {
    let port = |text: &[u8]| is_port(text) || is_obfuscated_port(text);
    assigned(match text {
        [b'_', ..] => return Err(AddressErrorKind::ObfuscatedHop),
        [b'[', ..] => bracketed(text, port),
        _ if is_unknown(text) => return Err(AddressErrorKind::UnknownHop),
        _ => v4_with_port(text, port),
    })
}

fn is_unknown(text: &[u8]) -> bool {
    let (name, port) = text.split_at_checked(b"unknown".len()).unwrap_or_default();
    name.eq_ignore_ascii_case(b"unknown") && matches!(port, [] | [b':', ..])
}

/// In the one form that an address has, and not the unspecified one (X12, X13).
#[inline]
pub(super) fn assigned(address: Option<IpAddr>) -> Result<IpAddr, AddressErrorKind> {
    let address = address
        .ok_or(AddressErrorKind::MalformedHop)?
        .to_canonical();
    if address.is_unspecified() {
        return Err(AddressErrorKind::UnspecifiedHop);
    }
    Ok(address)
}

fn bracketed(text: &[u8], is_port: impl Fn(&[u8]) -> bool) -> Option<IpAddr> {
    let end = text.iter().position(|byte| *byte == b']')?;
    let (address, after) = text.split_at_checked(end)?;
    let address = v6(address.strip_prefix(b"[")?);
    match after.strip_prefix(b"]")? {
        [] => address,
        [b':', port @ ..] if is_port(port) => address,
        _ => None,
    }
}

#[inline]
fn v4_with_port(text: &[u8], is_port: impl Fn(&[u8]) -> bool) -> Option<IpAddr> {
    let (address, after) = v4_first(text)?;
    match after {
        [] => Some(address),
        [b':', port @ ..] if is_port(port) => Some(address),
        _ => None,
    }
}

/// X11
#[inline]
pub(super) fn v4(text: &[u8]) -> Option<IpAddr> {
    match v4_first(text)? {
        (address, []) => Some(address),
        _ => None,
    }
}

/// The address that a text begins with, and what follows it.
#[inline]
pub(super) fn v4_first(text: &[u8]) -> Option<(IpAddr, &[u8])> {
    let (a, rest) = number(text)?;
    let (b, rest) = number(rest.strip_prefix(b".")?)?;
    let (c, rest) = number(rest.strip_prefix(b".")?)?;
    let (d, rest) = number(rest.strip_prefix(b".")?)?;
    Some((Ipv4Addr::new(a, b, c, d).into(), rest))
}

/// A number of 0 to 255; one that begins with a zero ends with it, so that what follows is no dot.
#[inline]
fn number(text: &[u8]) -> Option<(u8, &[u8])> {
    let digit = |byte: &u8| byte - b'0';
    match text {
        [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] => {
            let hundreds = digit(a).checked_mul(100)?;
            Some((hundreds.checked_add(digit(b) * 10 + digit(c))?, rest))
        }
        [a @ b'1'..=b'9', b @ b'0'..=b'9', rest @ ..] => Some((digit(a) * 10 + digit(b), rest)),
        [a @ b'0'..=b'9', rest @ ..] => Some((digit(a), rest)),
        _ => None,
    }
}

/// X17
fn is_port(text: &[u8]) -> bool {
    let is_number = (1..=5).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    let number = |number: u32, digit: &u8| number * 10 + u32::from(digit - b'0');
    is_number && text.iter().fold(0, number) <= u32::from(u16::MAX)
}

/// `obfport` of RFC 7239.
fn is_obfuscated_port(text: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    matches!(text, [b'_', rest @ ..] if !rest.is_empty() && rest.iter().all(is_letter))
}
