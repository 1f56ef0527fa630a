//! Names are the vendor's text, and may hold what another language takes for its own.

use crate::quote;

/// Text between the tags of HTML, and in quoted attributes.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if is_hidden(c) => escaped.push_str(&reference(c)),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text in a cell of a table of GitHub's Markdown: nothing in it is markup, HTML or a link.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '|' | '`' | '*' | '_' | '~' | '[' | ']' | '!' | '#' | '$' => {
                escaped.extend(['\\', c]);
            }
            '@' => escaped.push_str("&#64;"),
            c if is_hidden(c) => escaped.push_str(&reference(c)),
            c => escaped.push(c),
        }
    }
    escaped
        .replace("://", "&#58;//")
        .replace("www.", "www&#46;")
}

/// Whether a terminal would not show the character as it is, so that who reads the source could be deceived.
fn is_hidden(c: char) -> bool {
    let mut bytes = [0; 4];
    let shown: &str = c.encode_utf8(&mut bytes);
    quote::escaped(shown) != shown
}

fn reference(c: char) -> String {
    format!("&#x{:X};", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::{html, markdown};

    #[test]
    fn html_holds_no_tags_attributes_or_references() {
        let hostile = "<script>alert('1')</script> & \"x\"\u{202e}";
        let safe = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;&#x202E;";
        assert_eq!(html(hostile), safe);
        assert_eq!(html("Müller 漢字 👩\u{200d}💻"), "Müller 漢字 👩&#x200D;💻");
    }

    #[test]
    fn markdown_holds_no_markup() {
        for (text, safe) in [
            ("a|b", "a\\|b"),
            ("a\\|b", "a\\\\\\|b"),
            (
                "**SSO** `x` _y_ ~z~",
                "\\*\\*SSO\\*\\* \\`x\\` \\_y\\_ \\~z\\~",
            ),
            ("<script>&amp;", "&lt;script&gt;&amp;amp;"),
            ("[a](b) ![c](d)", "\\[a\\](b) \\!\\[c\\](d)"),
            (
                "https://evil.example www.evil.example",
                "https&#58;//evil.example www&#46;evil.example",
            ),
            ("\u{202e}", "&#x202E;"),
            ("SSO (SAML / OIDC), 100 %", "SSO (SAML / OIDC), 100 %"),
        ] {
            assert_eq!(markdown(text), safe, "{text}");
        }
    }
}
