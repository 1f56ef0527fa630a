use std::borrow::Cow;

use super::error::{JsonError, JsonErrorKind, Step};
use super::kept::Kept;
use super::names::Names;
use super::value::{Number, Value};

/// How deep arrays and objects may nest, the outermost counted as 1.
pub const MAX_DEPTH: usize = 32;

/// Reads exactly one JSON value.
///
/// ```
/// use entitlements_core::strict::json::{JsonErrorKind, read};
///
/// let claims = read(br#"{"tier": "business", "exp": 1801439999}"#)?;
/// assert_eq!(claims.get("tier").and_then(|tier| tier.as_str()), Some("business"));
/// assert_eq!(claims.get("exp").and_then(|exp| exp.as_integer()), Some(1_801_439_999));
///
/// let twice = read(br#"{"tier": "business", "\u0074ier": "enterprise"}"#);
/// assert_eq!(twice.unwrap_err().kind(), JsonErrorKind::DuplicateMember);
/// # Ok::<(), entitlements_core::strict::json::JsonError>(())
/// ```
///
/// # Errors
/// On everything that is not one JSON value of RFC 8259, and on the duplicates, depth and encodings that
/// [`JsonErrorKind`] lists.
pub fn read(bytes: &[u8]) -> Result<Value<'_>, JsonError> {
    Reader::read(bytes, None)
}

/// As [`read`], and of the outermost object keeps only these members: all of the text is checked alike, and what is not asked
/// for costs no memory.
///
/// ```
/// use entitlements_core::strict::json::read_only;
///
/// let header = read_only(br#"{"alg": "EdDSA", "x5c": ["...", "..."]}"#, &["alg"])?;
/// assert!(header.get("alg").is_some());
/// assert!(header.get("x5c").is_none());
/// # Ok::<(), entitlements_core::strict::json::JsonError>(())
/// ```
///
/// # Errors
/// As [`read`].
pub fn read_only<'a>(bytes: &'a [u8], members: &[&str]) -> Result<Value<'a>, JsonError> {
    Reader::read(bytes, Some(members))
}

struct Reader<'a, 'w> {
    text: &'a str,
    /// INVARIANT: at a character boundary, at most the length of `text`.
    position: usize,
    names: Names<'a>,
    /// Which members of the outermost object are kept; all where it is none.
    wanted: Option<&'w [&'w str]>,
}

