//! What the macro is called with: the catalog's path and, for crates that re-export the name types, theirs.

use proc_macro::{Delimiter, Span, TokenStream, TokenTree};

use crate::refusal::Refusal;

const USAGE: &str = "write `catalog!(\"entitlements.toml\")` or `catalog!(\"entitlements.toml\", crate = my_crate)`";
const DEFAULT_CRATE: &str = "::entitlements_core";

/// The arguments, read.
pub(crate) struct Arguments {
    /// The catalog's path as it was written.
    pub(crate) path: String,
    pub(crate) path_span: Span,
    /// The path of the crate that has the name types.
    pub(crate) crate_path: TokenStream,
}

impl Arguments {
    pub(crate) fn parse(input: TokenStream) -> Result<Self, Refusal> {
        let mut path = None;
        let mut crate_path = None;
        for argument in split_at_commas(&flatten(input)) {
            match argument.as_slice() {
                [TokenTree::Literal(literal)] if path.is_none() => {
                    let text = string_literal(&literal.to_string())
                        .map_err(|why| Refusal::new(why, literal.span()))?;
                    path = Some((text, literal.span()));
                }
                [TokenTree::Ident(key), TokenTree::Punct(equals), value @ ..]
                    if key.to_string() == "crate"
                        && equals.as_char() == '='
                        && crate_path.is_none() =>
                {
                    check_crate_path(value, key.span())?;
                    crate_path = Some(value.iter().cloned().collect());
                }
                other => {
                    let span = other.first().map_or_else(Span::call_site, TokenTree::span);
                    return Err(Refusal::new(
                        format!("this is no argument of `catalog!`: {USAGE}"),
                        span,
                    ));
                }
            }
        }
        let (path, path_span) = path.ok_or_else(|| {
            Refusal::new(
                format!("the catalog's path is missing: {USAGE}"),
                Span::call_site(),
            )
        })?;
        let crate_path = match crate_path {
            Some(tokens) => tokens,
            None => DEFAULT_CRATE
                .parse()
                .map_err(|_| Refusal::new(USAGE, path_span))?,
        };
        Ok(Self {
            path,
            path_span,
            crate_path,
        })
    }
}

/// Takes off the invisible groups around what a declarative macro passed on.
fn flatten(tokens: TokenStream) -> Vec<TokenTree> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flatten(group.stream())
            }
            other => vec![other],
        })
        .collect()
}

/// The arguments between commas; one comma may trail.
fn split_at_commas(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let mut parts: Vec<_> = tokens.split(is_comma).map(<[TokenTree]>::to_vec).collect();
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
}

fn check_crate_path(path: &[TokenTree], key: Span) -> Result<(), Refusal> {
    let in_path = |token: &TokenTree| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    };
    if path.is_empty() || !path.iter().all(in_path) {
        return Err(Refusal::new(
            "`crate =` wants the path of a crate, as in `crate = entitlements_axum`",
            key,
        ));
    }
    match path.first() {
        // The constants stand one module deeper than the call, so these would mean something else there.
        Some(TokenTree::Ident(first)) if matches!(first.to_string().as_str(), "self" | "super") => {
            Err(Refusal::new(
                "the path after `crate =` cannot begin with `self` or `super`: begin it with `crate`",
                first.span(),
            ))
        }
        _ => Ok(()),
    }
}

/// What a string literal says, from its spelling in the code.
fn string_literal(spelling: &str) -> Result<String, String> {
    let no_string = || format!("the catalog's path must be a string literal: {USAGE}");
    if let Some(raw) = spelling.strip_prefix('r') {
        let quoted = raw.trim_start_matches('#');
        let closing = format!("\"{}", "#".repeat(raw.len() - quoted.len()));
        let inner = quoted
            .strip_prefix('"')
            .and_then(|inner| inner.strip_suffix(&closing));
        return inner.map(str::to_owned).ok_or_else(no_string);
    }
    let inner = spelling
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .ok_or_else(no_string)?;
    unescape(inner)
}

fn unescape(inner: &str) -> Result<String, String> {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next() {
                Some(escaped @ ('\\' | '"')) => escaped,
                other => {
                    let escape: String = std::iter::once('\\').chain(other).filter(|c| !c.is_control()).collect();
                    return Err(format!(
                        "a path may escape only `\\\\` and `\\\"`, not `{escape}`: write a raw string, `r\"…\"`"
                    ));
                }
            },
            plain => plain,
        });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::string_literal;

    #[test]
    fn reads_plain_and_raw_strings() {
        for (spelling, text) in [
            (r#""entitlements.toml""#, "entitlements.toml"),
            (r#""../a b/ü.toml""#, "../a b/ü.toml"),
            (r#""C:\\acme\\x.toml""#, r"C:\acme\x.toml"),
            (r#""say \"x\".toml""#, r#"say "x".toml"#),
            (r#"r"C:\acme\x.toml""#, r"C:\acme\x.toml"),
            ("r#\"say \"x\".toml\"#", r#"say "x".toml"#),
            ("r##\"a\"#b\"##", "a\"#b"),
            (r#""""#, ""),
        ] {
            assert_eq!(string_literal(spelling).as_deref(), Ok(text), "{spelling}");
        }
    }

    #[test]
    fn refuses_other_literals() {
        for spelling in [
            "7",
            "'x'",
            r#"b"x""#,
            r#"c"x""#,
            r#"br"x""#,
            r#""x"suffix"#,
            r#"""#,
            "r\"",
            "r#\"x\"",
            "true",
        ] {
            let refusal = string_literal(spelling).unwrap_err();
            assert!(
                refusal.contains("must be a string literal"),
                "{spelling}: {refusal}"
            );
        }
    }

    #[test]
    fn refuses_escapes_that_no_path_needs() {
        for spelling in [r#""a\n""#, r#""\u{41}""#, r#""\x41""#, "\"a\\\n  b\""] {
            let refusal = string_literal(spelling).unwrap_err();
            assert!(
                refusal.contains("write a raw string"),
                "{spelling}: {refusal}"
            );
            assert!(!refusal.contains('\n'));
        }
    }
}
