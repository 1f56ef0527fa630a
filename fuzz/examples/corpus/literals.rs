//! The string literals of a Rust source: the tables of cases that unit tests have.

/// Every string literal, in order, its escapes resolved. What follows a `'` is skipped where it is a character.
pub(crate) fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(place) = rest.find(['"', '\'', '/', 'r', 'b']) {
        rest = &rest[place..];
        rest = if rest.starts_with("//") {
            rest.find('\n').map_or("", |end| &rest[end..])
        } else if let Some((text, after)) = raw(rest) {
            found.push(text.to_owned());
            after
        } else if let Some(body) = rest.strip_prefix('"') {
            let end = end_of_string(body);
            found.push(unescaped(&body[..end]));
            body.get(end + 1..).unwrap_or_default()
        } else if let Some(after) = character(rest) {
            after
        } else {
            let word = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|end| *end > 0 && !starts_raw(rest));
            &rest[word.unwrap_or(1)..]
        };
    }
    found
}

fn starts_raw(text: &str) -> bool {
    ["r\"", "r#", "br\"", "br#", "b\"", "b'"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// A raw string at the beginning of the text, and what follows it.
fn raw(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix('b').unwrap_or(text).strip_prefix('r')?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let body = body[hashes..].strip_prefix('"')?;
    body.split_once(&format!("\"{}", "#".repeat(hashes)))
}

/// What follows a character literal at the beginning of the text; a lifetime is none.
fn character(text: &str) -> Option<&str> {
    let body = text.strip_prefix('\'')?;
    let after = match body.strip_prefix('\\') {
        Some(escape) => &escape[escape.chars().next()?.len_utf8()..],
        None => &body[body.chars().next()?.len_utf8()..],
    };
    let end = after.find('\'')?;
    let is_character = end == 0 || body.starts_with('\\') && end < 10;
    is_character.then(|| &after[end + 1..])
}

fn end_of_string(body: &str) -> usize {
    let mut is_escaped = false;
    body.bytes()
        .position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        })
        .unwrap_or(body.len())
}

fn unescaped(body: &str) -> String {
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('0') => text.push('\0'),
            // A line that goes on in the next.
            Some('\n') => {
                rest = after.trim_start();
                continue;
            }
            Some('u') => {
                let code = after[1..]
                    .strip_prefix('{')
                    .and_then(|code| code.split_once('}'));
                if let Some((code, after)) = code {
                    text.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
                    rest = after;
                    continue;
                }
            }
            // Bytes that are no text of their own are left to the fuzzer.
            Some('x') => {
                let code = after.get(1..3).unwrap_or_default();
                text.extend(
                    u8::from_str_radix(code, 16)
                        .ok()
                        .filter(u8::is_ascii)
                        .map(char::from),
                );
                rest = after.get(3..).unwrap_or_default();
                continue;
            }
            Some(other) => text.push(other),
            None => {}
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
    text
}
