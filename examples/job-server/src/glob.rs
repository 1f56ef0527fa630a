//! Patterns of queue names: `*` stands for any text, everything else for itself.

/// Whether the name is one of those that the pattern means.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(rest) = name.strip_prefix(before) else {
        return false;
    };
    let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.map(|at| rest.split_at(at).1)
        .any(|rest| matches(after, rest))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text_and_nothing_else_does() {
        for (pattern, name) in [
            ("*", "mail"),
            ("mail-*", "mail-"),
            ("*-eu", "mail-eu"),
            ("a*c*e", "abcde"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("mail", "mail-eu"),
            ("mail-*", "mail"),
            ("*-eu", "mail-us"),
            ("", "mail"),
            ("m?il", "mail"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
