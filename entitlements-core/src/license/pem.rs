//! PEM (RFC 7468) as people have it: one block, its lines of whatever length.

use der::pem;
use zeroize::Zeroizing;

/// The label of the one block, and what is in it. Nothing where the text is anything else, or more.
///
/// A secret store may have put the whole body on one line, or indented it; RFC 7468 section 2 lets readers take that.
pub(super) fn read_block(text: &str) -> Option<(&str, Zeroizing<Vec<u8>>)> {
    let rest = text.trim_ascii().strip_prefix("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, end) = rest.split_once("-----END ")?;
    if end.strip_prefix(label)? != "-----" {
        return None;
    }
    let mut block = Zeroizing::new(String::with_capacity(text.len() + text.len() / 32 + 64));
    block.push_str("-----BEGIN ");
    block.push_str(label);
    block.push_str("-----");
    let characters = body.chars().filter(|c| !c.is_ascii_whitespace());
    for (place, character) in characters.enumerate() {
        if place % 64 == 0 {
            block.push('\n');
        }
        block.push(character);
    }
    block.push_str("\n-----END ");
    block.push_str(label);
    block.push_str("-----\n");
    let (_, bytes) = pem::decode_vec(block.as_bytes()).ok()?;
    Some((label, Zeroizing::new(bytes)))
}

#[cfg(test)]
mod tests {
    use super::read_block;

    #[test]
    fn lines_may_have_any_length() {
        let body = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==";
        let folded = |width: usize, indent: &str| {
            let lines: Vec<_> = body
                .as_bytes()
                .chunks(width)
                .map(|line| format!("{indent}{}", std::str::from_utf8(line).unwrap()))
                .collect();
            format!(
                "-----BEGIN X Y-----\r\n{}\r\n-----END X Y-----\r\n",
                lines.join("\r\n")
            )
        };
        for text in [
            folded(64, ""),
            folded(1_000, ""),
            folded(7, "  "),
            folded(64, "\t"),
        ] {
            let (label, bytes) = read_block(&text).unwrap();
            assert_eq!(
                (label, bytes.as_slice()),
                ("X Y", "A".repeat(64).as_bytes()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_one_block_is_none() {
        for text in [
            "",
            "QUFB",
            "-----BEGIN X-----",
            "-----BEGIN X-----\n-----END Y-----",
            "-----BEGIN X-----\nQUFB\n-----END X-----\nmore",
            "more\n-----BEGIN X-----\nQUFB\n-----END X-----",
            "-----BEGIN X-----\nQUFB\n-----END X-----\n-----BEGIN X-----\nQUFB\n-----END X-----",
            "-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nQUFB\n-----END X-----",
            "-----BEGIN X-----\nQUF\n-----END X-----",
            "-----BEGIN X-----\nQUF=\n-----END X-----",
            "-----BEGIN X-----\nQUE\n-----END X-----",
            "-----BEGIN X-----\nQ_-B\n-----END X-----",
        ] {
            assert!(read_block(text).is_none(), "{text}");
        }
    }
}
