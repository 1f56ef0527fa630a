use std::borrow::Cow;
use std::collections::HashSet;

use super::value::{Member, Number, Value};

/// How deep arrays and objects may nest, the outermost counted as 1.
pub const MAX_DEPTH: usize = 32;

/// Objects up to this size are searched for duplicates member by member.
const FEW_MEMBERS: usize = 12;

/// What is wrong with a JSON text, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct JsonError {
    kind: JsonErrorKind,
    offset: usize,
}

impl JsonError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// How many bytes into the text it was noticed.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

/// What can be wrong with a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Not UTF-8, or begins with a byte order mark.
    #[error("not UTF-8 without a byte order mark")]
    Encoding,
    /// The text ends too early.
    #[error("unexpected end")]
    End,
    /// A character that cannot be here.
    #[error("unexpected character")]
    Syntax,
    /// A control character, a bad escape or half of a surrogate pair in a string.
    #[error("bad character or escape in a string")]
    String,
    /// A number that JSON does not know, such as `01` or `.5`.
    #[error("bad number")]
    Number,
    /// Two members of one object with the same name, however they are spelled.
    #[error("duplicate member")]
    DuplicateMember,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested too deeply")]
    Depth,
    /// Something after the value.
    #[error("something follows the value")]
    Trailing,
}

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
    let error = |kind, offset| JsonError { kind, offset };
    let text = std::str::from_utf8(bytes)
        .map_err(|utf8| error(JsonErrorKind::Encoding, utf8.valid_up_to()))?;
    if text.starts_with('\u{feff}') {
        return Err(error(JsonErrorKind::Encoding, 0));
    }
    let mut reader = Reader { text, position: 0 };
    let value = reader
        .document()
        .map_err(|kind| error(kind, reader.position))?;
    Ok(value)
}

type Step<T> = Result<T, JsonErrorKind>;

struct Reader<'a> {
    text: &'a str,
    /// INVARIANT: at a character boundary, at most the length of `text`.
    position: usize,
}

impl<'a> Reader<'a> {
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
            b'"' => self.string().map(Value::String),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => Err(JsonErrorKind::Syntax),
        }
    }

    fn object(&mut self, depth: usize) -> Step<Value<'a>> {
        self.open(depth)?;
        let mut members = Members::default();
        if self.take(b'}') {
            return Ok(Value::Object(members.list));
        }
        loop {
            self.skip_white_space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            let name = self.string()?;
            if members.has(&name) {
                return Err(JsonErrorKind::DuplicateMember);
            }
            self.skip_white_space();
            self.expect(b':')?;
            self.skip_white_space();
            let value = self.value(depth)?;
            members.push((name, value));
            self.skip_white_space();
            if self.take(b'}') {
                return Ok(Value::Object(members.list));
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
            items.push(self.value(depth)?);
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
                    let text = owned.get_or_insert_default();
                    text.push_str(run);
                    text.push(self.escape()?);
                    run_start = self.position;
                }
                0x00..=0x1f => return Err(JsonErrorKind::String),
                _ => self.position += 1,
            }
        }
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

/// The members of an object so far. A hostile object of thousands must not cost the square of that.
#[derive(Default)]
struct Members<'a> {
    list: Vec<Member<'a>>,
    names: HashSet<Cow<'a, str>>,
}

impl<'a> Members<'a> {
    fn has(&self, name: &str) -> bool {
        if self.names.is_empty() {
            self.list.iter().any(|(member, _)| member == name)
        } else {
            self.names.contains(name)
        }
    }

    fn push(&mut self, member: Member<'a>) {
        if !self.names.is_empty() {
            self.names.insert(member.0.clone());
        }
        self.list.push(member);
        if self.names.is_empty() && self.list.len() > FEW_MEMBERS {
            self.names
                .extend(self.list.iter().map(|(name, _)| name.clone()));
        }
    }
}
