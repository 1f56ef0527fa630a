//! Base64url without padding (RFC 7515 section 2), in its canonical form only.

/// The text is not canonical base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not base64url without padding in its canonical form")]
pub struct Base64UrlError(());

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const INVALID: u8 = 0xff;
const VALUES: [u8; 256] = {
    let mut values = [INVALID; 256];
    let mut value = 0;
    while value < 64 {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            values[ALPHABET[value as usize] as usize] = value;
        }
        value += 1;
    }
    values
};

/// Writes `bytes` as base64url without padding.
///
/// ```
/// assert_eq!(entitlements_core::strict::base64url::encode(b"key"), "a2V5");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |group, byte| group << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let value = (group >> (18 - 6 * place)) & 0x3f;
            text.push(
                ALPHABET
                    .get(value as usize)
                    .copied()
                    .unwrap_or_default()
                    .into(),
            );
        }
    }
    text
}

/// Reads base64url without padding.
///
/// ```
/// use entitlements_core::strict::base64url::decode;
///
/// assert_eq!(decode("a2V5").as_deref(), Ok(&b"key"[..]));
/// assert!(decode("a2V5==").is_err()); // padding
/// assert!(decode("a2W").is_err()); // bits after the last byte that are not zero
/// ```
///
/// # Errors
/// On any character outside the alphabet (padding and white space included), on a length that no bytes have, and on
/// trailing bits that are not zero: the same bytes have exactly one accepted text.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64UrlError> {
    let (groups, last) = text.as_bytes().as_chunks::<4>();
    // Four characters are three bytes; one alone is none.
    let last_bytes = match last.len() {
        0 => 0,
        1 => return Err(Base64UrlError(())),
        characters => characters - 1,
    };
    let mut bytes = vec![0; groups.len() * 3 + last_bytes];
    let (triples, rest) = bytes.as_chunks_mut::<3>();
    let mut seen = 0;
    for (group, triple) in groups.iter().zip(triples) {
        let [_, bytes @ ..] = join(*group, &mut seen).to_be_bytes();
        *triple = bytes;
    }
    let mut group = [b'A'; 4];
    for (to, from) in group.iter_mut().zip(last) {
        *to = *from;
    }
    let [_, bytes_of_last @ ..] = join(group, &mut seen).to_be_bytes();
    let (kept, left_over) = bytes_of_last
        .split_at_checked(last_bytes)
        .unwrap_or_default();
    for (to, from) in rest.iter_mut().zip(kept) {
        *to = *from;
    }
    // Values have six bits; what is no character of the alphabet has more.
    if seen > 0x3f || left_over.iter().any(|byte| *byte != 0) {
        return Err(Base64UrlError(()));
    }
    Ok(bytes)
}

/// Four characters as 24 bits. What they are worth is added to `seen`, to be judged once at the end.
#[inline]
fn join(group: [u8; 4], seen: &mut u8) -> u32 {
    let [a, b, c, d] = group.map(|character| {
        let value = VALUES.get(usize::from(character)).copied();
        value.unwrap_or(INVALID)
    });
    *seen |= a | b | c | d;
    u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn rfc_4648_vectors() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn refuses_every_other_spelling() {
        for text in [
            "Zg==", "Zh", "Zm9", "Z", "Zm9vY", "Zm 9v", "Zm9v\n", "+_8", "-/8", "Zm8é",
        ] {
            assert!(decode(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn decodes_what_it_encodes(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
        }

        #[test]
        fn every_accepted_text_is_the_one_that_encode_writes(text in "[A-Za-z0-9_-]{0,12}") {
            if let Ok(bytes) = decode(&text) {
                proptest::prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
