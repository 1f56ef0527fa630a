use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::{Entry, MAX_DEPTH, Node, Spot, Value};
use crate::catalog::document::place::line_and_column;
use crate::catalog::error::Mistake;

/// How deep inline tables may nest. A catalog needs two.
const MAX_INLINE_DEPTH: usize = 8;

/// Reads TOML, or says everything that is wrong with its form.
pub(in crate::catalog) fn read(text: &str) -> Result<Node, Vec<Mistake>> {
    if let Some(offset) = too_deep(text) {
        let message = format!("inline tables nested more than {MAX_INLINE_DEPTH} deep");
        return Err(vec![Mistake::new(line_and_column(text, offset), message)]);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut errors: Vec<_> = errors
            .iter()
            .map(|error| {
                (
                    error.span().map_or(text.len(), |span| span.start),
                    error.message(),
                )
            })
            .collect();
        errors.sort_by_key(|(offset, _)| *offset);
        return Err(errors
            .into_iter()
            .map(|(at, message)| syntax(text, at, message))
            .collect());
    }
    Ok(node(
        &Spanned::new(0..0, DeValue::Table(table.into_inner())),
        1,
    ))
}

fn syntax(text: &str, offset: usize, message: &str) -> Mistake {
    Mistake::new(
        line_and_column(text, offset),
        format!("not valid toml: {message}"),
    )
}

/// The first brace of an inline table that is too deep, before any reader with a stack to exhaust sees the text: between
/// any two braces a dotted key may go down eighty tables more.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}', '"', '\'', '#']) {
        let here = text.len() - rest.len() + at;
        let token = rest.get(at..)?;
        let skipped = match token.as_bytes().first()? {
            b'{' => {
                depth += 1;
                if depth > MAX_INLINE_DEPTH {
                    return Some(here);
                }
                1
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                1
            }
            b'#' => token.find('\n').unwrap_or(token.len()),
            _ => string_length(token),
        };
        rest = token.get(skipped..)?;
    }
    None
}

/// How long the string is that `token` begins with; one that is not closed ends with its line.
fn string_length(token: &str) -> usize {
    let bytes = token.as_bytes();
    let basic = bytes.first() == Some(&b'"');
    let fence = if basic { "\"\"\"" } else { "'''" };
    let many = token.starts_with(fence);
    let width = if many { 3 } else { 1 };
    let mut at = width;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if basic => at += 1,
            b'\n' if !many => return at,
            _ if many
                && bytes
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with(fence.as_bytes())) =>
            {
                return at + width;
            }
            _ if !many && Some(byte) == bytes.first() => return at + width,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn node(spanned: &Spanned<DeValue<'_>>, depth: usize) -> Node {
    let value = match spanned.get_ref() {
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Integer(number) => {
            integer(number).map_or(Value::Other("a number that is too large"), Value::Integer)
        }
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Datetime(_) => Value::Other("a date or time"),
        DeValue::Array(_) | DeValue::Table(_) if depth > MAX_DEPTH => {
            Value::Other("something nested so deeply")
        }
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| node(item, depth + 1)).collect())
        }
        DeValue::Table(table) => Value::Table(
            table
                .iter()
                .map(|(key, value)| Entry {
                    key: key.get_ref().clone().into_owned(),
                    spot: Spot::Byte(key.span().start),
                    node: node(value, depth + 1),
                })
                .collect(),
        ),
    };
    Node {
        spot: Spot::Byte(spanned.span().start),
        value,
    }
}

fn integer(number: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}
