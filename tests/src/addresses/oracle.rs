//! Client addresses by the rules of `spec/addresses.md`, written a second time: slowly, from texts and strings of bits, and
//! without a look at the library.

#![allow(
    clippy::string_slice,
    reason = "cut at commas and colons, which are letters of one byte"
)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whom the server trusts.
#[derive(Debug, Clone)]
pub enum Trust {
    Nobody,
    /// Addresses, and how many of their bits count.
    Ranges(Vec<(IpAddr, usize)>),
    Hops(usize),
}

impl Trust {
    /// Whether an address lies in one of the ranges.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        let address = bits(canonical(address));
        match self {
            Self::Ranges(ranges) => ranges.iter().any(|(network, prefix)| {
                let network = bits(*network);
                network.len() == address.len() && address.starts_with(&network[..*prefix])
            }),
            _ => false,
        }
    }
}

/// `X12`
#[must_use]
pub fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.segments() {
            [0, 0, 0, 0, 0, 0xffff, a, b] => {
                let ([a, b], [c, d]) = (a.to_be_bytes(), b.to_be_bytes());
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            }
            _ => address,
        },
        IpAddr::V4(_) => address,
    }
}

fn bits(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => format!("{:032b}", v4.to_bits()),
        IpAddr::V6(v6) => format!("{:0128b}", v6.to_bits()),
    }
}

/// The client's address, or why it cannot be told. The lines are no longer than what is looked at.
///
/// # Errors
/// When it cannot be told.
pub fn client(
    peer: IpAddr,
    trust: &Trust,
    believe: &str,
    lines: &[Vec<u8>],
) -> Result<IpAddr, &'static str> {
    let peer = canonical(peer);
    if bits(peer).chars().all(|bit| bit == '0') {
        return Err("unspecified_peer");
    }
    let is_believed = match trust {
        Trust::Nobody | Trust::Hops(0) => false,
        Trust::Ranges(_) => trust.has(peer),
        Trust::Hops(_) => true,
    };
    if !is_believed {
        return Ok(peer);
    }
    // One letter a byte, so that all bytes are letters.
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.iter().copied().map(char::from).collect())
        .collect();
    if lines.is_empty() {
        return Err("no_header");
    }
    match believe {
        "x-forwarded-for" => {
            let all = lines.join(",");
            walk(trust, all.split(',').rev().map(|text| plain(ows(text))))
        }
        "forwarded" => {
            let elements = lines.iter().rev().flat_map(|line| elements(line));
            walk(trust, elements.map(|text| forwarded(ows(&text))))
        }
        _ if lines.len() > 1 => Err("repeated_header"),
        _ => match plain(ows(&lines[0]))? {
            address if trust.has(address) => Err("only_trusted"),
            address => Ok(address),
        },
    }
}

fn walk(
    trust: &Trust,
    hops: impl Iterator<Item = Result<IpAddr, &'static str>>,
) -> Result<IpAddr, &'static str> {
    for (number, hop) in hops.enumerate() {
        let address = hop?;
        match trust {
            Trust::Hops(hops) if number + 1 == *hops => return Ok(address),
            Trust::Ranges(_) if !trust.has(address) => return Ok(address),
            _ => {}
        }
    }
    match trust {
        Trust::Hops(_) => Err("too_few_hops"),
        _ => Err("only_trusted"),
    }
}

fn ows(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// The elements of a line of `Forwarded`, from the right: each is the shortest text up to a comma that is an element, or else all that is left.
fn elements(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = Some(line);
    while let Some(text) = left {
        let commas: Vec<usize> = text.rmatch_indices(',').map(|(at, _)| at).collect();
        let mut end = None;
        for comma in commas {
            let element = &text[comma + 1..];
            if ows(element).is_empty() || pairs(ows(element)).is_some() {
                end = Some(comma);
                break;
            }
        }
        match end {
            Some(comma) => {
                found.push(text[comma + 1..].to_owned());
                left = Some(&text[..comma]);
            }
            None => {
                found.push(text.to_owned());
                left = None;
            }
        }
    }
    found
}

/// X15
fn forwarded(element: &str) -> Result<IpAddr, &'static str> {
    if element.is_empty() {
        return Err("empty_hop");
    }
    let pairs = pairs(element).ok_or("malformed_hop")?;
    let mut clients = pairs
        .into_iter()
        .filter(|(name, _)| name.to_lowercase() == "for");
    let (_, client) = clients.next().ok_or("no_for_hop")?;
    if clients.next().is_some() {
        return Err("malformed_hop");
    }
    node(&client)
}