impl<'a, 'w> Reader<'a, 'w> {
    fn read(bytes: &'a [u8], wanted: Option<&'w [&'w str]>) -> Result<Value<'a>, JsonError> {
        let error = JsonError::new;
        let text = std::str::from_utf8(bytes)
            .map_err(|utf8| error(JsonErrorKind::Encoding, utf8.valid_up_to()))?;
        if text.starts_with('\u{feff}') {
            return Err(error(JsonErrorKind::Encoding, 0));
        }
        let mut reader = Self {
            text,
            position: 0,
            names: Names::default(),
            wanted,
        };
        let value = reader.document();
        value.map_err(|kind| error(kind, reader.position))
    }

    fn document(&mut self) -> Step<Value<'a>> {
        let value = self.value(0)?;
        match self.next() {
            Err(JsonErrorKind::End) => Ok(value),
            _ => Err(JsonErrorKind::Trailing),
        }
    }

    fn value<K: Kept<'a>>(&mut self, depth: usize) -> Step<K> {
        match self.next()? {
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' if K::IS_KEPT => {
                let text = self.string()?;
                Ok(K::of(|| Value::String(text)))
            }
            b'"' => self.check_string().map(|()| K::of(|| Value::Null)),
            b'-' | b'0'..=b'9' => {
                let start = self.position;
                self.number()?;
                Ok(K::of(|| Value::Number(Number(self.since(start)))))
            }
            b't' => self.word("true").map(|()| K::of(|| Value::Bool(true))),
            b'f' => self.word("false").map(|()| K::of(|| Value::Bool(false))),
            b'n' => self.word("null").map(|()| K::of(|| Value::Null)),
            _ => Err(JsonErrorKind::Syntax),
        }
    }

    fn object<K: Kept<'a>>(&mut self, depth: usize) -> Step<K> {
        self.open(depth)?;
        let start = self.names.start();
        let mut members = Vec::new();
        if self.next()? == b'}' {
            self.position += 1;
            return Ok(K::object(members));
        }
        loop {
            if self.next()? != b'"' {
                return Err(JsonErrorKind::Syntax);
            }
            let name = self.string()?;
            let wanted = self.wanted.filter(|_| depth == 1);
            let wanted = wanted.is_none_or(|wanted| wanted.contains(&name.as_ref()));
            let kept = wanted.then(|| K::name(&name));
            self.names.add(start, name)?;
            if self.next()? != b':' {
                return Err(JsonErrorKind::Syntax);
            }
            self.position += 1;
            match kept {
                Some(name) => members.push((name, self.value(depth)?)),
                None => self.value::<()>(depth)?,
            }
            if self.is_closed_by(b'}')? {
                self.names.close(start)?;
                return Ok(K::object(members));
            }
        }
    }

    fn array<K: Kept<'a>>(&mut self, depth: usize) -> Step<K> {
        self.open(depth)?;
        let mut items = Vec::new();
        if self.next()? == b']' {
            self.position += 1;
            return Ok(K::array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.is_closed_by(b']')? {
                return Ok(K::array(items));
            }
        }
    }

    /// Steps past the opening bracket.
    fn open(&mut self, depth: usize) -> Step<()> {
        if depth > MAX_DEPTH {
            return Err(JsonErrorKind::Depth);
        }
        self.position += 1;
        Ok(())
    }

    /// Steps past a comma, or past the closing bracket.
    #[inline]
    fn is_closed_by(&mut self, bracket: u8) -> Step<bool> {
        let next = self.next()?;
        if next != b',' && next != bracket {
            return Err(JsonErrorKind::Syntax);
        }
        self.position += 1;
        Ok(next == bracket)
    }

    fn string(&mut self) -> Step<Cow<'a, str>> {
        self.position += 1;
        let start = self.position;
        self.skip_plain();
        if self.peek() == Some(b'"') {
            let text = self.since(start);
            self.position += 1;
            return Ok(Cow::Borrowed(text));
        }
        self.string_with_escapes(start).map(Cow::Owned)
    }

    /// Reads on from the first character of a string, begun at `start`, that means something.
    fn string_with_escapes(&mut self, start: usize) -> Step<String> {
        let mut text = self.since(start).to_owned();
        loop {
            match self.peek().ok_or(JsonErrorKind::End)? {
                b'"' => {
                    self.position += 1;
                    return Ok(text);
                }
                b'\\' => text.push(self.escape()?),
                0x00..=0x1f => return Err(JsonErrorKind::String),
                _ => {
                    let start = self.position;
                    self.skip_plain();
                    text.push_str(self.since(start));
                }
            }
        }
    }

    /// Steps past a string that nobody wants.
    fn check_string(&mut self) -> Step<()> {
        self.position += 1;
        loop {
            match self.peek().ok_or(JsonErrorKind::End)? {
                b'"' => {
                    self.position += 1;
                    return Ok(());
                }
                b'\\' => {
                    self.escape()?;
                }
                0x00..=0x1f => return Err(JsonErrorKind::String),
                _ => self.skip_plain(),
            }
        }
    }

    /// Steps to the next character of a string that means something, or to the end.
    fn skip_plain(&mut self) {
        let rest = self.rest();
        let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0x00..=0x1f);
        // INVARIANT: these are ASCII, so the position is at a character boundary.
        self.position += rest.iter().position(ends).unwrap_or(rest.len());
    }

    /// Reads one escape, the backslash still ahead.
    fn escape(&mut self) -> Step<char> {
        self.position += 1;
        let escaped = self.peek().ok_or(JsonErrorKind::End)?;
        self.position += 1;
        Ok(match escaped {
            b'"' | b'\\' | b'/' => char::from(escaped),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => {
                self.position -= 1;
                return Err(JsonErrorKind::String);
            }
        })
    }

    fn unicode_escape(&mut self) -> Step<char> {
        let first = self.hex_4()?;
        let code = match first {
            0xd800..=0xdbff => {
                if !(self.take(b'\\') && self.take(b'u')) {
                    return Err(JsonErrorKind::String);
                }
                let second = self.hex_4()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(JsonErrorKind::String);
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or(JsonErrorKind::String)
    }

    fn hex_4(&mut self) -> Step<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.peek().ok_or(JsonErrorKind::End)?;
            let digit = char::from(byte).to_digit(16).ok_or(JsonErrorKind::String)?;
            code = code * 16 + digit;
            self.position += 1;
        }
        Ok(code)
    }

    /// RFC 8259 section 6.
    fn number(&mut self) -> Step<()> {
        let rest = self.rest();
        let after = match rest.strip_prefix(b"-").unwrap_or(rest) {
            [b'0', b'0'..=b'9', ..] => return Err(JsonErrorKind::Number),
            integer => after_digits(integer)?,
        };
        let after = match after {
            [b'.', fraction @ ..] => after_digits(fraction)?,
            _ => after,
        };
        let after = match after {
            [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
                after_digits(exponent)?
            }
            _ => after,
        };
        self.position += rest.len() - after.len();
        Ok(())
    }

    fn word(&mut self, word: &str) -> Step<()> {
        for byte in word.bytes() {
            match self.peek() {
                Some(here) if here == byte => self.position += 1,
                Some(_) => return Err(JsonErrorKind::Syntax),
                None => return Err(JsonErrorKind::End),
            }
        }
        Ok(())
    }

    /// Steps past white space, and looks at what comes then.
    #[inline]
    fn next(&mut self) -> Step<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.position += 1,
                Some(byte) => return Ok(byte),
                None => return Err(JsonErrorKind::End),
            }
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.text
            .as_bytes()
            .get(self.position..)
            .unwrap_or_default()
    }

    fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.position += usize::from(here);
        here
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }
}

/// What follows digits, of which there is at least one.
#[inline]
fn after_digits(bytes: &[u8]) -> Step<&[u8]> {
    match bytes {
        [b'0'..=b'9', after @ ..] => {
            let more = after.iter().position(|byte| !byte.is_ascii_digit());
            Ok(after.get(more.unwrap_or(after.len())..).unwrap_or_default())
        }
        _ => Err(JsonErrorKind::Number),
    }
}
