use std::borrow::Cow;

use super::error::{JsonError, JsonErrorKind, Step};
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
    /// Whether the value that is read is kept, or only checked.
    keep: bool,
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
            keep: wanted.is_none(),
        };
        let value = reader.document();
        value.map_err(|kind| error(kind, reader.position))
    }

    fn document(&mut self) -> Step<Value<'a>> {
        self.skip_white_space();
        let value = self.value(0)?;
        self.skip_white_space();
        if self.peek().is_some() {
            Err(JsonErrorKind::Trailing)
        } else {
            Ok(value)
        }
    }

    fn value(&mut self, depth: usize) -> Step<Value<'a>> {
        match self.peek().ok_or(JsonErrorKind::End)? {
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' if self.keep => self.string().map(Value::String),
            b'"' => self.check_string().map(|()| Value::Null),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => Err(JsonErrorKind::Syntax),
        }
    }

    fn object(&mut self, depth: usize) -> Step<Value<'a>> {
        self.open(depth)?;
        let start = self.names.start();
        let mut members = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_white_space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            let name = self.string()?;
            self.skip_white_space();
            let wanted = self.wanted.filter(|_| depth == 1);
            if let Some(wanted) = wanted {
                self.keep = wanted.contains(&name.as_ref());
            }
            let kept = self.keep.then(|| name.clone());
            self.names.add(start, name)?;
            self.expect(b':')?;
            self.skip_white_space();
            let value = self.value(depth)?;
            members.extend(kept.map(|name| (name, value)));
            self.skip_white_space();
            if self.take(b'}') {
                self.names.close(start)?;
                return Ok(Value::Object(members));
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Step<Value<'a>> {
        self.open(depth)?;
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_white_space();
            let item = self.value(depth)?;
            items.extend(self.keep.then_some(item));
            self.skip_white_space();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            self.expect(b',')?;
        }
    }

    /// Steps past the opening bracket.
    fn open(&mut self, depth: usize) -> Step<()> {
        if depth > MAX_DEPTH {
            return Err(JsonErrorKind::Depth);
        }
        self.position += 1;
        self.skip_white_space();
        Ok(())
    }

    fn string(&mut self) -> Step<Cow<'a, str>> {
        self.position += 1;
        let start = self.position;
        let mut owned: Option<String> = None;
        let mut run_start = start;
        loop {
            match self.peek().ok_or(JsonErrorKind::End)? {
                b'"' => {
                    let run = self.since(run_start);
                    self.position += 1;
                    return Ok(match owned {
                        None => Cow::Borrowed(run),
                        Some(mut text) => {
                            text.push_str(run);
                            Cow::Owned(text)
                        }
                    });
                }
                b'\\' => {
                    let run = self.since(run_start);
                    let escaped = self.escape()?;
                    let text = owned.get_or_insert_default();
                    text.push_str(run);
                    text.push(escaped);
                    run_start = self.position;
                }
                0x00..=0x1f => return Err(JsonErrorKind::String),
                _ => self.skip_plain(),
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
        let rest = self.text.as_bytes().get(self.position..);
        let rest = rest.unwrap_or_default();
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

    fn number(&mut self) -> Step<Value<'a>> {
        let start = self.position;
        self.take(b'-');
        if self.take(b'0') {
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(JsonErrorKind::Number);
            }
        } else {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Value::Number(Number(self.since(start))))
    }

    fn digits(&mut self) -> Step<()> {
        let start = self.position;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.position += 1;
        }
        if self.position == start {
            Err(JsonErrorKind::Number)
        } else {
            Ok(())
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Step<Value<'a>> {
        for byte in word.bytes() {
            self.expect(byte)?;
        }
        Ok(value)
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.position += usize::from(here);
        here
    }

    fn expect(&mut self, byte: u8) -> Step<()> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn unexpected(&self) -> JsonErrorKind {
        if self.peek().is_none() {
            JsonErrorKind::End
        } else {
            JsonErrorKind::Syntax
        }
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }
}