/// Names and values, if that is what it is.
fn pairs(element: &str) -> Option<Vec<(String, String)>> {
    let mut texts = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for letter in element.chars() {
        if letter == ';' && !is_quoted {
            texts.push(String::new());
            continue;
        }
        if letter == ',' && !is_quoted {
            return None;
        }
        if letter == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = is_quoted && letter == '\\' && !is_escaped;
        texts.last_mut()?.push(letter);
    }
    let texts = texts.iter().map(|text| ows(text));
    texts.filter(|text| !text.is_empty()).map(pair).collect()
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let value = if is_token(value) {
        value.to_owned()
    } else {
        unquoted(value)?
    };
    is_token(name).then(|| (name.to_owned(), value))
}

fn is_token(text: &str) -> bool {
    let is_letter =
        |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    !text.is_empty() && text.chars().all(is_letter)
}

fn unquoted(text: &str) -> Option<String> {
    let mut letters = text.strip_prefix('"')?.chars();
    let mut meant = String::new();
    loop {
        let letter = match letters.next()? {
            '"' => return letters.next().is_none().then_some(meant),
            '\\' => letters.next()?,
            letter => letter,
        };
        if letter.is_ascii_control() && letter != '\t' {
            return None;
        }
        meant.push(letter);
    }
}

/// X16
fn node(text: &str) -> Result<IpAddr, &'static str> {
    if text.chars().count() > 128 {
        return Err("malformed_hop");
    }
    if text.starts_with('_') {
        return Err("obfuscated_hop");
    }
    let port = |text: &str| {
        let hidden = text.strip_prefix('_').unwrap_or_default();
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        is_port(text) || !hidden.is_empty() && hidden.chars().all(is_letter)
    };
    let name = text.split(':').next().unwrap_or_default();
    if name.to_lowercase() == "unknown" {
        return Err("unknown_hop");
    }
    known(with_port(text, port))
}

/// X14
fn plain(text: &str) -> Result<IpAddr, &'static str> {
    if text.is_empty() {
        return Err("empty_hop");
    }
    known(v6(text).or_else(|| with_port(text, is_port)))
}

/// X12, X13
fn known(address: Option<IpAddr>) -> Result<IpAddr, &'static str> {
    let address = canonical(address.ok_or("malformed_hop")?);
    if bits(address).contains('1') {
        Ok(address)
    } else {
        Err("unspecified_hop")
    }
}

fn with_port(text: &str, is_port: impl Fn(&str) -> bool) -> Option<IpAddr> {
    let (address, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            (v6(address)?, port)
        }
        None => {
            let end = text.find(':').unwrap_or(text.len());
            (v4(&text[..end])?, &text[end..])
        }
    };
    let has_good_port = port.strip_prefix(':').is_some_and(is_port);
    (port.is_empty() || has_good_port).then_some(address)
}

/// X17
fn is_port(text: &str) -> bool {
    let is_number = !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit());
    is_number && text.len() <= 5 && text.parse::<u64>().is_ok_and(|port| port <= 65_535)
}

/// X11
fn v4(text: &str) -> Option<IpAddr> {
    let numbers: Vec<&str> = text.split('.').collect();
    // The numbers that there are, in the one way that they are written.
    let number = |text: &&str| (0..=255_u8).find(|number| number.to_string() == **text);
    let bytes: Option<Vec<u8>> = numbers.iter().map(number).collect();
    let bytes: [u8; 4] = bytes?.try_into().ok()?;
    Some(IpAddr::V4(bytes.into()))
}

/// X11: RFC 4291, section 2.2
fn v6(text: &str) -> Option<IpAddr> {
    let groups = match text.split_once("::") {
        None => groups(text, true)?,
        Some((left, right)) => {
            let left = if left.is_empty() {
                Vec::new()
            } else {
                groups(left, false)?
            };
            let right = if right.is_empty() {
                Vec::new()
            } else {
                groups(right, true)?
            };
            let zeros = 8_usize.checked_sub(left.len() + right.len())?;
            if zeros == 0 {
                return None;
            }
            [left, vec![0; zeros], right].concat()
        }
    };
    let groups: [u16; 8] = groups.try_into().ok()?;
    Some(IpAddr::V6(Ipv6Addr::from(groups)))
}

fn groups(text: &str, is_end: bool) -> Option<Vec<u16>> {
    let texts: Vec<&str> = text.split(':').collect();
    let mut groups = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        if is_end && number + 1 == texts.len() && text.contains('.') {
            let IpAddr::V4(v4) = v4(text)? else {
                return None;
            };
            let [a, b, c, d] = v4.octets();
            groups.extend([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
        } else {
            let is_group = (1..=4).contains(&text.len())
                && text.chars().all(|digit| digit.is_ascii_hexdigit());
            groups.push(u16::from_str_radix(text, 16).ok().filter(|_| is_group)?);
        }
    }
    Some(groups)
}
