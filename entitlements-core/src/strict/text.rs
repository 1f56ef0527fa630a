//! What a name must not hold, and how messages repeat text that may hold anything.

/// Whether `c` is of the Unicode categories Cc, Cf, Zl or Zp: characters that show nothing, or change how their
/// neighbours are shown. Source: Unicode 17.0 `UnicodeData.txt`.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}'
        | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}'
    )
}

/// Why `name` cannot be the name of anything, if it cannot.
pub(crate) fn name_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("a name cannot be empty")
    } else if name.len() > 128 {
        Some("a name has at most 128 bytes")
    } else if name.chars().any(is_invisible) {
        Some("a name cannot hold control or invisible characters")
    } else if name.starts_with(char::is_whitespace) || name.ends_with(char::is_whitespace) {
        Some("a name cannot begin or end with white space")
    } else {
        None
    }
}

/// The beginning of `text` on one line, its control characters escaped: at most `most` characters.
pub(crate) fn escaped_start(text: &str, most: usize) -> String {
    text.chars()
        .flat_map(char::escape_debug)
        .take(most)
        .collect()
}

/// A path as messages and logs show it: on one line, with nothing invisible in it.
pub(crate) fn shown_path(path: &std::path::Path) -> String {
    let mut shown = String::new();
    for c in path.to_string_lossy().chars() {
        if is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::shown_path;

    #[test]
    fn a_path_cannot_write_lines_of_its_own_into_a_log() {
        let shown = |path: &str| shown_path(path.as_ref());
        assert_eq!(shown("/etc/a b/ü'\".\\key"), "/etc/a b/ü'\".\\key");
        assert_eq!(
            shown("/tmp/a\nERROR all is lost\u{1b}[2J\u{202e}"),
            "/tmp/a\\u{a}ERROR all is lost\\u{1b}[2J\\u{202e}"
        );
    }
}
