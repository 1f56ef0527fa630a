//! What is done to a token after it was signed.

use entitlements_core::strict::base64url::{decode, encode};
use serde_json::{Map, Value};

use super::make::Workshop;
use super::model::{Letters, Then};
use crate::encoding::{from_hex, to_hex};

/// The order of Ed25519's group (RFC 8032 section 5.1), little-endian.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

pub(super) fn apply(
    token: &str,
    change: &Then,
    workshop: &Workshop<'_>,
    of_others: &dyn Fn(&Map<String, Value>) -> String,
) -> String {
    match change {
        Then::Arrange(template) => arranged(token, template, workshop),
        Then::Replace(part, from, to) => with_part(token, *part, |text| text.replacen(from, to, 1)),
        Then::Header(header) => with_part(token, 0, |_| encode(&workshop.bytes(header))),
        Then::Payload(payload) => with_part(token, 1, |_| encode(&workshop.bytes(payload))),
        Then::LooseBits(part) => with_part(token, *part, loose),
        Then::Fold(every, text) => folded(token, *every, text),
        Then::Case(Letters::Upper) => token.to_ascii_uppercase(),
        Then::Case(Letters::Lower) => token.to_ascii_lowercase(),
        Then::Base64 => encode(token.as_bytes()),
        Then::StandardAlphabet => token.replace('-', "+").replace('_', "/"),
        Then::Sign => {
            let (signed, _) = token.rsplit_once('.').expect("a token has parts");
            let signature = encode(&workshop.sign(signed.as_bytes()));
            format!("{signed}.{signature}")
        }
        Then::SignatureBase64Twice => with_part(token, 2, |text| encode(text.as_bytes())),
        Then::SignatureOf(claims) => {
            let other = of_others(claims);
            with_part(token, 2, |_| parts(&other)[2].to_owned())
        }
        change => with_part(token, 2, |signature| {
            let bytes = decode(signature).expect("the signature is base64url");
            encode(&signature_bytes(bytes, change, workshop))
        }),
    }
}

fn signature_bytes(mut bytes: Vec<u8>, change: &Then, workshop: &Workshop<'_>) -> Vec<u8> {
    let given = |text: &str| from_hex(&workshop.text(text));
    match change {
        Then::FlipBit(bit) => bytes[bit / 8] ^= 1 << (bit % 8),
        Then::AddOrder(times) => (0..*times).for_each(|_| add_order(&mut bytes[32..])),
        Then::KeepBytes(length) => bytes.truncate(*length),
        Then::AppendHex(more) => bytes.extend(given(more)),
        Then::PrependHex(more) => bytes = [given(more), bytes].concat(),
        Then::SignatureHex(all) => bytes = given(all),
        Then::RHex(r) => bytes[..32].copy_from_slice(&given(r)),
        Then::SHex(s) => bytes[32..].copy_from_slice(&given(s)),
        Then::SwapHalves => bytes.rotate_left(32),
        Then::ReverseBytes => bytes.reverse(),
        Then::SignatureTwice => bytes = bytes.repeat(2),
        Then::SignatureAsHexText => bytes = to_hex(&bytes).into_bytes(),
        change => panic!("{change:?} is nothing to do to a signature"),
    }
    bytes
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<&str> = token.split('.').collect();
    parts.try_into().expect("a token of three parts")
}

fn with_part(token: &str, part: usize, change: impl FnOnce(&str) -> String) -> String {
    let mut parts = parts(token).map(str::to_owned);
    parts[part] = change(&parts[part]);
    parts.join(".")
}

fn arranged(token: &str, template: &str, workshop: &Workshop<'_>) -> String {
    let parts = parts(token);
    let template = workshop.text(template);
    (0..3).fold(template, |text, number| {
        text.replace(&format!("{{{number}}}"), parts[number])
    })
}

/// Sets the lowest of the bits of the last character that belong to no byte.
fn loose(part: &str) -> String {
    assert!(
        !part.len().is_multiple_of(4),
        "every bit of this part belongs to a byte"
    );
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (before, last) = part.split_at(part.len() - 1);
    let value = ALPHABET
        .iter()
        .position(|letter| last.as_bytes() == [*letter])
        .expect("base64url");
    format!("{before}{}", char::from(ALPHABET[value | 1]))
}

fn folded(token: &str, every: usize, text: &str) -> String {
    let mut folded = String::new();
    for (number, letter) in token.chars().enumerate() {
        if number > 0 && number.is_multiple_of(every) {
            folded.push_str(text);
        }
        folded.push(letter);
    }
    folded
}

fn add_order(s: &mut [u8]) {
    let mut carry = 0;
    for (byte, add) in s.iter_mut().zip(from_hex(ORDER)) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
}
